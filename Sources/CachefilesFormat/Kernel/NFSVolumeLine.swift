// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/fs/nfsfs/volumes`: an NFS mount, and whether its files are cached.
///
/// `version server port device fsid cached`, made by `nfs_volume_list_show` (fs/nfs/client.c). Mounts that share their
/// superblock are one line.
public struct NFSVolumeLine: KernelTableLine {
  /// The version of the protocol: 2, 3 or 4.
  public var version: Int
  /// The server's address in hexadecimal, as the kernel prints it.
  public var server: [UInt8]
  /// The server's port.
  public var port: Int
  /// The number of the superblock, as in ``MountEntry/device``.
  public var device: MountDevice
  /// The file system's number on the server: two hexadecimal numbers with a colon between.
  public var fileSystem: [UInt8]
  /// `FSC`: whether the kernel has a cache volume for it, that is whether it was mounted with `fsc` and the volume
  /// could be acquired (`nfs_server_fscache_state`).
  public var isCached: Bool

  /// Why a line is no volume.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line above the table.
    case heading
    /// A column that is not what the kernel prints there.
    case badColumn(name: String, text: [UInt8])

    /// The failure as one line.
    public var description: String {
      switch self {
      case .heading: "the heading of the table"
      case .badColumn(let name, let text):
        text.isEmpty ? "the column \(name) is missing" : "the column \(name) is \(EscapedBytes.quoted(text))"
      }
    }
  }

  /// Whether a line was refused because it is the heading.
  public static func isHeading(_ failure: Failure) -> Bool { failure == .heading }

  /// Reads a line, with or without its line feed; more columns after the last one are not looked at.
  ///
  /// - Throws: ``Failure`` when it is the heading, or a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var reader = LineReader(line)
    (version, server, port) = try NFSClientColumns.start(of: &reader)
    let number = reader.word()
    guard let device = MountDevice(number) else { throw .badColumn(name: "DEV", text: number) }
    self.device = device
    fileSystem = reader.word()
    if fileSystem.isEmpty { throw .badColumn(name: "FSID", text: []) }
    let answer = reader.word()
    switch answer {
    case Array("yes".utf8): isCached = true
    case Array("no".utf8): isCached = false
    default: throw .badColumn(name: "FSC", text: answer)
    }
  }
}
