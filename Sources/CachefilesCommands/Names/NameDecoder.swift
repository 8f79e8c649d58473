// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Answers lines one after another, with buffers that it keeps: the filter form of `decode`.
///
/// Bare names and paths of objects are answered here without allocation; everything else goes the long way of
/// ``PastedAnswer``.
struct NameDecoder {
  /// How many lines stand for no key.
  private(set) var failures = 0
  private let context: DecodeContext
  private let format: OutputFormat
  /// The volume that bare names belong to.
  private let given: VolumeReading?
  /// The volume of the last path.
  private var found: VolumeReading?
  private var key: [UInt8] = []
  private var json = JSONWriter(pretty: false)
  private var answers = 0
  /// What the lines of a log have said so far.
  private var memory = LogMemory()
  /// Whether every byte counts, a carriage return at the end too.
  private let isExact: Bool

  /// A volume key and what follows from it.
  struct VolumeReading {
    let key: [UInt8]
    let hash: KeyHash
    let type: NetfsType
    /// The type whose lengths of keys and records hold in it.
    let rules: NetfsType
    private let written = Written()

    /// Text that is kept.
    private final class Written {
      var text: [UInt8]?
    }

    /// What JSON says of the volume, written once for all names in it. The context is the same for all of them.
    func members(_ context: DecodeContext) -> [UInt8] {
      if let text = written.text { return text }
      let text = JSONWriter.membersText { NameAnswer.write(volumeKey: key.span, context, to: &$0) }
      written.text = text
      return text
    }

    init(key: [UInt8]) {
      self.key = key
      hash = KeyHash(volumeKey: key.span)
      type = NetfsType(volumeKey: key.span)
      rules = NetfsType(rulesOf: key.span)
    }
  }

  /// Where a line says that the name stands.
  private struct Place {
    var name: Range<Int>
    var volume: VolumeReading?
    var fanout: Fanout?
  }

  init(_ context: DecodeContext, format: OutputFormat, isExact: Bool) {
    self.isExact = isExact
    self.context = context
    self.format = format
    given = context.volumeKey.map { VolumeReading(key: $0) }
  }

  /// Opens the document, where one is asked for.
  func begin(_ stream: OutputStream) {
    if format == .document { stream.append { $0 += JSONWriter.head(of: "decode", list: "names") } }
  }

  /// Closes the document.
  func finish(_ stream: OutputStream) {
    if format == .document { stream.line("]}") }
  }

  /// Answers one line.
  mutating func answer(_ given: Span<UInt8>, _ stream: OutputStream) {
    let line = isExact ? given : PastedText.withoutReturn(given)
    guard let place = place(in: line) else { return answerPasted(line, stream) }
    let name = line.extracting(place.name)
    key.removeAll(keepingCapacity: true)
    let decoded: DecodedName
    do throws(NameFailure) {
      decoded = try ObjectName.decode(name, into: &key)
    } catch {
      // Perhaps no name at all but something else that can be pasted.
      return answerPasted(line, stream)
    }
    if format == .text {
      writeLine(decoded, name, place, stream)
    } else {
      writeJSON(decoded, name, place, stream)
    }
    answers += 1
  }

  /// Finds the name in a bare name or in a path of an object; nil for everything else.
  private mutating func place(in line: Span<UInt8>) -> Place? {
    var slashes = (last: -1, second: -1, third: -1)
    var count = 0
    for index in 0..<line.count where line[index] == UInt8(ascii: "/") {
      slashes = (index, slashes.last, slashes.second)
      count += 1
    }
    // In quotes it is for the long way too, as is a name with a blank in it: some tool's output.
    if line.count > 0, line[0] == 0x22 || line[0] == 0x27 || line[0] == 0x60 { return nil }
    for index in (slashes.last + 1)..<line.count where line[index] == 0x20 || line[index] == 0x09 { return nil }
    guard count > 0 else {
      return Place(name: 0..<line.count, volume: given, fanout: nil)
    }
    guard count >= 2, slashes.last < line.count - 1,
      let fanout = Fanout(directoryName: line.extracting(slashes.second + 1..<slashes.last))
    else { return nil }
    let start = slashes.third + 1
    guard start < slashes.second, line[start] == VolumeName.prefix else { return nil }
    // `@xx/I…/@xx/…` is the layout before 5.17.
    if slashes.third >= 3, line[slashes.third - 3] == UInt8(ascii: "@") { return nil }
    let volumeKey = line.extracting(start + 1..<slashes.second)
    if found.map({ !$0.key.span.equals(volumeKey) }) ?? true { found = VolumeReading(key: volumeKey.array) }
    return Place(name: slashes.last + 1..<line.count, volume: found, fanout: fanout)
  }

  private func writeLine(
    _ decoded: DecodedName, _ name: Span<UInt8>, _ place: Place, _ stream: OutputStream
  ) {
    stream.append { buffer in
      let tab = UInt8(ascii: "\t")
      buffer.append(decoded.scheme.rawValue)
      buffer.append(tab)
      Hex.append(key.span, to: &buffer)
      buffer.append(tab)
      Self.append(decoded.shortestKey, to: &buffer)
      if decoded.longestKey != decoded.shortestKey {
        buffer.append(UInt8(ascii: "-"))
        Self.append(decoded.longestKey, to: &buffer)
      }
      buffer.append(tab)
      if let defect = decoded.defect {
        buffer += "not canonical: \(defect)".utf8
      } else {
        buffer += "canonical".utf8
      }
      buffer.append(tab)
      if let volume = place.volume {
        let fanout = KeyHash(cookieKey: key.span, in: volume.hash).fanout
        buffer += fanout.directoryName
        if let found = place.fanout, found != fanout { buffer += " (misplaced in \(found))".utf8 }
      } else {
        buffer.append(UInt8(ascii: "-"))
      }
      buffer.append(tab)
      EscapedBytes.append(name, to: &buffer)
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  /// A small number in decimal.
  private static func append(_ number: Int, to buffer: inout [UInt8]) {
    if number >= 100 { buffer.append(48 + UInt8(number / 100 % 10)) }
    if number >= 10 { buffer.append(48 + UInt8(number / 10 % 10)) }
    buffer.append(48 + UInt8(number % 10))
  }

  private mutating func writeJSON(
    _ decoded: DecodedName, _ name: Span<UInt8>, _ place: Place, _ stream: OutputStream
  ) {
    var json = JSONWriter(pretty: false)
    swap(&json, &self.json)
    json.reset()
    json.object { json in
      if format == .lines { json.text("schema", "cachefiles.decode/1") }
      NameAnswer.write(decoded, name, key.span, to: &json)
      if let volume = place.volume { NameAnswer.write(volume, key.span, decoded, place.fanout, context, to: &json) }
    }
    swap(&json, &self.json)
    write(stream)
  }

  private mutating func answerPasted(_ line: Span<UInt8>, _ stream: OutputStream) {
    let bytes = line.array
    let answer = PastedAnswer(bytes, context, &memory)
    if answer.isHeading { return }
    if let reason = answer.failure {
      failures += 1
      if stream.isTerminal { stream.flush() }
      StandardError.line("cachefiles: \(EscapedBytes.quoted(Array(bytes.prefix(300)))): \(reason)")
      if format == .text { return }
    }
    if format == .text {
      stream.line(answer.summary)
    } else {
      var json = JSONWriter(pretty: false)
      json.object { json in
        if format == .lines { json.text("schema", "cachefiles.decode/1") }
        answer.write(to: &json)
      }
      self.json = json
      write(stream)
    }
    answers += 1
  }

  private func write(_ stream: OutputStream) {
    let separator = answers > 0 && format == .document
    stream.append { buffer in
      if separator { buffer.append(UInt8(ascii: ",")) }
      buffer += json.bytes
      if format == .lines { buffer.append(UInt8(ascii: "\n")) }
    }
  }
}
