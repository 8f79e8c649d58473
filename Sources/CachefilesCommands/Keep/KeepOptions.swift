// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesStore
import LinuxIO

/// The options of all parts of `cachefiles keep`: the cache, how files are asked, and the file of pins.
struct KeepOptions: ParsableArguments {
  @OptionGroup var mapping: MappingOptions

  @Option(
    help: ArgumentHelp("The file of pins; without it one for the cache, below the state directory.", valueName: "file"),
    completion: .file())
  var pins: ByteArgument?

  /// Opens the cache.
  func store() throws(Failure) -> Store {
    var options = StoreOptions()
    options.directory = mapping.dir
    options.config = mapping.config
    return try options.open()
  }
}
