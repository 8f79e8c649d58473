// SPDX-License-Identifier: Apache-2.0

/// What the lines of a log have said before: a cookie takes several, and only together they tell its name.
public struct LogMemory: Sendable {
  /// What is known of the cookie that is being described.
  public struct Cookie: Equatable, Sendable {
    /// The kernels that print what was seen of it.
    public var kernels: LogKernels = .any
    /// What the netfs calls such cookies.
    public var definition: LegacyDefinition?
    /// Its volume's key.
    public var volumeKey: [UInt8]?
  }

  /// By the letter before the dash, 0 for lines without one.
  private var cookies: [UInt8: Cookie] = [:]

  /// Nothing was said yet.
  public init() {}

  /// Takes in a line about a cookie's state or definition.
  public mutating func note(_ line: LogCookie) {
    let prefix = line.prefix ?? 0
    // The first line of a cookie.
    var cookie = line.flags != nil ? Cookie() : cookies[prefix] ?? Cookie()
    if line.kernels != .any { cookie.kernels = line.kernels }
    if let definition = line.definition { cookie.definition = definition }
    cookies[prefix] = cookie
  }

  /// Takes in the line with a cookie's volume.
  public mutating func note(volumeKey: [UInt8], prefix: UInt8?) {
    var cookie = cookies[prefix ?? 0] ?? Cookie()
    cookie.kernels = .since517
    cookie.volumeKey = volumeKey
    cookies[prefix ?? 0] = cookie
  }

  /// What was said of the cookie whose key is now told.
  public mutating func finish(prefix: UInt8?) -> Cookie { cookies.removeValue(forKey: prefix ?? 0) ?? Cookie() }
}
