import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles encode`: cookie keys into file names.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn cookie keys into the file names of their objects.",
    discussion: """
      A KEY is hexadecimal ('0x' is allowed), with --text the bytes themselves. Without KEY, each line of standard \
      input is one, and one line answers it. With --volume the whole path below the cache directory is printed.

        cachefiles encode 01000101000000003b000000721eb8ff
        cachefiles encode --volume 9p,p9src,hosttag ea25f80000000000

      A key that the kernel refuses, or whose name would be too long, is one line on stderr; the others are answered.

      \(ExitStatus.table)
      """)

  @Option(help: ArgumentHelp("The volume key, without the I of its directory.", valueName: "key"))
  var volume: ByteArgument?

  @Flag(help: "Keys are text, not hexadecimal.")
  var text = false

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Cookie keys.", valueName: "key"))
  var keys: [ByteArgument] = []

  func run() throws {
    let output = Output(output)
    var encoder = KeyEncoder(isText: text, format: output.format)
    if let volume { encoder.volume = try Self.read(volume.bytes, output) }
    encoder.begin(output.stream)
    if keys.isEmpty {
      do throws(Errno) {
        try LineInput.forEach { encoder.answer($0, output.stream) }
      } catch {
        output.stream.flush()
        throw Failure("cannot read standard input: \(error)")
      }
    } else {
      for key in keys { encoder.answer(key.bytes.span, output.stream) }
    }
    encoder.finish(output.stream)
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if encoder.failures > 0 { throw ExitStatus.failure }
  }
}

extension [UInt8] {
  /// Appends the name of a key.
  fileprivate mutating func makeName(of key: [UInt8]) throws(CookieKey.Failure) -> NameScheme {
    try ObjectName.append(nameOf: key.span, to: &self)
  }
}

extension Encode {
  /// The volume of a key that the kernel accepts.
  private static func read(_ key: [UInt8], _ output: Output) throws -> KeyEncoder.Volume {
    do throws(VolumeName.Failure) {
      try VolumeName.check(key: key.span)
    } catch {
      throw Failure("volume key \(EscapedBytes.quoted(key)): \(error)")
    }
    if let inner = VolumeName.key(ofName: key), NetfsType(volumeKey: inner.span) != .unknown {
      output.note("cachefiles: note: the volume key starts with I; without it, it would be that of a known netfs")
    }
    return KeyEncoder.Volume(key: key)
  }
}

/// Answers keys one after another, with buffers that it keeps.
struct KeyEncoder {
  /// The volume that the objects are in.
  struct Volume {
    let key: [UInt8]
    let hash: KeyHash
    init(key: [UInt8]) {
      self.key = key
      hash = KeyHash(volumeKey: key.span)
    }
  }

  /// The volume, where one was named.
  var volume: Volume?
  /// How many keys had no name.
  private(set) var failures = 0
  private let isText: Bool
  private let format: OutputFormat
  private var key: [UInt8] = []
  private var name: [UInt8] = []
  private var json: JSONWriter
  private var answers = 0

  init(isText: Bool, format: OutputFormat) {
    self.isText = isText
    self.format = format
    json = JSONWriter(pretty: false)
  }

  /// Opens the document, where one is asked for.
  func begin(_ stream: OutputStream) {
    if format == .document { stream.write("{\"schema\":\"cachefiles.encode/1\",\"keys\":[") }
  }

  /// Closes the document.
  func finish(_ stream: OutputStream) {
    if format == .document { stream.line("]}") }
  }

  /// Answers one key.
  mutating func answer(_ input: Span<UInt8>, _ stream: OutputStream) {
    key.removeAll(keepingCapacity: true)
    name.removeAll(keepingCapacity: true)
    if isText {
      key.append(input)
    } else {
      do throws(Hex.Failure) { try Hex.decode(input, into: &key) } catch { return fail(input, "\(error)", stream) }
    }
    let scheme: NameScheme
    do throws(CookieKey.Failure) { scheme = try name.makeName(of: key) } catch {
      return fail(input, "\(error)", stream)
    }
    switch ObjectName.fate(ofNameLength: name.count) {
    case .fits: break
    case .cut(let length):
      let cut = EscapedBytes.string(name.span.extracting(0..<length))
      return fail(
        input,
        "its name has \(name.count) bytes: new kernels refuse it, those before 6.16 cut it to \(length) bytes, '\(cut)'",
        stream)
    case .never:
      return fail(
        input, "its name has \(name.count) bytes: new kernels refuse it, those before 6.16 cut it to an empty name",
        stream)
    }
    let hash = volume.map { KeyHash(cookieKey: key.span, in: $0.hash) }
    if format == .text {
      write(hash, stream)
    } else {
      writeJSON(scheme, hash, stream)
    }
    answers += 1
  }

  private func write(_ hash: KeyHash?, _ stream: OutputStream) {
    stream.append { buffer in
      if let volume, let hash {
        buffer += "cache/I".utf8
        EscapedBytes.append(volume.key.span, to: &buffer)
        buffer.append(UInt8(ascii: "/"))
        buffer += hash.fanout.directoryName
        buffer.append(UInt8(ascii: "/"))
      }
      EscapedBytes.append(name.span, to: &buffer)
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  private mutating func writeJSON(_ scheme: NameScheme, _ hash: KeyHash?, _ stream: OutputStream) {
    var json = JSONWriter(pretty: false)
    swap(&json, &self.json)
    defer { swap(&json, &self.json) }
    json.reset()
    json.object { json in
      if format == .lines { json.text("schema", "cachefiles.encode/1") }
      json.hex("key", key.span)
      json.bytes("name", name)
      json.text("scheme", String(scheme.letter))
      if let volume, let hash {
        json.bytes("volume", volume.key)
        json.hex("volume_hash", volume.hash.value)
        json.hex("key_hash", hash.value)
        json.text("fanout", hash.fanout.description)
        json.bytes(
          "path",
          Array("cache/I".utf8) + volume.key + [UInt8(ascii: "/")] + hash.fanout.directoryName + [UInt8(ascii: "/")]
            + name)
      }
    }
    let separator = answers > 0 && format == .document
    stream.append { buffer in
      if separator { buffer.append(UInt8(ascii: ",")) }
      buffer += json.bytes
      if format == .lines { buffer.append(UInt8(ascii: "\n")) }
    }
  }

  /// Names a key that has no name. What was answered before comes out first, so that the lines stay in order.
  private mutating func fail(_ input: Span<UInt8>, _ reason: String, _ stream: OutputStream) {
    failures += 1
    if stream.isTerminal { stream.flush() }
    let shown = input.count > 80 ? EscapedBytes.string(input.extracting(0..<80)) + "…" : EscapedBytes.string(input)
    StandardError.line("cachefiles: key '\(shown)': \(reason)")
  }
}
