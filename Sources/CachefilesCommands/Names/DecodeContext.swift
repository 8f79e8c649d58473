// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What all names of one run have in common.
struct DecodeContext {
  /// The volume that bare names belong to.
  let volumeKey: [UInt8]?
  /// The byte order that the user gave.
  let givenOrder: ByteOrder?
  /// The byte order that a record beside the name proves.
  var provenOrder: ByteOrder?

  init(volumeKey: [UInt8]?, byteOrder: ByteOrder?) {
    self.volumeKey = volumeKey
    givenOrder = byteOrder
  }

  /// The byte order to read with.
  var byteOrder: ByteOrder { givenOrder ?? provenOrder ?? .host }
}
