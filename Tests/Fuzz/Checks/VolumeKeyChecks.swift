// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat

  @testable import CachefilesCommands

  /// Volume keys. What is understood was written by a kernel, which writes each fact in one way only.
  enum VolumeKeyChecks {
    static func check(_ key: [UInt8]) throws {
      let readings = ByteOrder.allCases.map { NetfsVolume(volumeKey: key.span, byteOrder: $0) }
      for (order, volume) in zip(ByteOrder.allCases, readings) {
        try hold(volume.type == NetfsType(volumeKey: key.span), "another type")
        try Fields.check(volume.fields)
        try Fields.printable(volume.summary)
        if let server = volume.server { try Fields.printable(server) }
        if let export = volume.export { try Fields.printable(export) }
        try hold(volume == NetfsVolume(volumeKey: key.span, byteOrder: order), "two readings")
        if let written = written(volume, order) {
          try hold(written == key, "written otherwise: '\(String(decoding: written, as: UTF8.self))'")
        }
      }
      switch readings[0] {
      case .nfs: if case .nfs = readings[1] {} else { throw Violation("NFS in one byte order", #fileID, #line) }
      case .malformed:
        if case .malformed = readings[1] {} else { throw Violation("malformed in one order", #fileID, #line) }
      default: try hold(readings[0] == readings[1], "a byte order where there is none")
      }
      for group in SameExport.all(in: [key, key + [UInt8(ascii: "x")]]) { try Fields.printable(group.summary) }
      let description = VolumeDescription(key)
      try Fields.printable(description.text)
      try hold(description.matches(Glob(Array("*".utf8))), "not matched by *")
    }

    /// The key again, from what it says; nil where that is more work than it is worth.
    private static func written(_ volume: NetfsVolume, _ order: ByteOrder) -> [UInt8]? {
      switch volume {
      case .afs(let volume): Array("afs,".utf8) + volume.cell + Array(",\(String(volume.volumeID, radix: 16))".utf8)
      case .cifs(let volume):
        Array("cifs,\(volume.isIPv6 ? "[\(volume.address)]" : volume.address):\(volume.port),".utf8) + volume.share
      case .ninep(let volume): Array("9p,".utf8) + volume.name
      case .ceph(let volume):
        Array("ceph,\(volume.fsid)".utf8) + (volume.uniquifier.map { [UInt8(ascii: ",")] + $0 } ?? [])
      case .erofs(let volume): Array("erofs,".utf8) + volume.domain
      case .nfs(let volume): nfs(volume, order)
      case .malformed, .unknown: nil
      }
    }

    private static func nfs(_ volume: NFSVolume, _ order: ByteOrder) -> [UInt8] {
      func digits(_ number: some BinaryInteger) -> String { number == 0 ? "" : String(number, radix: 16) }
      func swapped(_ word: UInt32) -> String { digits(order == .little ? word.byteSwapped : word) }
      var fields = ["nfs", "\(volume.version).\(volume.minorVersion)"]
      var words: [UInt32]
      switch volume.address {
      case .v4(let address): words = [address]
      case .v6(let high, let low):
        words = [high, low].flatMap { [UInt32($0 >> 32), UInt32(truncatingIfNeeded: $0)] }
      }
      fields.append(words.count == 1 ? "2" : "a")
      fields.append(digits(order == .little ? volume.port.byteSwapped : volume.port))
      fields += words.map(swapped)
      fields += [digits(volume.fsidMajor), digits(volume.fsidMinor)]
      fields += [
        volume.superblockFlags, volume.mountFlags, volume.rsize, volume.wsize, volume.acregmin, volume.acregmax,
        volume.acdirmin, volume.acdirmax, volume.authFlavour,
      ].map(digits)
      let text = Array(fields.joined(separator: ",").utf8)
      return text + (volume.uniquifier.map { [UInt8(ascii: ",")] + $0 } ?? [])
    }
  }
#endif
