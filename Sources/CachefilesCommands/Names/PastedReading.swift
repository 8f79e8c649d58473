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
  /// A line of the kernel's log; the volume keys that it can mean.
  case log(LogLine, volumeKeys: [[UInt8]], NamedObject?)
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
  init(_ input: [UInt8], volumeKey: [UInt8]?, byteOrder: ByteOrder?) {
    let path = StorePath(input.span)
    if let reading = Self.read(path, volumeKey: volumeKey, byteOrder: byteOrder) {
      self = reading
    } else if let line = Self.readLine(input, volumeKey: volumeKey) {
      self = line
    } else {
      self = Self.finish(path, input, volumeKey: volumeKey, byteOrder: byteOrder)
    }
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

  /// Lines of the kernel's: they have blanks, brackets or `key=`.
  private static func readLine(_ input: [UInt8], volumeKey: [UInt8]?) -> PastedReading? {
    guard input.contains(0x20) || input.contains(UInt8(ascii: "[")) else { return nil }
    if let line = try? CookieLine(parsing: input.span) {
      return .cookie(line, NamedObject(key: line.key, volumeKey: volumeKey))
    }
    if let line = try? VolumeLine(parsing: input.span) { return .volumeLine(line) }
    do throws(LogLine.Failure) {
      let line = try LogLine(parsing: input.span)
      var keys: [[UInt8]] = []
      switch line.volumeKey {
      case .certain(let key): keys = [key]
      case .ambiguous(let candidates, _): keys = candidates
      case nil: break
      }
      let known = keys.count == 1 ? keys[0] : volumeKey
      let object = line.isCookieKeyCut ? nil : line.cookieKey.flatMap { NamedObject(key: $0, volumeKey: known) }
      return .log(line, volumeKeys: keys, object)
    } catch {
      return error == .stateOnly ? .failure("\(error)") : nil
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
