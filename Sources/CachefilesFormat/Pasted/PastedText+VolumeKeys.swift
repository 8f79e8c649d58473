// SPDX-License-Identifier: Apache-2.0
extension PastedText {
  /// A volume key in a line: the whole line, or what stands in parentheses, brackets or quotes, where it starts with the
  /// name of a network file system.
  public static func volumeKey(in line: [UInt8]) -> [UInt8]? {
    if isVolumeKey(line) { return line }
    for (open, close) in [("(", ")"), ("[", "]"), ("'", "'"), ("\"", "\"")] {
      guard let first = line.firstIndex(of: Array(open.utf8)[0]), let last = line.lastIndex(of: Array(close.utf8)[0]),
        first < last
      else { continue }
      let content = Array(line[(first + 1)..<last])
      if isVolumeKey(content) { return content }
    }
    return nil
  }

  /// Whether text starts with the name of a netfs, a comma and more; without a slash, which no volume key on disk has.
  private static func isVolumeKey(_ text: [UInt8]) -> Bool {
    guard NetfsType(volumeKey: text.span) != .unknown, let comma = text.firstIndex(of: UInt8(ascii: ",")) else {
      return false
    }
    return comma < text.count - 1 && text.count < 255 && !text.contains(UInt8(ascii: "/"))
  }
}
