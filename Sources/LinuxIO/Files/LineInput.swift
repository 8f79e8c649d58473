// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Lines of standard input or of a file, as bytes, without copying them.
public enum LineInput {
  /// Longer lines are left out: no name, key or record is so long.
  public static let longestLine = 1 << 20

  /// Calls a closure for each line without its separator; a last line without one counts.
  ///
  /// Ends early when SIGINT or SIGTERM has come (``Interruption``).
  ///
  /// - Parameters:
  ///   - separator: the byte between lines, a newline or a NUL.
  ///   - body: gets each line.
  /// - Returns: the number of lines.
  /// - Throws: `Errno` of a failed `read`; EMSGSIZE, at the end, when there were lines of more than ``longestLine`` bytes,
  ///   which are left out.
  @discardableResult
  public static func forEach(
    separator: UInt8 = UInt8(ascii: "\n"), _ body: (Span<UInt8>) -> Void
  ) throws(Errno) -> Int {
    try forEach(of: 0, separator, cutsLong: false, waitForInput, body)
  }

  /// Calls a closure for each line of a file without its newline; a last line without one counts.
  ///
  /// For files of `/proc` that can have millions of lines. Of a line of more than ``longestLine`` bytes the closure gets the
  /// beginning. Ends early when SIGINT or SIGTERM has come.
  ///
  /// - Returns: the number of lines.
  /// - Throws: `Errno` of a failed `open` or `read`; ENOENT when there is no such file.
  @discardableResult
  public static func forEach(of path: FilePath, _ body: (Span<UInt8>) -> Void) throws(Errno) -> Int {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let file = OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
    return try forEach(of: file.raw, UInt8(ascii: "\n"), cutsLong: true, { Interruption.signal == nil }, body)
  }

  private static func forEach(
    of descriptor: CInt, _ separator: UInt8, cutsLong: Bool, _ isReady: () -> Bool,
    _ body: (Span<UInt8>) -> Void
  ) throws(Errno) -> Int {
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    var held = 0
    var lines = 0
    var (isLeftOut, hasLeftOut) = (false, false)
    while isReady() {
      if held >= longestLine {
        // The rest of this line is read and forgotten.
        if cutsLong, !isLeftOut { body(Array(buffer[..<held]).span) }
        (held, isLeftOut, hasLeftOut) = (0, true, true)
      }
      if held == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
      let start = held
      let count = try call(.pread) {
        buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start) }
      }
      if count == 0 { break }
      let end = held + count
      var first = 0
      buffer.withUnsafeBytes { raw in
        guard let base = raw.baseAddress else { return }
        var search = start
        while search < end, let found = memchr(base + search, Int32(separator), end - search) {
          let position = UnsafeRawPointer(found) - base
          let line = UnsafeBufferPointer(
            start: (base + first).assumingMemoryBound(to: UInt8.self), count: position - first)
          if isLeftOut { isLeftOut = false } else { body(line.span) }
          lines += 1
          first = position + 1
          search = first
        }
      }
      held = end - first
      if first > 0, held > 0 { buffer.replaceSubrange(0..<held, with: Array(buffer[first..<end])) }
    }
    if held > 0, !isLeftOut, Interruption.signal == nil {
      let last = Array(buffer[..<held])
      body(last.span)
      lines += 1
    }
    if hasLeftOut, !cutsLong { throw .messageTooLong }
    return lines
  }

  /// The next line, without its newline and everything that was typed with it; nil at the end, or when SIGINT or
  /// SIGTERM has come (``Interruption``).
  ///
  /// - Throws: `Errno` of a failed `read`.
  public static func answer() throws(Errno) -> [UInt8]? {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1024)
    while waitForInput() {
      let count = try call(.pread) { buffer.withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress, $0.count) } }
      if count == 0 { return line.isEmpty ? nil : line }
      if let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) { return line + buffer[..<end] }
      line += buffer[..<count]
    }
    return nil
  }

  /// Sleeps until there is something to read; false when a signal came instead.
  private static func waitForInput() -> Bool { (try? Readiness.wait(for: 0, POLLIN)) ?? true }

  /// Whether standard input is a terminal.
  public static var isTerminal: Bool { isatty(0) == 1 }
}
