// SPDX-License-Identifier: Apache-2.0

/// How much of a file is in the cache, and whether a kernel would use it.
public struct CachedFileJudgement: Equatable, Sendable {
  /// The answer in one word.
  public enum State: String, Sendable, CaseIterable {
    /// All of the file.
    case cached
    /// A part of it.
    case partial
    /// An object without data.
    case empty
    /// No object.
    case absent
    /// A copy that the kernel throws away at the next open.
    case stale
    /// A copy that is, or was, open for writing.
    case dirty
    /// It cannot be told.
    case unknown
  }

  /// The answer in one word.
  public var state: State
  /// Why, or what could not be compared; nil when there is nothing to say.
  public var reason: String?
  /// Bytes of the file that the kernel can take from the cache.
  public var cachedBytes: UInt64 = 0
  /// Bytes of data that the object has, within the file; more than ``cachedBytes`` when it is not used.
  public var dataBytes: UInt64 = 0
  /// The runs of data within the file.
  public var runs: [Range<UInt64>] = []
  /// Whether the kernel has the object in use, so that what is in it may still change.
  public var isInUse = false
  /// Whether it is in use and has no name in the cache yet: that it is unknown is a matter of time.
  public var isUncommitted = false

  /// Says what is known beforehand.
  public init(_ state: State, _ reason: String?) {
    self.state = state
    self.reason = reason
  }

  /// Judges the copy of a file.
  ///
  /// - Parameters:
  ///   - copy: what was seen of it.
  ///   - file: the file itself.
  ///   - type: its network file system.
  ///   - byteOrder: the order of the machine that has it mounted.
  public init(_ copy: CachedFileFacts, of file: FileFacts, in type: NetfsType, byteOrder: ByteOrder = .host) {
    let isInUse = copy.cookie.map { $0.state != .quiescent && $0.state != .failed && $0.state != .dropped } ?? false
    guard let object = copy.object else {
      self.init(isInUse ? .unknown : .absent, Self.absence(copy.cookie, isInUse))
      self.isInUse = isInUse
      isUncommitted = isInUse
      return
    }
    if let kind = object.otherKind {
      self.init(.stale, "the object is \(kind): the kernel makes a new one")
      return
    }
    if let problem = object.problem {
      self.init(.unknown, problem)
      return
    }
    self.init(.unknown, nil)
    self.isInUse = isInUse
    runs = object.runs.compactMap { $0.lowerBound < file.size ? $0.lowerBound..<min($0.upperBound, file.size) : nil }
    dataBytes = runs.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }

    if let rejection = ObjectRecord.rejection(of: object.attribute, coherencyLength: type.objectCoherencyLength) {
      if rejection == .dirty {
        state = .dirty
        reason =
          isInUse
          ? "it is in use, and marked while it is open for writing"
          : "it was open for writing when the cache went down: the kernel throws it away at the next open"
        if isInUse { cachedBytes = dataBytes }
      } else {
        state = .stale
        reason = rejection.description
      }
      return
    }
    guard let value = object.attribute, let record = try? ObjectRecord(parsing: value.span) else { return }
    let comparison = CoherencyComparison(record, file, in: type, copy.cookie, byteOrder: byteOrder)
    if let difference = comparison.difference {
      state = .stale
      reason = difference + (isInUse ? "; the kernel has it in use and may be replacing it" : "")
      return
    }
    cachedBytes = dataBytes
    state = dataBytes >= file.size ? .cached : dataBytes == 0 ? .empty : .partial
    reason = comparison.limitation
  }

  /// The part of the file that the kernel can take from the cache, of one; 1 for an empty file with an object.
  public func share(of fileBytes: UInt64) -> Double {
    if fileBytes == 0 { return state == .cached ? 1 : 0 }
    return Double(cachedBytes) / Double(fileBytes)
  }

  private static func absence(_ cookie: CachedFileFacts.Cookie?, _ isInUse: Bool) -> String? {
    if isInUse { return "in use, not yet committed: the object has no name until the kernel lets go of it" }
    if cookie?.state == .failed { return "the kernel could not look it up, or make it: the file is not cached" }
    return nil
  }
}

extension NetfsType {
  /// Whether its records hold a version that the status of a file does not tell.
  public var comparesVersion: Bool {
    switch self {
    case .ninep, .afs, .ceph: true
    case .nfs, .cifs, .erofs, .unknown: false
    }
  }
}
