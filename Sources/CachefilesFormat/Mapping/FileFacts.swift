// SPDX-License-Identifier: Apache-2.0

/// What can be asked of a file on a mounted network file system without opening it: its status, its handle and a few
/// attributes. Nothing is judged here.
public struct FileFacts: Equatable, Sendable {
  /// A moment as the status tells it.
  public struct Moment: Equatable, Sendable {
    /// Seconds since 1970.
    public var seconds: Int64
    /// Nanoseconds after the second.
    public var nanoseconds: UInt32

    /// Makes a moment.
    public init(seconds: Int64, nanoseconds: UInt32) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }
  }

  /// The answer to `name_to_handle_at`.
  public enum Handle: Equatable, Sendable {
    /// It was not asked.
    case notAsked
    /// `handle_type` and `f_handle`.
    case value(type: Int32, bytes: [UInt8])
    /// The call failed, for this reason.
    case failed(String)
  }

  /// The answer to `getxattr`.
  public enum Attribute: Equatable, Sendable {
    /// It was not asked.
    case notAsked
    /// The value.
    case value([UInt8])
    /// The call failed, for this reason.
    case failed(String)
  }

  /// The file's type, shifted by 12: 8 is a regular file, 4 a directory, 10 a symbolic link.
  public var fileType: UInt8
  /// The superblock by the file's status.
  public var device: MountDevice
  /// The inode number.
  public var inode: UInt64
  /// The length in bytes.
  public var size: UInt64
  /// The last change of the data.
  public var modified: Moment
  /// The last change of the inode.
  public var changed: Moment
  /// The time of birth; nil where the file system does not tell.
  public var created: Moment?
  /// The file's handle; asked for on NFS only.
  public var handle: Handle = .notAsked
  /// The attribute `afs.fid`; asked for on AFS only.
  public var afsFile: Attribute = .notAsked
  /// The attribute `afs.cell`; asked for on AFS only.
  public var afsCell: Attribute = .notAsked

  /// Makes facts of a status.
  public init(
    fileType: UInt8, device: MountDevice, inode: UInt64, size: UInt64, modified: Moment, changed: Moment,
    created: Moment? = nil
  ) {
    self.fileType = fileType
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
    self.created = created
  }

  /// The type of a regular file.
  public static let regular: UInt8 = 8
  /// The type of a directory.
  public static let directory: UInt8 = 4
}
