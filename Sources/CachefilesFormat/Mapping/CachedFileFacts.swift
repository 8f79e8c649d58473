// SPDX-License-Identifier: Apache-2.0

/// What is seen of the copy of one file: its object, and the kernel's cookie.
public struct CachedFileFacts: Equatable, Sendable {
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
