// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/fs/fscache/cookies`: a cookie that the kernel has in memory.
///
/// `cookie volume references active accesses state flags key[, coherency]`, made by `fscache_cookies_seq_show`
/// (fs/fscache/cookie.c, from 6.8 fs/netfs/fscache_cookie.c). The only place that tells the true length of a key whose
/// name is of the form `S` or `T`.
public struct CookieLine: Equatable, Sendable {
  /// The state of a cookie: `fscache_cookie_states`.
  public enum State: UInt8, Sendable, CaseIterable {
    /// `-`: nobody uses it.
    case quiescent = 0x2d
    /// `L`: its object is looked up.
    case lookingUp = 0x4c
    /// `C`: its object is made.
    case creating = 0x43
    /// `A`: in use.
    case active = 0x41
    /// `I`: its object is being replaced.
    case invalidating = 0x49
    /// `F`: the look-up failed; the file is not cached.
    case failed = 0x46
    /// `U`: unused for a while, its object is being let go.
    case discarding = 0x55
    /// `W`: the cache is being withdrawn.
    case withdrawing = 0x57
    /// `R`: the netfs gives it up.
    case relinquishing = 0x52
    /// `D`: given up.
    case dropped = 0x44

    /// The state in words.
    public var name: String {
      switch self {
      case .quiescent: "quiescent"
      case .lookingUp: "looking up"
      case .creating: "creating"
      case .active: "active"
      case .invalidating: "invalidating"
      case .failed: "failed"
      case .discarding: "discarding"
      case .withdrawing: "withdrawing"
      case .relinquishing: "relinquishing"
      case .dropped: "dropped"
      }
    }
  }

  /// The cookie's number in this boot.
  public var cookie: UInt32
  /// The number of its volume, as in ``VolumeLine/volume``.
  public var volume: UInt32
  /// References to the cookie.
  public var references: Int
  /// Users of the cookie.
  public var active: Int
  /// Accesses to the cache that are under way.
  public var accesses: Int
  /// What is being done with it.
  public var state: State
  /// Bits, see ``flagNames``.
  public var flags: UInt64
  /// The cookie key, with its true length.
  public var key: [UInt8]
  /// The coherency data that the netfs has now.
  public var coherency: [UInt8]
  /// Whether three dots stand for the coherency data: somebody has shortened the line.
  public var isShortened = false

  /// The kernel's names of the flags, bit 0 first: `FSCACHE_COOKIE_*` (include/linux/fscache.h).
  public static let flagNames = [
    "relinquished", "retired", "caching", "no data to read", "needs update", "has been cached", "disabled",
    "local write", "no access wake", "do relinquish", "do withdraw", "do lru discard", "do prep to write", "have data",
    "hashed", "do invalidate",
  ]

  /// The names of the flags that are set; bits without a name as one hexadecimal number.
  public var setFlags: [String] { LineFlags.names(of: flags, in: Self.flagNames) }

  /// Whether the cookie's object may be in use: every state but quiescent.
  public var isInUse: Bool { state != .quiescent }

  /// Why a line is no cookie.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One of the two lines above the table.
    case heading
    /// A column that is not what the kernel prints there.
    case badColumn(name: String, text: [UInt8])
    /// The key or the coherency data is not hexadecimal.
    case notHexadecimal(name: String, Hex.Failure)
    /// More text after the last column.
    case trailing([UInt8])

    /// The failure as one line.
    public var description: String {
      switch self {
      case .heading: "a heading of the table"
      case .badColumn(let name, let text):
        text.isEmpty ? "the column \(name) is missing" : "the column \(name) is \(EscapedBytes.quoted(text))"
      case .notHexadecimal(let name, let failure): "the \(name): \(failure)"
      case .trailing(let text): "\(EscapedBytes.quoted(text)) after the last column"
      }
    }
  }

  /// Reads a line, with or without its line feed.
  ///
  /// - Throws: ``Failure`` when it is a heading, or a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var reader = LineReader(line)
    let first = reader.word()
    if first == Array("COOKIE".utf8) || first.starts(with: Array("====".utf8)) { throw .heading }
    cookie = UInt32(truncatingIfNeeded: try Self.hexadecimal("COOKIE", first, digits: 8))
    volume = UInt32(truncatingIfNeeded: try Self.hexadecimal("VOLUME", reader.word(), digits: 8))
    references = try Self.decimal("REF", reader.word())
    active = try Self.decimal("ACT", reader.word())
    accesses = try Self.decimal("ACC", reader.word())
    let letter = reader.word()
    guard letter.count == 1, let state = State(rawValue: letter[0]) else {
      throw .badColumn(name: "S", text: letter)
    }
    self.state = state
    flags = try Self.hexadecimal("FL", reader.word(), digits: 16)
    var digits = reader.word()
    let hasCoherency = digits.last == UInt8(ascii: ",")
    if hasCoherency { digits.removeLast() }
    if digits.isEmpty { throw .badColumn(name: "DEF", text: digits) }
    key = try Self.bytes("key", digits)
    let data = hasCoherency ? reader.word() : []
    isShortened = data == Array("...".utf8) || data == Array("…".utf8)
    coherency = data.isEmpty || isShortened ? [] : try Self.bytes("coherency data", data)
    let rest = reader.word()
    if !rest.isEmpty { throw .trailing(rest) }
  }

  private static func hexadecimal(_ name: String, _ word: [UInt8], digits: Int) throws(Failure) -> UInt64 {
    guard let value = LineNumber.hexadecimal(word, digits: digits) else { throw .badColumn(name: name, text: word) }
    return value
  }

  private static func decimal(_ name: String, _ word: [UInt8]) throws(Failure) -> Int {
    guard let value = LineNumber.decimal(word) else { throw .badColumn(name: name, text: word) }
    return value
  }

  private static func bytes(_ name: String, _ word: [UInt8]) throws(Failure) -> [UInt8] {
    do throws(Hex.Failure) {
      return try Hex.bytes(word.span)
    } catch {
      throw .notHexadecimal(name: name, error)
    }
  }
}
