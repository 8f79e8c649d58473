// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A line whose last arguments are very many, such as those that a shell made of `*`.
///
/// The argument parser takes the square of their number: 16,000 took 12 s. So it is given the first few of them, and the others are put
/// behind these afterwards.
struct ManyArguments {
  /// What the parser gets.
  let parsed: [String]
  /// The arguments that follow.
  let rest: [ByteArgument]

  /// From so many on they are too many for the parser.
  static let limit = 200
  /// So many of those at the end the parser gets all the same: the names of commands, an option's value, and some of what they are.
  static let kept = 8

  /// Divides the arguments of a line. What ends a line and begins with no hyphen is no option, whatever the command is.
  init(_ arguments: [String]) {
    let start = (arguments.lastIndex { $0.utf8.first == UInt8(ascii: "-") } ?? -1) + 1
    let end = arguments.count - start > Self.limit ? start + Self.kept : arguments.count
    parsed = Array(arguments[..<end])
    rest = arguments[end...].map(ByteArgument.init(argument:))
  }

  /// Parses a line; what a command has against its arguments, it has against all of them.
  static func parse(_ arguments: [String], of root: any ParsableCommand.Type) throws -> any ParsableCommand {
    let divided = ManyArguments(arguments)
    if !divided.rest.isEmpty, let command = try root.parseAsRoot(divided.parsed) as? any TakesManyArguments {
      return try command.taking(divided.rest)
    }
    return try root.parseAsRoot(arguments)
  }
}
