// SPDX-License-Identifier: Apache-2.0

/// A property that does not hold for an input.
public struct Violation: Error, CustomStringConvertible {
  /// What does not hold, and where that is said.
  public let description: String

  init(_ text: String, _ file: StaticString, _ line: UInt) { description = "\(file):\(line): \(text)" }
}

/// Ends the check of an input when a property does not hold.
///
/// - Throws: ``Violation``.
func hold(
  _ condition: @autoclosure () throws -> Bool, _ text: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) throws {
  if try !condition() { throw Violation(text(), file, line) }
}

/// What a closure gives, which is not to throw.
func mustNotFail<Value>(
  _ text: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Value
) throws -> Value {
  do { return try body() } catch let violation as Violation { throw violation } catch {
    throw Violation("\(text()): \(error)", file, line)
  }
}
