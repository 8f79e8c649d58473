// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A command of which a line may hold as many paths, names or keys as a system allows.
protocol TakesManyArguments: ParsableCommand {
  /// Where they are.
  static var many: WritableKeyPath<Self, [ByteArgument]> { get }
}

extension TakesManyArguments {
  /// The command with more of them.
  ///
  /// - Throws: what it has against its arguments.
  func taking(_ rest: [ByteArgument]) throws -> Self {
    var command = self
    command[keyPath: Self.many] += rest
    try command.validate()
    return command
  }
}
