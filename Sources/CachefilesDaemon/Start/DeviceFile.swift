// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
package import LinuxIO
package import SystemPackage

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
