// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/self/mountinfo`: a mount of this process's namespace.
///
/// `number parent major:minor root mountpoint options [tag…] - type source superoptions`, made by `show_mountinfo`
/// (fs/proc_namespace.c); described in proc_pid_mountinfo(5).
public struct MountEntry: KernelTableLine {
  /// The mount's number.
  public var number: Int
  /// The number of the mount that it is on.
  public var parent: Int
  /// The superblock.
  public var device: MountDevice
  /// The directory of the file system that is mounted.
  public var root: [UInt8]
  /// Where it is mounted, as this process sees it.
  public var mountPoint: [UInt8]
  /// The options of this mount.
  public var options: [[UInt8]]
  /// The tags about propagation, such as `shared:1`; there may be none, and new ones.
  public var tags: [[UInt8]]
  /// The type of the file system, `nfs4`; with a subtype after a point.
  public var type: [UInt8]
  /// What is mounted, `server:/export` or a device; may be empty.
  public var source: [UInt8]
  /// The options of the file system, which all its mounts share: `fsc` is one of them.
  public var superOptions: [[UInt8]]

  /// Why a line is no mount.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A column that is not what the kernel prints there.
    case badColumn(name: String, text: [UInt8])
    /// No single `-` after the tags.
    case noSeparator

    /// The failure as one line.
    public var description: String {
      switch self {
      case .badColumn(let name, let text):
        text.isEmpty ? "the column \(name) is missing" : "the column \(name) is \(EscapedBytes.quoted(text))"
      case .noSeparator: "no '-' after the optional columns"
      }
    }
  }

  /// Never: this table has no heading.
  public static func isHeading(_ failure: Failure) -> Bool { false }

  /// Reads a line, with or without its line feed.
  ///
  /// - Throws: ``Failure`` when a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    let end = line.count > 0 && line[line.count - 1] == 10 ? line.count - 1 : line.count
    // Single blanks separate the columns: one may be empty.
    let columns = KernelText.split(line.extracting(0..<end), at: 32)
    func column(_ index: Int, _ name: String) throws(Failure) -> [UInt8] {
      guard index < columns.count, !columns[index].isEmpty else { throw .badColumn(name: name, text: []) }
      return columns[index]
    }
    func number(_ index: Int, _ name: String) throws(Failure) -> Int {
      let text = try column(index, name)
      guard let value = LineNumber.decimal(text) else { throw .badColumn(name: name, text: text) }
      return value
    }
    self.number = try number(0, "number")
    parent = try number(1, "parent")
    let text = try column(2, "major:minor")
    guard let device = MountDevice(text) else { throw .badColumn(name: "major:minor", text: text) }
    self.device = device
    root = Self.unescape(try column(3, "root"))
    mountPoint = Self.unescape(try column(4, "mount point"))
    options = Self.list(try column(5, "options"))
    guard let dash = columns[6...].firstIndex(of: [UInt8(ascii: "-")]) else { throw .noSeparator }
    tags = columns[6..<dash].filter { !$0.isEmpty }
    type = Self.unescape(try column(dash + 1, "type"))
    guard dash + 2 < columns.count else { throw .badColumn(name: "source", text: []) }
    source = Self.unescape(columns[dash + 2])
    superOptions = Self.list(try column(dash + 3, "superblock options"))
  }

  private static func list(_ text: [UInt8]) -> [[UInt8]] {
    text.split(separator: UInt8(ascii: ",")).map { unescape(Array($0)) }
  }

  /// The bytes of a text in which `mangle_path` (fs/seq_file.c) wrote blanks and backslashes as three octal digits.
  static func unescape(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "\\"), index + 3 < text.count,
        let high = octal(text[index + 1]), high < 4, let middle = octal(text[index + 2]),
        let low = octal(text[index + 3])
      {
        bytes.append(high << 6 | middle << 3 | low)
        index += 4
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return bytes
  }

  private static func octal(_ byte: UInt8) -> UInt8? { (48...55).contains(byte) ? byte - 48 : nil }

  /// Whether an option is set, for the mount or the file system: `noatime`, or `fsc` for `fsc` and `fsc=name`.
  public func has(_ option: StaticString) -> Bool {
    let name = Array(option.description.utf8)
    return (options + superOptions).contains {
      $0.starts(with: name) && ($0.count == name.count || $0[name.count] == UInt8(ascii: "="))
    }
  }
}
