// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// Which pins a removal honours.
struct PinOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Keep what this file of 'cachefiles keep' pins.", valueName: "file"), completion: .file())
  var pins: ByteArgument?

  @Flag(name: .customLong("no-pins"), help: "Do not look for pins: what they name goes too.")
  var ignoresPins = false

  func validate() throws {
    if pins != nil, ignoresPins { throw ValidationError("--pins and --no-pins exclude each other") }
  }

  /// What is pinned in a cache; nil where nothing is. A file that is there and cannot be read, or is damaged, stops the removal:
  /// what it was to keep is not known.
  func pinned(in store: borrowing Store) throws(Failure) -> PinnedObjects? {
    if ignoresPins { return nil }
    guard let place = try PinPlace.existing(pins, of: store), let list = try place.load() else { return nil }
    return PinnedObjects(list)
  }
}
