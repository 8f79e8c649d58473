// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// What a manifest tells of one object: values, without a reference to anything.
package struct ManifestFacts: Sendable {
  /// The size of the server's file in bytes, by the record; nil without one that a kernel uses.
  package private(set) var size: UInt64?
  /// Bytes of the file that are in the object.
  package private(set) var cachedBytes: UInt64 = 0
  /// Runs of data.
  package private(set) var extents = 0
  /// Allocated bytes.
  package private(set) var diskBytes: UInt64
  /// Last use.
  package private(set) var access: Timestamp
  /// Whether it may hold writes that the server never got.
  package private(set) var dirtiness: Dirtiness
  /// What the record says of the version of the server's file.
  package private(set) var version: CoherencyVersion?
  /// Whether a kernel that looks for its key comes to it, and does not refuse or replace it for what its record is. Whether a kernel
  /// uses the volume is not looked at here.
  package var isReachable = false

  /// The part of the file that is cached, of one; nil where its size is not known. An empty file is cached with its record.
  package var share: Double? {
    size.map { $0 == 0 ? 1 : Double(cachedBytes) / Double($0) }
  }

  /// What is told of no object, where a cache has none.
  package static let nothing = ManifestFacts()

  private init() {
    diskBytes = 0
    access = Timestamp(seconds: 0)
    dirtiness = .cannotTell
  }

  /// Looks at an object that a scan with attributes came across.
  ///
  /// - Parameters:
  ///   - placement: judges the name, and has the key afterwards.
  ///   - isLive: whether a kernel has the cache in use: an object that is dirty elsewhere is replaced at the next open.
  ///   - failed: told where its data cannot be looked at.
  @inline(__always)
  package init(
    _ entry: borrowing ScanEntry, _ placement: inout PlacementJudge, isLive: Bool, failed: (StoreError) -> Void
  ) {
    diskBytes = entry.status.allocatedBytes
    access = entry.status.access
    dirtiness = entry.dirtiness
    guard let volume = entry.volumeTraits, let fanout = entry.fanout else { return }
    var lengths = 0...0
    let isPlaced = placement.judge(entry.name, volume, fanout, &lengths) == nil && volume.rules.hasKeys(of: lengths)
    if case .value = entry.attribute, let record = ObjectRecordView(entry.attributeValue) {
      let value = entry.attributeValue
      let rejection = ObjectRecord.rejection(of: value.array, coherencyLength: volume.rules.objectCoherencyLength)
      switch rejection {
      case nil, .dirty?:
        size = record.objectSize
        isReachable = isPlaced && (rejection == nil || isLive)
      case .some: break
      }
      version = CoherencyVersion(
        object: value.extracting(ObjectRecord.headerLength..<value.count), in: volume.type)
    }
    findData(entry, failed)
  }

  private mutating func findData(_ entry: borrowing ScanEntry, _ failed: (StoreError) -> Void) {
    let length = entry.status.size
    guard length > 0 else { return }
    do throws(StoreError) {
      let file = try entry.open()
      // The object's file is longer than the server's: its length is rounded up.
      let end = min(length, size ?? length)
      var bytes: UInt64 = 0
      var count = 0
      do throws(Errno) {
        try file.forEachDataExtent(size: length) { extent in
          count += 1
          bytes += extent.length(within: end)
        }
      } catch {
        failed(StoreError(path: entry.path, operation: "find the data of", error: error))
      }
      (cachedBytes, extents) = (bytes, count)
    } catch {
      failed(error)
    }
  }
}
