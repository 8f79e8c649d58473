// SPDX-License-Identifier: Apache-2.0

/// One of the lines in which the kernel's log describes a cookie, other than those with its key or its volume's.
///
///     FS-Cache: O-cookie c=00000000b5f22a6f [p=00000000c2a1f4a9 fl=222 nc=0 na=1]     up to 5.16
///     FS-Cache: O-cookie d=00000000e4a5b1d4{NFS.server} n=00000000d2b3c4e5            up to 5.16
///     FS-Cache: O-cookie o=17                                                         up to 5.16
///     netfs: O-cookie c=00049c53 [fl=6124 na=1 nA=2 s=L]                              since 5.17
///
/// and what `cachefiles_printk_object` (fs/cachefiles/namei.c) prints of an object up to 5.16: `object: OBJ17`,
/// `objstate=…`, `ops=…`, `parent=…`, `cookie=… [pr=… nd=… fl=…]`.
public struct LogCookie: Equatable, Sendable {
  /// The letter before the dash: `O` is the old cookie, `N` the new one; nil in the lines of cachefiles.
  public var prefix: UInt8?
  /// The kernels that print such a line.
  public var kernels: LogKernels
  /// The names of the flags that are set, nil when the line has none.
  public var flags: [String]?
  /// The cookie's state, since 5.17.
  public var state: CookieLine.State?
  /// What the netfs calls such cookies, up to 5.16.
  public var definition: LegacyDefinition?

  /// `FSCACHE_COOKIE_*` (include/linux/fscache.h) of 4.17 to 5.16, bit 0 first.
  static let legacyFlagNames = [
    "looking up", "no data yet", "unavailable", "invalidating", "relinquished", "enabled", "enablement lock", "bit 7",
    "aux updated", "acquired", "relinquishing",
  ]

  /// Reads a line, with or without what the logger put before it; nil when it is none of these.
  public init?(parsing line: Span<UInt8>) {
    guard let mark = LogText.find("-cookie ", in: line) else {
      guard let read = Self.object(line) else { return nil }
      self = read
      return
    }
    guard mark > 0 else { return nil }
    self.init(prefix: line[mark - 1], kernels: .any)
    let rest = line.extracting(mark + 8..<line.count)
    let flagBits = LogText.value(of: "fl=", in: rest).flatMap { LineNumber.hexadecimal($0, digits: 16) }
    if LogText.find("[p=", in: rest) != nil || LogText.value(of: "nc=", in: rest) != nil {
      kernels = .before517
      flags = flagBits.map { LineFlags.names(of: $0, in: Self.legacyFlagNames) }
    } else if LogText.find("[fl=", in: rest) != nil {
      kernels = .since517
      flags = flagBits.map { LineFlags.names(of: $0, in: CookieLine.flagNames) }
      state = LogText.value(of: "s=", in: rest)?.first.flatMap { CookieLine.State(rawValue: $0) }
    } else if rest.count > 2, rest[0] == UInt8(ascii: "d"), rest[1] == UInt8(ascii: "=") {
      kernels = .before517
      definition = Self.braces(rest).map { LegacyDefinition(name: $0) }
    } else if rest.count > 2, rest[0] == UInt8(ascii: "o"), rest[1] == UInt8(ascii: "=") {
      kernels = .before517
    } else {
      return nil
    }
  }

  private init(prefix: UInt8?, kernels: LogKernels) {
    self.prefix = prefix
    self.kernels = kernels
  }

  /// The lines of cachefiles, which had them up to 5.16 only.
  private static func object(_ line: Span<UInt8>) -> LogCookie? {
    guard LogText.find("CacheFiles:", in: line) != nil || LogText.find("cachefiles:", in: line) != nil else {
      return nil
    }
    let marks: [StaticString] = ["object: OBJ", "objstate=", "ops=", "parent=", "cookie=", "op=OP", "cookie NULL"]
    guard marks.contains(where: { LogText.find($0, in: line) != nil }) else { return nil }
    return LogCookie(prefix: nil, kernels: .before517)
  }

  /// What stands in the first pair of braces.
  private static func braces(_ text: Span<UInt8>) -> [UInt8]? {
    guard let open = LogText.find("{", in: text),
      let close = LogText.find("}", in: text.extracting(open..<text.count))
    else { return nil }
    return text.extracting(open + 1..<open + close).array
  }
}
