// SPDX-License-Identifier: Apache-2.0

/// An AFS volume key: `afs,<cell>,<volume id>`, made by `afs_activate_volume` (fs/afs/volume.c).
public struct AFSVolume: Equatable, Sendable {
  /// The name of the cell.
  public var cell: [UInt8]
  /// The volume's number in the cell.
  public var volumeID: UInt64

  init(_ key: Span<UInt8>) throws(VolumeKeyReader.Failure) {
    var reader = VolumeKeyReader(key)
    _ = try reader.field("netfs")
    cell = try reader.field("cell")
    if cell.isEmpty { throw .init(reason: "the field cell is empty") }
    let number = try reader.rest("volume id")
    if number.isEmpty { throw .init(reason: "the field volume id is empty") }
    if number.count > 1, number[0] == UInt8(ascii: "0") {
      throw .init(reason: "the field volume id is \(EscapedBytes.quoted(number)): a number starts with no zero")
    }
    volumeID = try VolumeKeyReader.hexadecimal(number, "volume id", bits: 64)
  }

  var fields: [NetfsField] { [NetfsField("cell", .bytes(cell)), NetfsField("volume_id", .number(volumeID))] }
}
