// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

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
    if format == .document { stream.append { $0 += JSONWriter.head(of: "encode", list: "keys") } }
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
