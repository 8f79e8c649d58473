public import CachefilesFormat
import LinuxIO
public import SystemPackage

/// The configuration of cachefilesd, read as that daemon (0.10.10) and the kernel behind it read it.
///
/// Each line is a command and its argument. Blanks before the command are skipped; the rest of the line counts as it
/// is, trailing blanks included. `#` starts a comment only at the start of a line. There is no quoting.
public struct DaemonConfiguration: Sendable, Equatable {
  /// The file that is read when no other is named.
  public static let defaultPath: FilePath = "/etc/cachefilesd.conf"
  /// The directory that is used when nothing names one.
  public static let defaultDirectory: FilePath = "/var/cache/fscache"

  /// `dir`: the root of the cache, as bytes.
  public var directory: [UInt8]?
  /// `tag`: the cache's name in `/proc/fs/fscache/caches`.
  public var tag: [UInt8]?
  /// The limits, the kernel's defaults where the file names none.
  public var percentages = CullPercentages()
  /// `nocull`: no daemon culls.
  public var isCullingOff = false
  /// What the daemon or the kernel refuses; with any of these the daemon does not start.
  public var defects: [Defect] = []

  /// A line that makes the daemon give up.
  public struct Defect: Sendable, Equatable, CustomStringConvertible {
    /// The line's number, from 1.
    public var line: Int
    /// What is wrong with it.
    public var message: String

    /// One line.
    public var description: String { "line \(line): \(message)" }
  }

  /// Reads the file's bytes.
  public init(parsing bytes: [UInt8]) {
    var line = 0
    var start = 0
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      if end == nil {
        defects.append(Defect(line: line, message: "the last line has no newline: \"Unterminated line\""))
      }
      read(bytes[start..<(end ?? bytes.count)], line)
      start = (end ?? bytes.count) + 1
    }
    if directory == nil { defects.append(Defect(line: line, message: "no 'dir' line")) }
  }

  private mutating func read(_ text: ArraySlice<UInt8>, _ line: Int) {
    if text.contains(0) {
      defects.append(Defect(line: line, message: "a NUL byte"))
      return
    }
    let rest = text.drop { $0 == 0x20 || $0 == 0x09 }
    guard let first = rest.first, first != UInt8(ascii: "#") else { return }
    let word = rest.prefix { $0 != 0x20 && $0 != 0x09 }
    let argument = Array(rest.dropFirst(word.count).drop { $0 == 0x20 || $0 == 0x09 })
    let command = String(decoding: word, as: UTF8.self)
    switch command {
    case "dir":
      directory = argument
      if argument.last == 0x20 || argument.last == 0x09 {
        defects.append(Defect(line: line, message: "blanks after the directory count as part of its name"))
      }
    case "tag": tag = argument
    case "brun", "bcull", "bstop", "frun", "fcull", "fstop": setLimit(command, argument, line)
    case "secctx", "debug", "culltable": break
    case "nocull":
      isCullingOff = true
      defects.append(
        Defect(line: line, message: "'nocull' stops cachefilesd 0.10.10, which hands it to the kernel: use its -N"))
    case "resume_thresholds":
      defects.append(
        Defect(line: line, message: "'resume_thresholds' stops cachefilesd 0.10.10, which hands it to the kernel"))
    default:
      defects.append(
        Defect(line: line, message: "\(EscapedBytes.quoted(Array(word))) is no command; the kernel refuses it"))
    }
  }

  private mutating func setLimit(_ command: String, _ argument: [UInt8], _ line: Int) {
    guard argument.last == UInt8(ascii: "%"), let value = Int(String(decoding: argument.dropLast(), as: UTF8.self)),
      (0..<100).contains(value)
    else {
      defects.append(Defect(line: line, message: "\(command) needs a percentage below 100, such as '10%'"))
      return
    }
    var changed = percentages
    switch command {
    case "brun": changed.brun = value
    case "bcull": changed.bcull = value
    case "bstop": changed.bstop = value
    case "frun": changed.frun = value
    case "fcull": changed.fcull = value
    default: changed.fstop = value
    }
    // The kernel compares each value with its neighbours as they are at that moment, so the order of lines matters.
    if !changed.isValid {
      defects.append(
        Defect(line: line, message: "\(command) \(value)% breaks stop < cull < run with the values set so far"))
      return
    }
    percentages = changed
  }

  /// Reads a configuration file; nil when there is none.
  ///
  /// - Throws: ``StoreError`` when it exists and cannot be read. What is wrong in it is in ``defects``.
  public static func read(_ path: FilePath) throws(StoreError) -> DaemonConfiguration? {
    do throws(Errno) {
      return DaemonConfiguration(parsing: try SmallFile.read(path))
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw StoreError(path: path.bytes, operation: "read", error: error)
    }
  }
}
