// SPDX-License-Identifier: Apache-2.0

/// The record of an object put beside the status of the file.
struct CoherencyComparison {
  /// What differs, as one line; nil when nothing does.
  var difference: String?
  /// What could not be compared; nil when all that the netfs compares was.
  var limitation: String?

  init(
    _ record: ObjectRecord, _ file: FileFacts, in type: NetfsType, _ cookie: CachedFileFacts.Cookie?,
    byteOrder: ByteOrder
  ) {
    if record.objectSize != file.size {
      difference = "the file has \(file.size) bytes, the copy is of one with \(record.objectSize)"
      return
    }
    let bytes = record.coherency.span
    switch type {
    case .nfs:
      let times = NFSCoherency(bytes, byteOrder)
      compare("changed its data", (times.modifiedSeconds, times.modifiedNanoseconds), file.modified)
      compare("changed its status", (times.changedSeconds, times.changedNanoseconds), file.changed)
      if times.changeAttribute != 0 {
        limitation = "size and times agree; the server's change attribute cannot be asked for"
      }
    case .cifs:
      func moment(_ seconds: Int, _ nanoseconds: Int) -> (Int64, Int64) {
        (
          Int64(bitPattern: bytes.load(UInt64.self, at: seconds, .little)),
          Int64(bytes.load(UInt32.self, at: nanoseconds, .little))
        )
      }
      compare("changed its data", moment(0, 16), file.modified)
      compare("changed its status", moment(8, 20), file.changed)
    case .ninep: limit("the version of the server's qid", record, cookie)
    case .afs: limit("the server's data version", record, cookie)
    case .ceph: limit("the server's inode version", record, cookie)
    case .erofs, .unknown: limitation = "only the size was compared"
    }
  }

  private mutating func compare(
    _ what: String, _ copy: (seconds: Int64, nanoseconds: Int64), _ file: FileFacts.Moment
  ) {
    guard difference == nil, copy.seconds != file.seconds || copy.nanoseconds != Int64(file.nanoseconds) else { return }
    let isLater = (file.seconds, Int64(file.nanoseconds)) > (copy.seconds, copy.nanoseconds)
    difference = "the server \(what) \(isLater ? "after" : "before") the time in the copy's record"
  }

  /// A netfs that compares a number which the status does not tell. The kernel tells it as long as it has the cookie.
  /// While a cookie is in use its record may be behind, but only when the file is written to, and then the record is
  /// marked as dirty, which was asked before.
  private mutating func limit(_ what: String, _ record: ObjectRecord, _ cookie: CachedFileFacts.Cookie?) {
    if let cookie, cookie.coherency.count == record.coherency.count {
      if cookie.coherency != record.coherency {
        difference = "\(what) that the kernel has is another than that of the copy"
      } else {
        limitation = "the size and what the kernel last heard agree; \(what) cannot be asked for"
      }
      return
    }
    limitation = "only the size was compared; \(what) cannot be asked for"
  }
}
