// SPDX-License-Identifier: Apache-2.0
import CachefilesDaemon
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `/etc/cachefiles-daemon.conf`: a name and a value on each line, `#` at the start of a line for comments. A file with anything
/// in it that is not understood is not used at all.
final class DaemonSettingsFile: Sendable {
  /// The file that is read when no other is named; it need not exist.
  static let defaultPath: FilePath = "/etc/cachefiles-daemon.conf"

  private let path: FilePath
  private let isGiven: Bool
  private let pins = PinCache(
    advice: " ('cachefiles keep' makes a new list; a restart, or 'pins off', goes on without)")

  init(_ path: FilePath?) {
    self.path = path ?? Self.defaultPath
    isGiven = path != nil
  }

  /// Reads the file.
  func read() throws(SettingsFailure) -> DaemonSettings {
    let name = EscapedBytes.string(path.bytes)
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(path, limit: 1 << 20) } catch {
      guard error == .noSuchFileOrDirectory, !isGiven else { throw SettingsFailure("\(name): cannot read: \(error)") }
      bytes = []
    }
    do throws(SettingsFailure) { return try parse(bytes) } catch { throw SettingsFailure("\(name): \(error)") }
  }

  /// Reads its bytes.
  func parse(_ bytes: [UInt8]) throws(SettingsFailure) -> DaemonSettings {
    var settings = DaemonSettings()
    var pinsFile: ByteArgument?
    var usesPins = true
    var seen: Set<String> = []
    for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      let text = Self.trimmed(line)
      guard let first = text.first, first != UInt8(ascii: "#") else { continue }
      let word = text.prefix { $0 != 32 && $0 != 9 }
      let value = Self.trimmed(text.dropFirst(word.count))
      let name = String(decoding: word, as: UTF8.self)
      do throws(SettingsFailure) {
        guard !value.isEmpty else { throw SettingsFailure("'\(EscapedBytes.string(Array(word)))' has no value") }
        if name != "quota", !seen.insert(name).inserted { throw SettingsFailure("'\(name)' is set twice") }
        switch name {
        case "pins":
          usesPins = !value.elementsEqual("off".utf8)
          if usesPins { pinsFile = ByteArgument(bytes: Array(value)) }
        default: try Self.set(name, Array(value), &settings)
        }
      } catch {
        throw SettingsFailure("line \(index + 1): \(error)")
      }
    }
    settings.journal = { () throws(SettingsFailure) -> FilePath in
      do throws(Failure) { return try StateDirectory.newJournal(for: "fsck") } catch {
        throw SettingsFailure(error.description)
      }
    }
    if usesPins {
      let (pins, file) = (pins, pinsFile)
      settings.pins = { (store) throws(SettingsFailure) -> PinnedObjects? in
        do throws(Failure) { return try pins.load(file, of: store) } catch { throw SettingsFailure(error.description) }
      }
    }
    return settings
  }

  private static func set(_ name: String, _ value: [UInt8], _ settings: inout DaemonSettings) throws(SettingsFailure) {
    let text = String(decoding: value, as: UTF8.self)
    let refused = SettingsFailure(
      "\(EscapedBytes.quoted(value)) is no value for '\(EscapedBytes.string(Array(name.utf8)))'")
    switch name {
    case "max-size":
      guard let size = SizeArgument(argument: text) else { throw refused }
      if size.isWithoutUnit { throw SettingsFailure(size.missingUnit(of: name)) }
      settings.limits.append(DaemonSettings.Limit(name: "max-size", maximumBytes: size.bytes))
    case "max-age":
      guard let age = AgeArgument(argument: text) else { throw refused }
      settings.limits.append(DaemonSettings.Limit(name: "max-age", maximumAge: age.duration))
    case "quota":
      guard let quota = QuotaArgument(argument: RawArguments.encode(value)) else { throw refused }
      if quota.size.isWithoutUnit { throw SettingsFailure(quota.size.missingUnit(of: name)) }
      let glob = VolumeGlob(quota.glob)
      settings.limits.append(
        DaemonSettings.Limit(
          name: "quota of \(EscapedBytes.string(quota.glob))", maximumBytes: quota.size.bytes, volumes: glob.matches))
    case "min-free":
      guard let amount = FreeArgument(argument: text) else { throw refused }
      settings.minimumFree = { amount.bytes(of: $0) }
    case "margin":
      guard let amount = FreeArgument(argument: text) else { throw refused }
      settings.margin = amount.margin
    case "cull-share":
      guard let argument = ShareArgument(argument: text), argument.share >= 0.01 else { throw refused }
      settings.cullShare = argument.share
    case "interval":
      guard let age = AgeArgument(argument: text), age.duration >= .seconds(1) else { throw refused }
      settings.interval = age.duration
    case "metrics":
      guard value.first == UInt8(ascii: "/") else { throw refused }
      settings.metrics = FilePath(bytes: value)
    case "log-level":
      let levels: [String: DaemonLog.Level] = [
        "error": .error, "warning": .warning, "notice": .notice, "info": .info, "debug": .debug,
      ]
      guard let level = levels[text] else { throw refused }
      settings.level = level
    case "clock":
      guard text == "any" || text == "synchronized" else { throw refused }
      if text == "any" { settings.clock = { true } }
    case "check":
      guard text == "yes" || text == "no" else { throw refused }
      settings.checksFirst = text == "yes"
    default: throw SettingsFailure("there is no setting \(EscapedBytes.quoted(Array(name.utf8)))")
    }
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
