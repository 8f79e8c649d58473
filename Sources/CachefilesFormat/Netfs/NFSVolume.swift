// SPDX-License-Identifier: Apache-2.0

/// An NFS volume key: server, file system and mount options.
///
/// `nfs,V.M,family,port,address…,fsid,fsid,sb flags,mount flags,rsize,wsize,four timeouts,flavour[,uniquifier]`, made
/// by `nfs_fscache_get_super_cookie` (fs/nfs/fscache.c) and `nfs_fscache_get_client_key`. Numbers are hexadecimal and
/// zero is an empty field. Any change of the options, of the sizes that were negotiated or of the timer frequency makes
/// another volume.
public struct NFSVolume: Equatable, Sendable {
  /// The protocol version: 2, 3 or 4.
  public var version: UInt32
  /// The minor version of NFSv4.
  public var minorVersion: UInt32
  /// The server's address, read in the byte order that was given.
  public var address: IPAddress
  /// The server's port, read in the byte order that was given; usually 0 with NFSv3.
  public var port: UInt16
  /// The first half of the server's file system identifier.
  public var fsidMajor: UInt64
  /// The second half of the server's file system identifier.
  public var fsidMinor: UInt64
  /// The superblock flags (`ro`, `nosuid` …) as bits.
  public var superblockFlags: UInt32
  /// The mount flags (`NFS_MOUNT_*`) as bits.
  public var mountFlags: UInt32
  /// The read size in bytes.
  public var rsize: UInt32
  /// The write size in bytes.
  public var wsize: UInt32
  /// The least time for which attributes of files are kept, in jiffies.
  public var acregmin: UInt32
  /// The greatest time for which attributes of files are kept, in jiffies.
  public var acregmax: UInt32
  /// The least time for which attributes of directories are kept, in jiffies.
  public var acdirmin: UInt32
  /// The greatest time for which attributes of directories are kept, in jiffies.
  public var acdirmax: UInt32
  /// The RPC authentication flavour, for example 1 (`sys`).
  public var authFlavour: UInt32
  /// The text of the mount option `fsc=…`; it may hold commas. Nil when there is none.
  public var uniquifier: [UInt8]?

  /// The name and the fields after `nfs,` of a key.
  init(_ key: Span<UInt8>, _ byteOrder: ByteOrder) throws(VolumeKeyReader.Failure) {
    var reader = VolumeKeyReader(key)
    _ = try reader.field("netfs")
    (version, minorVersion) = try Self.version(reader.field("version"))
    let family = try reader.number("family", bits: 16)
    guard family == 2 || family == 10 else {
      throw .init(reason: "address family \(family): only 2 (IPv4) and 10 (IPv6) are known")
    }
    let rawPort = UInt16(truncatingIfNeeded: try reader.number("port", bits: 16))
    port = byteOrder == .little ? rawPort.byteSwapped : rawPort
    var words: [UInt32] = []
    for _ in 0..<(family == 2 ? 1 : 4) {
      let word = UInt32(truncatingIfNeeded: try reader.number("address", bits: 32))
      words.append(byteOrder == .little ? word.byteSwapped : word)
    }
    if family == 2 {
      address = .v4(words[0])
    } else {
      address = .v6(UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]))
    }
    fsidMajor = try reader.number("fsid major", bits: 64)
    fsidMinor = try reader.number("fsid minor", bits: 64)
    superblockFlags = UInt32(truncatingIfNeeded: try reader.number("superblock flags", bits: 32))
    mountFlags = UInt32(truncatingIfNeeded: try reader.number("mount flags", bits: 32))
    rsize = UInt32(truncatingIfNeeded: try reader.number("rsize", bits: 32))
    wsize = UInt32(truncatingIfNeeded: try reader.number("wsize", bits: 32))
    acregmin = UInt32(truncatingIfNeeded: try reader.number("acregmin", bits: 32))
    acregmax = UInt32(truncatingIfNeeded: try reader.number("acregmax", bits: 32))
    acdirmin = UInt32(truncatingIfNeeded: try reader.number("acdirmin", bits: 32))
    acdirmax = UInt32(truncatingIfNeeded: try reader.number("acdirmax", bits: 32))
    authFlavour = UInt32(truncatingIfNeeded: try reader.number("auth flavour", bits: 32))
    uniquifier = reader.isDone ? nil : try reader.rest("uniquifier")
  }

  /// The two decimal numbers of `4.2`.
  private static func version(_ bytes: [UInt8]) throws(VolumeKeyReader.Failure) -> (UInt32, UInt32) {
    if let dot = bytes.firstIndex(of: UInt8(ascii: ".")),
      let major = VolumeKeyReader.decimal(bytes.span.extracting(0..<dot), limit: 255),
      let minor = VolumeKeyReader.decimal(bytes.span.extracting(dot + 1..<bytes.count), limit: 255)
    {
      return (major, minor)
    }
    throw .init(reason: "the field version is \(EscapedBytes.quoted(bytes)): not of the form 4.2")
  }

  /// The version as text: `4.2`; versions below 4 without the minor version.
  public var versionText: String { version < 4 && minorVersion == 0 ? "\(version)" : "\(version).\(minorVersion)" }

  /// The file system identifier as text: both halves in hexadecimal.
  public var fsidText: String { String(fsidMajor, radix: 16) + ":" + String(fsidMinor, radix: 16) }

  /// The address and, where there is one, the port.
  var endpointText: String {
    if port == 0 { return address.description }
    if case .v6 = address { return "[\(address)]:\(port)" }
    return "\(address):\(port)"
  }

  /// One line: `NFS 4.2  127.0.0.1:2049  fsid 0:0`.
  var summary: String {
    var text = "NFS \(versionText)  \(endpointText)  fsid \(fsidText)"
    if let uniquifier { text += "  fsc=" + EscapedBytes.string(uniquifier) }
    return text
  }

  /// The facts in the order of the key.
  var fields: [NetfsField] {
    let authentication = NFSFlags.authenticationName(authFlavour)
    var fields: [NetfsField] = [
      NetfsField("version", .text(versionText)), NetfsField("address", .text(address.description)),
      NetfsField("port", .number(UInt64(port))), NetfsField("fsid_major", .identifier(fsidMajor)),
      NetfsField("fsid_minor", .identifier(fsidMinor)),
      NetfsField("superblock_flags", .list(NFSFlags.names(of: superblockFlags, in: NFSFlags.superblock))),
      NetfsField("mount_flags", .list(NFSFlags.names(of: mountFlags, in: NFSFlags.mount))),
      NetfsField("rsize_bytes", .number(UInt64(rsize))), NetfsField("wsize_bytes", .number(UInt64(wsize))),
      NetfsField("acregmin_jiffies", .number(UInt64(acregmin))),
      NetfsField("acregmax_jiffies", .number(UInt64(acregmax))),
      NetfsField("acdirmin_jiffies", .number(UInt64(acdirmin))),
      NetfsField("acdirmax_jiffies", .number(UInt64(acdirmax))),
    ]
    if let hz = defaultFrequency { fields.append(NetfsField("timer_hz_if_default_timeouts", .number(UInt64(hz)))) }
    fields.append(
      NetfsField("auth_flavour", authentication.map { .text($0) } ?? .identifier(UInt64(authFlavour))))
    if let uniquifier { fields.append(NetfsField("uniquifier", .bytes(uniquifier))) }
    return fields
  }
}
