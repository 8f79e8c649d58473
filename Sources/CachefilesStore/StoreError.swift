import CachefilesFormat
public import SystemPackage

/// One thing that could not be done to one file of a cache.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, as bytes.
  public var path: [UInt8]
  /// What was tried: `open`, `read its attribute` …
  public var operation: String
  /// The system's reason.
  public var error: Errno
  /// More to say about it, nil where the reason says all.
  public var note: String?

  /// Makes an error.
  public init(path: [UInt8], operation: String, error: Errno, note: String? = nil) {
    self.path = path
    self.operation = operation
    self.error = error
    self.note = note
  }

  /// One line: the path escaped, what was tried, and the reason.
  public var description: String {
    "\(EscapedBytes.string(path)): cannot \(operation): \(error)" + (note.map { " (\($0))" } ?? "")
  }
}

/// Why a directory cannot be used as a cache.
public enum OpeningFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// It, or its `cache` directory, could not be opened.
  case unreadable(StoreError)
  /// It is a directory, but not that of a cache.
  case notACache(path: [UInt8], missing: String)

  /// One line.
  public var description: String {
    switch self {
    case .unreadable(let error): error.description
    case .notACache(let path, let missing): "\(EscapedBytes.string(path)): not a cache directory: \(missing)"
    }
  }
}
