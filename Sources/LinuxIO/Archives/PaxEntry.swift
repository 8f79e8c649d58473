// SPDX-License-Identifier: Apache-2.0

/// One entry of a pax archive.
public struct PaxEntry: Sendable, Equatable {
  /// An extended attribute.
  public struct Attribute: Sendable, Hashable {
    /// The name with its namespace.
    public var name: [UInt8]
    /// The value.
    public var value: [UInt8]

    /// Makes an attribute.
    public init(name: [UInt8], value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// The path; empty where the archive has none that can be read.
  public var path: [UInt8]
  /// What it is; of a hard link, unknown.
  public var kind: FileStatus.Kind
  /// The permission bits.
  public var permissions: UInt16 = 0
  /// The owner.
  public var owner: UInt32 = 0
  /// The group.
  public var group: UInt32 = 0
  /// The length in bytes; of a directory 0.
  public var size: UInt64 = 0
  /// Last access; nil where the archive does not tell.
  public var access: Timestamp?
  /// Last change of the data; nil where the archive does not tell.
  public var modification: Timestamp?
  /// The extended attributes.
  public var attributes: [Attribute] = []
  /// The runs of data of a regular file, in the order of the archive; all else is hole.
  public var extents: [DataExtent] = []

  /// Makes an entry.
  public init(path: [UInt8], kind: FileStatus.Kind) {
    self.path = path
    self.kind = kind
  }

  /// The bytes of its data.
  public var dataBytes: UInt64 { extents.reduce(0) { $0 &+ $1.length } }
}
