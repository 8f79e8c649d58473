// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/fs/nfsfs/servers`: an NFS server that this machine is a client of.
///
/// `version server port users host`, made by `nfs_server_list_show` (fs/nfs/client.c).
public struct NFSServerLine: KernelTableLine {
  /// Why a line is no server.
  public typealias Failure = NFSVolumeLine.Failure

  /// The version of the protocol: 2, 3 or 4.
  public var version: Int
  /// The server's address in hexadecimal, as the kernel prints it.
  public var server: [UInt8]
  /// The server's port.
  public var port: Int
  /// How many mounts and the like use it.
  public var users: Int
  /// The name by which it was mounted.
  public var host: [UInt8]

  /// Whether a line was refused because it is the heading.
  public static func isHeading(_ failure: Failure) -> Bool { failure == .heading }

  /// Reads a line, with or without its line feed; more columns after the last one are not looked at.
  ///
  /// - Throws: ``Failure`` when it is the heading, or a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var reader = LineReader(line)
    (version, server, port) = try NFSClientColumns.start(of: &reader)
    let number = reader.word()
    guard let users = LineNumber.decimal(number) else { throw .badColumn(name: "USE", text: number) }
    self.users = users
    host = reader.word()
    if host.isEmpty { throw .badColumn(name: "HOSTNAME", text: []) }
  }
}
