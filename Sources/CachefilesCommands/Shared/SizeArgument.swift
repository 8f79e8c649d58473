import ArgumentParser
import Synchronization

/// A size on the command line: `10G`, `512M`, `1.5T` in powers of 1024; `10GB` in powers of 1000.
struct SizeArgument: ExpressibleByArgument, Equatable, CustomStringConvertible {
  /// The size in bytes.
  let bytes: UInt64

  init(bytes: UInt64) { self.bytes = bytes }

  init?(argument: String) {
    let units = "KMGTPE"
    var text = argument.uppercased()
    var base = 1024.0
    if text.hasSuffix("IB") {
      text.removeLast(2)
    } else if text.hasSuffix("B") {
      text.removeLast()
      base = 1000
    }
    var scale = 1.0
    if let last = text.last, let position = units.firstIndex(of: last) {
      text.removeLast()
      for _ in 0...units.distance(from: units.startIndex, to: position) { scale *= base }
    }
    guard let first = text.first, first.isNumber, let value = Double(text), value >= 0, value * scale < 0x1p63 else {
      return nil
    }
    bytes = UInt64(value * scale)
  }

  var description: String { Quantity.size(bytes) }
  var defaultValueDescription: String { description }
}

/// How many objects of a sample have been written.
final class SampleProgress: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .relaxed) }
  func set(_ count: Int) { value.store(count, ordering: .relaxed) }
}

extension String {
  /// The text with blanks behind it, up to a width.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
