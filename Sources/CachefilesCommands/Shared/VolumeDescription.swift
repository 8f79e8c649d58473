import CachefilesFormat

/// What `stats` and `ls` call a volume, as bytes and as they print it.
struct VolumeDescription {
  private let printed: [UInt8]
  private let plain: [UInt8]

  /// The description of a volume by its key.
  init(_ key: [UInt8]) {
    let summary = Array(NetfsVolume(volumeKey: key.span, byteOrder: .host).summary.utf8)
    plain = EscapedBytes.unescape(summary.span)
    printed = summary
  }

  /// Whether a pattern matches it in one of both forms.
  func matches(_ glob: Glob) -> Bool { glob.matches(plain) || (plain != printed && glob.matches(printed)) }
}
