// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// The configuration of cachefilesd, read as that daemon (0.10.10) and the kernel behind it read it.
///
/// Each line is a command and its argument. Blanks before the command are skipped; the rest of the line counts as it
/// is, trailing blanks included. `#` starts a comment only at the start of a line. There is no quoting.
package struct DaemonConfiguration: Sendable, Equatable {
  /// The file that is read when no other is named.
  package static let defaultPath: FilePath = "/etc/cachefilesd.conf"
  /// The directory that is used when nothing names one.
  package static let defaultDirectory: FilePath = "/var/cache/fscache"

  /// Whether a directory, told by device and inode, is the one that a machine with this configuration caches in: that of
  /// its `dir` line, without one, or without a configuration, the usual one.
  package static func isCacheDirectory(_ status: FileStatus, of configuration: DaemonConfiguration?) -> Bool {
    let path = configuration?.directory.map { FilePath(bytes: $0) } ?? defaultDirectory
    guard let named = try? FileStatus.of(path) else { return false }
    return named.device == status.device && named.inode == status.inode
  }

  /// `dir`: the root of the cache, as bytes.
  package var directory: [UInt8]?
  /// `tag`: the cache's name in `/proc/fs/fscache/caches`.
  package var tag: [UInt8]?
  /// The limits, the kernel's defaults where the file names none.
  package var percentages = CullPercentages()
  /// `secctx`: the label that the kernel is to work with.
  package var securityContext: [UInt8]?
  /// The number of that line, from 1.
  package private(set) var securityLine = 0
  /// `nocull`: no daemon culls.
  package var isCullingOff = false
  /// The limits that the lines name, each the last of its kind, in whatever order they stand.
  package private(set) var wanted = CullPercentages()
  /// `culltable`: the daemon remembers 2 to this power of objects between two scans.
  package private(set) var cullTable: Int?
  /// `resume_thresholds`: how much has to be released before the daemon looks again for what may go.
  package private(set) var resumeThresholds: ResumeThresholds?
  /// `debug`: what the kernel is to write into its log, as it stands in the file.
  package private(set) var debugMask: [UInt8]?
  /// What the daemon or the kernel refuses; with any of these the daemon does not start.
  package var defects: [Defect] = []
  /// The numbers of the lines that set a limit, from 1, also of those that are refused.
  package private(set) var limitLines: Set<Int> = []

  /// What is refused of the lines that set the limits, or may have been meant to: with any of it ``percentages`` is not what
  /// the file asks for. A word that is no command may be a limit that is misspelt.
  package var limitDefects: [Defect] {
    defects.filter { defect in
      switch defect.trap {
      case .unknownCommand, .longLine, .nul: true
      case .noDirectory: false
      default: limitLines.contains(defect.line)
      }
    }
  }

  /// The kinds of lines that make the daemon give up.
  package enum Trap: String, Sendable, CaseIterable {
    /// The last line has no newline.
    case unterminated
    /// A line as long as a page, or longer.
    case longLine = "long-line"
    /// A NUL byte.
    case nul
    /// Blanks before a command of the kernel's.
    case leadingBlanks = "leading-blanks"
    /// No `dir` line.
    case noDirectory = "no-dir"
    /// A `dir` line that the daemon or the kernel refuses.
    case badDirectory = "bad-dir"
    /// Blanks after the directory, which count as part of its name.
    case trailingBlanks = "trailing-blanks"
    /// Quotes around the directory, which count as part of its name.
    case quotes
    /// A comment behind the directory, which counts as part of its name.
    case comment
    /// A `tag` line that the kernel refuses.
    case badTag = "bad-tag"
    /// Quotes or a comment in the tag: accepted, and part of the name.
    case tagMarks = "tag-marks"
    /// A limit that is no percentage below 100.
    case badLimit = "bad-limit"
    /// A limit that breaks stop < cull < run with the lines before it.
    case limitOrder = "limit-order"
    /// A `secctx` line that the kernel refuses whatever the machine: empty, a second one, or no label.
    case badSecctx = "bad-secctx"
    /// A `culltable` line that the daemon refuses.
    case badCullTable = "bad-culltable"
    /// `nocull`, which cachefilesd 0.10.10 hands to the kernel.
    case nocull
    /// `resume_thresholds`, which cachefilesd 0.10.10 hands to the kernel.
    case resumeThresholds = "resume-thresholds"
    /// A command that is not for a configuration: `bind`, `cull`, `inuse`.
    case notPermitted = "not-permitted"
    /// A word that is no command.
    case unknownCommand = "unknown-command"
  }

  /// A line that makes the daemon give up.
  package struct Defect: Sendable, Equatable, CustomStringConvertible {
    /// The line's number, from 1.
    package var line: Int
    /// Its kind.
    package var trap: Trap
    /// What is wrong with it.
    package var message: String

    /// One line.
    package var description: String { "line \(line): \(message)" }
  }

  /// Reads the file's bytes.
  package init(parsing bytes: [UInt8]) {
    var line = 0
    var start = 0
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      if end == nil {
        refuse(line, .unterminated, "the last line has no newline: \"Unterminated line\"")
      }
      read(bytes[start..<(end ?? bytes.count)], line)
      start = (end ?? bytes.count) + 1
    }
    if directory == nil { refuse(line, .noDirectory, "no 'dir' line") }
  }

  /// From this length on, the newline included, the daemon refuses a line: its page size, 4 KiB on most machines.
  static let lineLimit = 4096
  /// The longest path of a cache that the daemon takes: `PATH_MAX` − 10.
  static let directoryLimit = 4086

  private static let limitNames = ["brun", "bcull", "bstop", "frun", "fcull", "fstop"].map { Array($0.utf8) }

  private mutating func read(_ text: ArraySlice<UInt8>, _ line: Int) {
    let rest = text.drop(while: Self.isBlank)
    let word = rest.prefix { !Self.isBlank($0) }
    if Self.limitNames.contains(where: word.elementsEqual) { limitLines.insert(line) }
    if text.count + 1 >= Self.lineLimit {
      return refuse(
        line, .longLine, "the line has \(text.count + 1) bytes; the daemon takes less than \(Self.lineLimit)")
    }
    if text.contains(0) { return refuse(line, .nul, "a NUL byte") }
    guard let first = rest.first, first != UInt8(ascii: "#") else { return }
    let argument = Array(rest.dropFirst(word.count).drop(while: Self.isBlank))
    let command = String(decoding: word, as: UTF8.self)
    // The daemon skips blanks before its own commands, but hands the line on as it is.
    if rest.startIndex != text.startIndex, command != "culltable" {
      refuse(line, .leadingBlanks, "blanks before '\(EscapedBytes.string(Array(word)))' make the kernel refuse it")
    }
    switch command {
    case "dir": setDirectory(argument, line)
    case "tag": setTag(argument, line)
    case "brun", "bcull", "bstop", "frun", "fcull", "fstop": setLimit(command, argument, line)
    case "secctx": setSecurity(argument, line)
    case "debug": debugMask = argument
    case "culltable":
      let size = Int(String(decoding: argument, as: UTF8.self))
      if (12...20).contains(size ?? 0) {
        cullTable = size
      } else {
        refuse(line, .badCullTable, "culltable takes a number from 12 to 20")
      }
    case "nocull":
      isCullingOff = true
      refuse(line, .nocull, "'nocull' stops cachefilesd 0.10.10, which hands it to the kernel: use its -N")
    case "resume_thresholds":
      resumeThresholds = ResumeThresholds(argument)
      refuse(line, .resumeThresholds, "'resume_thresholds' stops cachefilesd 0.10.10, which hands it to the kernel")
    case "bind": refuse(line, .notPermitted, "'bind' is not permitted: the daemon gives that command itself")
    case "cull", "inuse":
      refuse(line, .notPermitted, "'\(command)' is for a cache that is in use, not for its configuration")
    default: refuse(line, .unknownCommand, "\(EscapedBytes.quoted(Array(word))) is no command; the kernel refuses it")
    }
  }

  private mutating func refuse(_ line: Int, _ trap: Trap, _ message: String) {
    defects.append(Defect(line: line, trap: trap, message: message))
  }

  /// What `isspace` says in the C locale.
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private mutating func setDirectory(_ argument: [UInt8], _ line: Int) {
    if argument.isEmpty { return refuse(line, .badDirectory, "'dir' names no directory") }
    if directory != nil { return refuse(line, .badDirectory, "a second 'dir' line; the kernel refuses it") }
    directory = argument
    if argument.count > Self.directoryLimit {
      refuse(
        line, .badDirectory, "the directory's path has \(argument.count) bytes; at most \(Self.directoryLimit) can be")
    }
    let marks = Self.marks(argument)
    if marks == .quotes {
      refuse(
        line, .quotes, "the quotes count as part of the directory's name, which is \(EscapedBytes.string(argument))")
    } else if marks == .comment {
      refuse(
        line, .comment, "what is behind the directory counts as part of its name; a comment needs a line of its own")
    }
    if argument.last.map(Self.isBlank) == true {
      refuse(line, .trailingBlanks, "blanks after the directory count as part of its name")
    }
  }

  private mutating func setTag(_ argument: [UInt8], _ line: Int) {
    if argument.isEmpty { return refuse(line, .badTag, "'tag' gives no name") }
    if tag != nil { return refuse(line, .badTag, "a second 'tag' line; the kernel refuses it") }
    tag = argument
    if let marks = Self.marks(argument) {
      let what = marks == .quotes ? "the quotes" : "the comment"
      refuse(line, .tagMarks, "\(what) count as part of the name, which is \(EscapedBytes.string(argument))")
    }
    if argument.contains(UInt8(ascii: "/")) { refuse(line, .badTag, "a tag cannot hold a slash") }
  }

  /// What somebody took for syntax: quotes at both ends, or a comment after a blank.
  private static func marks(_ argument: [UInt8]) -> Trap? {
    var text = argument[...]
    while let last = text.last, isBlank(last) { text.removeLast() }
    if let first = text.first, first == text.last, text.count > 1, first == 0x22 || first == 0x27 { return .quotes }
    for (index, byte) in text.enumerated() where byte == UInt8(ascii: "#") && index > 0 {
      if isBlank(text[text.startIndex + index - 1]) { return .comment }
    }
    // `"/var/cache/fscache" # comment`
    return text.first == 0x22 || text.first == 0x27 ? .quotes : nil
  }

  /// The kernel asks the security module what the label is when it binds the cache (`cachefiles_get_security_ID`,
  /// fs/cachefiles/security.c); what no SELinux knows is refused here already: user:role:type, and perhaps a level.
  private mutating func setSecurity(_ argument: [UInt8], _ line: Int) {
    if argument.isEmpty { return refuse(line, .badSecctx, "'secctx' gives no label") }
    if securityContext != nil { return refuse(line, .badSecctx, "a second 'secctx' line; the kernel refuses it") }
    securityContext = argument
    securityLine = line
    let parts = argument.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    if parts.count < 3 || parts.contains(where: { $0.isEmpty })
      || argument.contains(where: { Self.isBlank($0) || $0 == 0x22 || $0 == 0x27 || $0 == 0x23 })
    {
      refuse(line, .badSecctx, "\(EscapedBytes.quoted(argument)) is no label of SELinux (user:role:type:level)")
    }
  }

  private mutating func setLimit(_ command: String, _ argument: [UInt8], _ line: Int) {
    // As the kernel's simple_strtoul reads it: digits only, none of them for 0, then the sign and nothing else.
    let digits = argument.prefix { (0x30...0x39).contains($0) }
    guard !argument.isEmpty, Array(argument[digits.count...]) == [UInt8(ascii: "%")],
      let value = digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self)), value < 100
    else {
      return refuse(line, .badLimit, "\(command) needs a percentage below 100, such as '10%'")
    }
    var changed = percentages
    changed.set(command, to: value)
    wanted.set(command, to: value)
    // The kernel compares each value with its neighbours as they are at that moment, so the order of lines matters.
    if !changed.isValid {
      return refuse(line, .limitOrder, "\(command) \(value)% breaks stop < cull < run with the values set so far")
    }
    percentages = changed
  }

  /// Reads a configuration file; nil when there is none.
  ///
  /// - Throws: ``StoreError`` when it exists and cannot be read. What is wrong in it is in ``defects``.
  package static func read(_ path: FilePath) throws(StoreError) -> DaemonConfiguration? {
    do throws(Errno) {
      return DaemonConfiguration(parsing: try UserFile.read(path, limit: 1 << 20))
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw StoreError(path: path.bytes, operation: "read", error: error)
    }
  }
}
