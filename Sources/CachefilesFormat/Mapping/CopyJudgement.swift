/// What is seen of the copy of one file: its object, and the kernel's cookie.
public struct CopyFacts: Equatable, Sendable {
  /// The object.
  public struct Object: Equatable, Sendable {
    /// What it is when it is no regular file, in words; nil for a regular file.
    public var otherKind: String?
    /// The value of its attribute; nil when it has none.
    public var attribute: [UInt8]?
    /// The runs of data, in order; bytes of the file.
    public var runs: [Range<UInt64>]
    /// What of it could not be looked at, as one line.
    public var problem: String?

    /// Makes an object.
    public init(
      otherKind: String? = nil, attribute: [UInt8]? = nil, runs: [Range<UInt64>] = [], problem: String? = nil
    ) {
      self.otherKind = otherKind
      self.attribute = attribute
      self.runs = runs
      self.problem = problem
    }
  }

  /// The kernel's cookie of the file.
  public struct Cookie: Equatable, Sendable {
    /// What is being done with it.
    public var state: CookieLine.State
    /// The coherency data that the netfs has now.
    public var coherency: [UInt8]

    /// Makes a cookie.
    public init(state: CookieLine.State, coherency: [UInt8]) {
      self.state = state
      self.coherency = coherency
    }
  }

  /// The object; nil when none stands at its place.
  public var object: Object?
  /// The kernel's cookie; nil when it has none, or does not tell.
  public var cookie: Cookie?

  /// Makes facts.
  public init(object: Object? = nil, cookie: Cookie? = nil) {
    self.object = object
    self.cookie = cookie
  }
}

/// How much of a file is in the cache, and whether a kernel would use it.
public struct CopyJudgement: Equatable, Sendable {
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
  public init(_ copy: CopyFacts, of file: FileFacts, in type: NetfsType, byteOrder: ByteOrder = .host) {
    let isInUse = copy.cookie.map { $0.state != .quiescent && $0.state != .failed && $0.state != .dropped } ?? false
    guard let object = copy.object else {
      self.init(isInUse ? .unknown : .absent, Self.absence(copy.cookie, isInUse))
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

  private static func absence(_ cookie: CopyFacts.Cookie?, _ isInUse: Bool) -> String? {
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

/// The record of an object put beside the status of the file.
struct CoherencyComparison {
  /// What differs, as one line; nil when nothing does.
  var difference: String?
  /// What could not be compared; nil when all that the netfs compares was.
  var limitation: String?

  init(
    _ record: ObjectRecord, _ file: FileFacts, in type: NetfsType, _ cookie: CopyFacts.Cookie?, byteOrder: ByteOrder
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
  private mutating func limit(_ what: String, _ record: ObjectRecord, _ cookie: CopyFacts.Cookie?) {
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
