// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// Copies one object: a file without a name gets the data, the attributes, the owner, the mode and the times, is
/// looked at, and then appears under its name.
struct ObjectCopier: Sendable {
  private let data = DataCopier()
  private let traits: DestinationTraits
  private let beforeRecheck: @Sendable ([UInt8]) -> Void

  init(traits: DestinationTraits, beforeRecheck: @escaping @Sendable ([UInt8]) -> Void) {
    self.traits = traits
    self.beforeRecheck = beforeRecheck
  }

  /// How it went.
  enum Outcome {
    /// Copied: the bytes of its data, and those that were left out.
    case copied(bytes: UInt64, dropped: UInt64)
    /// It was there already.
    case present
    /// Something else is there: what differs.
    case different(String)
    /// The source changed meanwhile.
    case changed
  }

  /// What can be seen of an object without reading its data.
  struct Features {
    var status: FileStatus
    var attribute: [UInt8]?
    var runs: [DataExtent]

    /// What an archive tells of an object.
    init(_ entry: PaxEntry, record: [UInt8]) {
      status = FileStatus()
      status.size = entry.size
      if let time = entry.modification { status.modification = time }
      attribute = record
      runs = entry.extents
    }

    init(of file: borrowing OwnedDescriptor, _ side: CopyFault.Side) throws(CopyFault) {
      let status = try CopyFault.attempt(side, "look at") { () throws(Errno) in try file.status() }
      self.status = status
      attribute = try CopyFault.attempt(side, "read the cache attribute of") { () throws(Errno) in
        try file.attribute(CacheAttribute.name)
      }
      runs = try CopyFault.attempt(side, "find the data of") { () throws(Errno) in
        try file.dataExtents(size: status.size)
      }
    }
  }

  /// Copies an object into a directory.
  ///
  /// - Parameters:
  ///   - source: the object.
  ///   - path: its path, for the hook of tests.
  ///   - record: the value of its attribute by which it was judged worth copying.
  ///   - directory: the fanout directory of the destination.
  ///   - name: its name.
  func copy(
    _ source: borrowing OwnedDescriptor, path: @autoclosure () -> [UInt8], record: [UInt8],
    to directory: borrowing OwnedDescriptor, _ name: EntryName
  ) throws(CopyFault) -> Outcome {
    let features = try Features(of: source, .source)
    guard features.attribute == record else { return .changed }
    let layout = DataLayout(features.runs, size: features.status.size, granule: traits.granule)
    let difference = try Self.difference(of: name, in: directory, from: features, layout, traits.times)
    if let difference, !difference.isPartial { return difference.isNone ? .present : .different(difference.words) }
    let file = try CopyFault.attempt(.destination, "make a file without a name for") { () throws(Errno) in
      try directory.openUnnamed()
    }
    guard try data.copy(layout, size: features.status.size, from: source, to: file) else { return .changed }
    if difference != nil { try Self.requireSameData(as: file, in: directory, name) }
    try CopyDestination.copyProperties(of: source, features.status, to: file)
    try CopyFault.attempt(.destination, "set the times of") { () throws(Errno) in
      try file.setTimes(access: features.status.access, modification: features.status.modification)
    }
    beforeRecheck(path())
    let now = try CopyFault.attempt(.source, "look at") { () throws(Errno) in try source.status() }
    guard now.size == features.status.size, now.modification == features.status.modification,
      now.change == features.status.change
    else { return .changed }
    try Self.check(file, record, layout)
    try CopyFault.attempt(.destination, "name") { () throws(Errno) in
      // What a power failure left of an earlier copy gives way to the whole one.
      if difference != nil { try directory.unlink(name) }
      try file.linkUnnamed(to: directory, name)
    }
    return .copied(bytes: layout.dataBytes, dropped: layout.droppedBytes)
  }

  /// How an object of the destination differs from what a copy would be.
  struct Difference: Equatable {
    /// What differs; empty when nothing does.
    var words: String
    /// Whether it is a copy that lacks some of its data and has nothing else: names can reach the disk before data does.
    var isPartial = false
    /// Whether nothing differs.
    var isNone: Bool { words.isEmpty }
  }

  /// What differs between an object of the destination and what a copy would be; nil when there is no such object. The
  /// access time may differ: it is moved by use.
  static func difference(
    of name: EntryName, in directory: borrowing OwnedDescriptor, from features: Features, _ layout: DataLayout,
    _ times: TimeResolution
  ) throws(CopyFault) -> Difference? {
    let there: OwnedDescriptor
    do throws(Errno) {
      let status = try directory.status(of: name)
      guard status.kind == .regular else { return Difference(words: "it is \(status.kind.words)") }
      there = try directory.open(name, .inspect)
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw CopyFault(side: .destination, operation: "open", error: error)
    }
    let found = try Features(of: there, .destination)
    if found.status.size != features.status.size { return Difference(words: "its length") }
    if found.status.modification != times.kept(features.status.modification) {
      return Difference(words: "its modification time")
    }
    if found.attribute != features.attribute { return Difference(words: "its record") }
    guard found.runs != layout.extents else { return Difference(words: "") }
    // Both are in order, and their parts apart.
    var rest = layout.extents[...]
    let isPartial = found.runs.allSatisfy { run in
      rest = rest.drop { $0.end < run.end }
      return rest.first.map { $0.offset <= run.offset } ?? false
    }
    return Difference(words: "its runs of data", isPartial: isPartial && found.status.links == 1)
  }

  /// Sees to it that all the data of an object which is to give way to a fuller one is in that one, which gets its times afterwards:
  /// it is read.
  static func requireSameData(
    as file: borrowing OwnedDescriptor, in directory: borrowing OwnedDescriptor, _ name: EntryName
  ) throws(CopyFault) {
    let isSame = try CopyFault.attempt(.destination, "compare") { () throws(Errno) in
      let there = try directory.open(name, .inspect)
      for run in try there.dataExtents(size: try there.status().size) {
        for offset in stride(from: run.offset, to: run.end, by: DataCopier.pieceSize) {
          let count = Int(min(run.end - offset, UInt64(DataCopier.pieceSize)))
          let (old, new) = (
            try there.read(at: Int64(offset), count: count), try file.read(at: Int64(offset), count: count)
          )
          if old != new { return false }
        }
      }
      return true
    }
    if !isSame {
      throw CopyFault(
        side: .destination, operation: "replace", error: .fileExists,
        note: "the part of it that is there has other data, and stays")
    }
  }

  /// Looks at the finished copy before anybody else can.
  static func check(_ file: borrowing OwnedDescriptor, _ record: [UInt8], _ layout: DataLayout) throws(CopyFault) {
    let made = try Features(of: file, .destination)
    let note: String? =
      if made.attribute != record {
        "the copy has another record"
      } else if made.runs != layout.extents {
        "the file system took holes for data or data for holes"
      } else {
        nil
      }
    if let note { throw CopyFault(side: .destination, operation: "copy to", error: .ioError, note: note) }
  }
}
