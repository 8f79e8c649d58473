// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// The options of the commands that go from files to objects. The cache directory is an option here, because the
/// arguments are files.
struct MappingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The cache directory.", valueName: "dir"), completion: .directory)
  var dir: ByteArgument?

  @Option(help: ArgumentHelp("Read the default directory from this file.", valueName: "file"), completion: .file())
  var config: ByteArgument?

  @OptionGroup var patience: PatienceOptions

  /// The cache and what the kernel tells of it.
  ///
  /// - Parameter output: gets a line when the cache is in use.
  func side(noting output: Output? = nil) throws(Failure) -> CacheSide {
    var store = StoreOptions()
    store.directory = dir
    store.config = config
    let opened = try store.open()
    if let output { UseNote.tell(opened, output) }
    do throws(StoreError) {
      return try CacheSide(opened, patience.view)
    } catch {
      throw Failure(error.description)
    }
  }
}
