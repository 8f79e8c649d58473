// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Writes JSON into a byte buffer, in the order in which keys are given.
///
/// The filters answer a million lines a second, from bytes that are no Unicode; a general encoder alone takes twice as
/// long and loses the order of keys (measured in Docs/Architecture.md). Strings from disks are escaped first
/// (``EscapedBytes``).
struct JSONWriter {
  /// The text so far.
  private(set) var bytes: [UInt8] = []
  /// Whether the text is one document for people too, not a line for programs.
  let isPretty: Bool
  private var depth = 0
  private var isFirst = true
  private var afterKey = false

  /// Starts a text, on one line or indented.
  init(pretty: Bool) { isPretty = pretty }

  /// Forgets the text and keeps the memory.
  mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    depth = 0
    isFirst = true
    afterKey = false
  }

  /// Writes an object; the closure writes its members.
  mutating func object(_ key: StaticString? = nil, _ body: (inout JSONWriter) -> Void) {
    nest(key, UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  /// Writes an array; the closure writes its elements.
  mutating func array(_ key: StaticString? = nil, _ body: (inout JSONWriter) -> Void) {
    nest(key, UInt8(ascii: "["), UInt8(ascii: "]"), body)
  }

  private mutating func nest(
    _ key: StaticString?, _ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void
  ) {
    separate(key)
    enter(open)
    body(&self)
    leave(close)
  }

  /// Begins an object without a closure, for members that no closure can capture; ``close()`` ends it.
  mutating func open() {
    separate(nil)
    enter(UInt8(ascii: "{"))
  }

  /// Ends an object that ``open()`` began.
  mutating func close() { leave(UInt8(ascii: "}")) }

  private mutating func enter(_ bracket: UInt8) {
    bytes.append(bracket)
    depth += 1
    isFirst = true
  }

  private mutating func leave(_ bracket: UInt8) {
    depth -= 1
    if isPretty, !isFirst { newline() }
    bytes.append(bracket)
    isFirst = false
  }

  /// Writes bytes from a disk, escaped.
  mutating func bytes(_ key: StaticString? = nil, _ value: Span<UInt8>) {
    separate(key)
    bytes.append(UInt8(ascii: "\""))
    for index in 0..<value.count {
      let byte = value[index]
      switch byte {
      case UInt8(ascii: "\\"): bytes += [byte, byte, byte, byte]
      case UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
      case 0x20...0x7e: bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")]
        Hex.append(UInt64(byte), digits: 2, to: &bytes)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes bytes from a disk, escaped.
  mutating func bytes(_ key: StaticString? = nil, _ value: [UInt8]) { bytes(key, value.span) }

  /// Writes bytes in hexadecimal.
  mutating func hex(_ key: StaticString? = nil, _ value: Span<UInt8>) {
    separate(key)
    bytes.append(UInt8(ascii: "\""))
    Hex.append(value, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a 32-bit number as eight hexadecimal digits.
  mutating func hex(_ key: StaticString? = nil, _ value: UInt32) {
    separate(key)
    bytes.append(UInt8(ascii: "\""))
    Hex.append(UInt64(value), digits: 8, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes our own text.
  mutating func text(_ key: StaticString? = nil, _ value: String) {
    separate(key)
    string(value)
  }

  /// Writes a number.
  mutating func number(_ key: StaticString? = nil, _ value: some FixedWidthInteger) {
    separate(key)
    decimal(value)
  }

  /// Writes a moment in nanoseconds since 1970.
  mutating func nanoseconds(_ key: StaticString? = nil, _ time: Timestamp) { number(key, time.clampedNanoseconds) }

  /// Writes a span of time in nanoseconds.
  mutating func nanoseconds(_ key: StaticString? = nil, _ span: Duration) { number(key, span.clampedNanoseconds) }

  /// Writes a share or rate with four digits after the point.
  mutating func decimal(_ key: StaticString? = nil, _ value: Double) {
    separate(key)
    guard value.isFinite else {
      bytes += "null".utf8
      return
    }
    let scaled = Int64(rounding: value * 10000)
    // What does not fit with its digits has none that mean anything.
    if scaled == .max || scaled == .min {
      decimal(Int64(rounding: value))
      return
    }
    let (whole, rest) = (scaled / 10000, (scaled % 10000).magnitude)
    if scaled < 0, whole == 0 { bytes.append(UInt8(ascii: "-")) }
    decimal(whole)
    bytes.append(UInt8(ascii: "."))
    let digits = String(rest)
    for _ in digits.utf8.count..<4 { bytes.append(UInt8(ascii: "0")) }
    bytes += digits.utf8
  }

  /// Writes true or false.
  mutating func bool(_ key: StaticString? = nil, _ value: Bool) {
    separate(key)
    bytes += (value ? "true" : "false").utf8
  }

  /// Writes null.
  mutating func null(_ key: StaticString? = nil) {
    separate(key)
    bytes += "null".utf8
  }

  /// Writes a key that is known only at run time; a value must follow.
  mutating func key(_ name: String) {
    separate(nil)
    string(name)
    colon()
    afterKey = true
  }

  /// Writes members of an object that were written before, with a writer that is not pretty.
  mutating func members(_ written: [UInt8]) {
    guard !written.isEmpty else { return }
    separate(nil)
    bytes += written
  }

  /// The members that a closure writes, without the braces around them; for ``members(_:)``.
  static func membersText(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter(pretty: false)
    json.object(nil, body)
    return Array(json.bytes.dropFirst().dropLast())
  }

  /// Whether the text is indented.
  var isIndented: Bool { isPretty }

  /// Ends a line of JSON lines, or a document.
  mutating func end() { bytes.append(UInt8(ascii: "\n")) }

  private mutating func separate(_ key: StaticString?) {
    if afterKey {
      afterKey = false
      return
    }
    if depth > 0 {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      if isPretty { newline() }
    }
    isFirst = false
    guard let key else { return }
    bytes.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    colon()
  }

  private mutating func colon() {
    bytes.append(UInt8(ascii: ":"))
    if isPretty { bytes.append(UInt8(ascii: " ")) }
  }

  private mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { bytes += [0x20, 0x20] }
  }

  private mutating func string(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        bytes += "\\u00".utf8
        Hex.append(UInt64(byte), digits: 2, to: &bytes)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func decimal(_ value: some FixedWidthInteger) {
    if value == 0 {
      bytes.append(48)
      return
    }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    while rest > 0 {
      bytes.append(48 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
    bytes[start...].reverse()
  }
}

extension JSONWriter {
  /// Writes runs of data, in bytes, as a list of objects.
  mutating func runs(_ key: StaticString, _ runs: [(offset: UInt64, length: UInt64)]) {
    array(key) { json in
      for run in runs {
        json.object { json in
          json.number("offset", run.offset)
          json.number("length", run.length)
        }
      }
    }
  }
}
