// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// What an archive tells of a file or directory of a cache, beside its data and times.
struct CopyProperties: Sendable {
  /// The cache attribute; nil for one that has none.
  var record: [UInt8]?
  var owner: UInt32
  var group: UInt32
  /// The permission bits, without those that change whose rights a program has.
  var permissions: UInt16

  init(_ entry: PaxEntry, record: [UInt8]?) {
    self.record = record
    owner = entry.owner
    group = entry.group
    permissions = entry.permissions & 0o777
  }

  /// Gives them to a new file.
  func give(to file: borrowing OwnedDescriptor) throws(CopyFault) {
    if let record {
      try CopyFault.attempt(.destination, "copy the attributes to") { () throws(Errno) in
        try file.setAttribute(CacheAttribute.name, to: record)
      }
    }
    let made = try CopyFault.attempt(.destination, "look at") { () throws(Errno) in try file.status() }
    if made.owner != owner || made.group != group {
      try CopyFault.attempt(.destination, "set the owner of") { () throws(Errno) in
        try file.setOwner(owner, group: group)
      }
    }
    if made.permissions != permissions {
      try CopyFault.attempt(.destination, "set the mode of") { () throws(Errno) in
        try file.setPermissions(permissions)
      }
    }
  }
}
