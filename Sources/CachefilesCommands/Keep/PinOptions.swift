// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Which pins a removal honours.
struct PinOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Keep what this file of 'cachefiles keep' pins.", valueName: "file"), completion: .file())
  var pins: ByteArgument?

  @Flag(name: .customLong("no-pins"), help: "Do not look for pins: what they name goes too.")
  var ignoresPins = false

  func validate() throws {
    if pins != nil, ignoresPins { throw ValidationError("--pins and --no-pins exclude each other") }
  }
}
