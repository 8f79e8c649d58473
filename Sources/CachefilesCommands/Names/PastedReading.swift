// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What something pasted turned out to be.
enum PastedReading {
  /// An object's name, alone or in a path.
  case name(NamedObject)
  /// A volume directory.
  case volume(key: [UInt8])
  /// A fanout directory.
  case fanout(volumeKey: [UInt8], Fanout)
  /// A path below the graveyard.
  case buried(GraveyardName?, below: [[UInt8]])
  /// A path of the layout before 5.17.
  case legacy(LegacyPath)
  /// A line of /proc/fs/fscache/cookies.
  case cookie(CookieLine, NamedObject?)
  /// A line of /proc/fs/fscache/volumes.
  case volumeLine(VolumeLine)
  /// A line of the kernel's log; the volume keys that it can mean, the object of kernels since 5.17 and the cookie of
  /// kernels before.
  case log(LogLine, volumeKeys: [[UInt8]], NamedObject?, LegacyCookie?)
  /// A row of a table of a kernel before 5.17.
  case legacyCookie(LegacyCookie)
  /// A line of the kernel's log about a cookie that has no key in it.
  case state(LogCookie)
  /// A row of /proc/fs/fscache/caches.
  case cache(CacheLine)
  /// A message that is explained, and what it names.
  indirect case message(LogMessage.Match, PastedReading?)
  /// A heading of a table, or another line without anything to decode.
  case heading
  /// Nothing of a cache, for this reason.
  case failure(String)

  /// An object's name, with what is known of its place.
  struct NamedObject {
    var name: [UInt8]
    var key: [UInt8]
    var decoded: DecodedName
    var volume: NameDecoder.VolumeReading?
    var fanout: Fanout?

    init(name: [UInt8], volumeKey: [UInt8]?, fanout: Fanout?) throws(NameFailure) {
      self.name = name
      var key: [UInt8] = []
      decoded = try ObjectName.decode(name.span, into: &key)
      self.key = key
      volume = volumeKey.map { NameDecoder.VolumeReading(key: $0) }
      self.fanout = fanout
    }

    /// The object of a key whose true length is known; nil when the kernel has no name for it.
    init?(key: [UInt8], volumeKey: [UInt8]?) {
      guard let name = try? ObjectName.name(of: key) else { return nil }
      var padded: [UInt8] = []
      guard let decoded = try? ObjectName.decode(name.span, into: &padded) else { return nil }
      self.name = name
      self.key = key
      self.decoded = decoded
      self.decoded.shortestKey = key.count
      self.decoded.longestKey = key.count
      volume = volumeKey.map { NameDecoder.VolumeReading(key: $0) }
    }
  }

  /// Reads anything.
  ///
  /// - Parameter memory: what the lines before it said.
  init(_ input: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?, memory: inout LogMemory) {
    let text = PastedText.withoutReturn(input.span).array
    // A path or a name with something around it would be read as a strange name: the tools' output comes first.
    let core = PastedText.listed(text) ?? PastedText.unquoted(text)
    if let core, let reading = Self.readName(core, volumeKey: volumeKey, byteOrder: byteOrder) {
      self = reading
      return
    }
    if let reading = Self.readLine(text, volumeKey: volumeKey, byteOrder: byteOrder, memory: &memory) {
      self = reading
      return
    }
    let path = StorePath(text.span)
    if let reading = Self.read(path, volumeKey: volumeKey, byteOrder: byteOrder) {
      self = reading
      guard case .failure = reading else { return }
    } else {
      self = Self.finish(path, text, volumeKey: volumeKey, byteOrder: byteOrder)
    }
    guard case .failure = self, let inner = PastedText.path(in: text), inner != text,
      let reading = Self.readName(inner, volumeKey: volumeKey, byteOrder: byteOrder)
    else { return }
    self = reading
  }

  /// A path or a name; nil when it is none.
  private static func readName(_ text: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?) -> PastedReading? {
    let path = StorePath(text.span)
    let reading =
      read(path, volumeKey: volumeKey, byteOrder: byteOrder)
      ?? finish(path, text, volumeKey: volumeKey, byteOrder: byteOrder)
    if case .failure = reading { return nil }
    return reading
  }

  /// Paths that say themselves what they are.
  private static func read(_ path: StorePath, volumeKey: [UInt8]?, byteOrder: ByteOrder?) -> PastedReading? {
    switch path {
    case .object(let key, let fanout, let name):
      do throws(NameFailure) {
        return .name(try NamedObject(name: name, volumeKey: key, fanout: Fanout(directoryName: fanout)))
      } catch {
        return .failure("\(error)")
      }
    case .fanout(let key, let fanout):
      return Fanout(directoryName: fanout).map { .fanout(volumeKey: key, $0) }
    case .buried(let components):
      let top = components[0]
      return .buried(GraveyardName(top.span), below: Array(components.dropFirst()))
    case .legacy(let components):
      do throws(LegacyPath.Failure) {
        return .legacy(try LegacyPath(components: components, byteOrder: byteOrder))
      } catch {
        return .failure("a path of the layout before 5.17: \(error)")
      }
    case .volume, .bare, .other: return nil
    }
  }

  /// Lines of the kernel's and of the daemon's: they have blanks, brackets or commas.
  private static func readLine(
    _ input: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?, memory: inout LogMemory
  ) -> PastedReading? {
    guard input.contains(0x20) || input.contains(UInt8(ascii: "[")) || input.contains(UInt8(ascii: "=")) else {
      return PastedText.volumeKey(in: input).map { .volume(key: $0) }
    }
    if let row = readRow(input, volumeKey: volumeKey, byteOrder: byteOrder) { return row }
    if PastedText.isHeading(input) { return .heading }
    if let cookie = LogCookie(parsing: input.span) {
      memory.note(cookie)
      return .state(cookie)
    }
    let log = readLog(input, volumeKey: volumeKey, byteOrder: byteOrder, memory: &memory)
    if let log, case .log = log { return log }
    if let match = LogMessage.match(input.span) {
      let key = match.message.id == "volume-in-use" ? match.name ?? PastedText.volumeKey(in: input) : nil
      let named = match.name.flatMap { readName($0, volumeKey: volumeKey, byteOrder: byteOrder) }
      // A directory `@xx` is in both layouts: it tells nothing.
      if case .legacy(let path)? = named, path.levels.isEmpty { return .message(match, nil) }
      return .message(match, key.map { .volume(key: $0) } ?? named)
    }
    if log == nil, let key = PastedText.volumeKey(in: input) { return .volume(key: key) }
    return log
  }

  /// Rows of the tables below /proc/fs/fscache.
  private static func readRow(_ input: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?) -> PastedReading? {
    do throws(CookieLine.Failure) {
      let line = try CookieLine(parsing: input.span)
      return .cookie(line, NamedObject(key: line.key, volumeKey: volumeKey))
    } catch {
      if error == .heading { return .heading }
    }
    do throws(VolumeLine.Failure) {
      return .volumeLine(try VolumeLine(parsing: input.span))
    } catch {
      if error == .heading { return .heading }
    }
    if let line = try? CacheLine(parsing: input.span) { return .cache(line) }
    guard let line = LegacyTableLine(parsing: input.span) else { return nil }
    guard let key = line.key else { return .heading }
    return .legacyCookie(
      LegacyCookie(key: key, definition: line.definition, coherency: line.coherency, byteOrder: byteOrder))
  }

  /// Lines of the kernel's log with keys.
  private static func readLog(
    _ input: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?, memory: inout LogMemory
  ) -> PastedReading? {
    do throws(LogLine.Failure) {
      let line = try LogLine(parsing: input.span)
      var keys: [[UInt8]] = []
      switch line.volumeKey {
      case .certain(let key): keys = [key]
      case .ambiguous(let candidates, _): keys = candidates
      case nil: break
      }
      guard let key = line.cookieKey else {
        if keys.count == 1 { memory.note(volumeKey: keys[0], prefix: line.prefix) }
        return .log(line, volumeKeys: keys, nil, nil)
      }
      let cookie = memory.finish(prefix: line.prefix)
      let kernels = line.kernels == .any ? cookie.kernels : line.kernels
      let known = keys.count == 1 ? keys[0] : cookie.volumeKey ?? volumeKey
      let isLegacy = !line.isCookieKeyCut && known == nil && kernels != .since517
      let isModern = !line.isCookieKeyCut && kernels != .before517
      return .log(
        line, volumeKeys: keys, isModern ? NamedObject(key: key, volumeKey: known) : nil,
        isLegacy ? LegacyCookie(key: key, definition: cookie.definition, byteOrder: byteOrder) : nil)
    } catch {
      return error == .noKey ? nil : .failure("\(error)")
    }
  }

  /// What is left: a volume directory, a bare name, or nothing.
  private static func finish(
    _ path: StorePath, _ input: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?
  ) -> PastedReading {
    switch path {
    case .volume(let key): return .volume(key: key)
    case .bare(let name):
      do throws(NameFailure) {
        return .name(try NamedObject(name: name, volumeKey: volumeKey, fanout: nil))
      } catch {
        if let legacy = try? LegacyPath(components: [name], byteOrder: byteOrder) { return .legacy(legacy) }
        return .failure("\(error)")
      }
    default:
      if input.isEmpty { return .failure("an empty line") }
      return .failure("neither a name, nor a path into a cache (…/I<volume>/@xx/<name>), nor a line of the kernel's")
    }
  }
}
