// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A span of time for which to wait or to work: `5`, `5s`, `5m`, `2h`, `1d`. A number alone is seconds, which for the age of
/// objects (``AgeArgument``) would be a slip of the finger.
struct SpanArgument: ExpressibleByArgument, Equatable, CustomStringConvertible {
  /// The span.
  let duration: Duration

  /// The span in whole seconds.
  var seconds: Int64 { duration.components.seconds }

  init(seconds: Int64) { duration = .seconds(seconds) }

  init?(argument: String) {
    let isNumber = argument.utf8.last.map { (48...57).contains($0) } ?? false
    guard let span = AgeArgument(argument: isNumber ? argument + "s" : argument) else { return nil }
    duration = span.duration
  }

  var description: String { "\(seconds)s" }
  var defaultValueDescription: String { description }
}
