// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// The pins that a command is about.
enum PinChoice {
  /// Those of some paths, all of them without any. A path that is not pinned is an error, and so is a cache without pins.
  static func pins(
    of list: PinList?, _ paths: [ByteArgument], in store: borrowing Store
  ) throws(Failure) -> [Pin] {
    guard let list, !list.pins.isEmpty else { throw Failure("\(EscapedBytes.string(store.path)): nothing is pinned") }
    if paths.isEmpty { return list.pins }
    var chosen: [Pin] = []
    for path in paths {
      let path = try PinMaker.absolute(path.bytes)
      guard let pin = list.pins.first(where: { $0.path == path }) else {
        throw Failure("\(EscapedBytes.string(path)): not pinned; 'cachefiles keep list' names what is")
      }
      chosen.append(pin)
    }
    return chosen
  }
}
