package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// `/dev/cachefiles` of the process that has bound the cache: it takes commands, and tells how the cache does.
package protocol CacheDevice: CommandDevice {
  /// Reads how the cache does; nil when nothing is bound. What was counted since the last reading begins anew.
  func state() throws(Errno) -> CacheStateLine?

  /// Waits for news of it together with other things.
  func join(_ set: inout PollSet) -> Int
}

/// The device itself.
package final class DeviceFile: CacheDevice {
  package static let path: FilePath = "/dev/cachefiles"

  let descriptor: OwnedDescriptor

  package init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  package func command(_ bytes: [UInt8]) throws(Errno) { try descriptor.command(bytes) }

  package func state() throws(Errno) -> CacheStateLine? {
    let text = try descriptor.readOnce(limit: 4096)
    return text.isEmpty ? nil : CacheStateLine(text.span)
  }

  package func join(_ set: inout PollSet) -> Int { set.add(descriptor) }
}
