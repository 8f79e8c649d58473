// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// What the processes of this machine have open.
public enum OpenFiles {
  /// A process that has a file open.
  public struct Holder: Sendable, Equatable {
    /// The process's number.
    public var process: Int
    /// The number of its descriptor of the file, the lowest when there are several.
    public var descriptor: Int
    /// Whether it also has files of the kernel's cache open that the kernel made for it (`anon_inode:[cachefiles]`), as a
    /// daemon has that fills objects on demand.
    public var servesOnDemand = false

    /// Makes a holder.
    public init(process: Int, descriptor: Int, servesOnDemand: Bool = false) {
      self.process = process
      self.descriptor = descriptor
      self.servesOnDemand = servesOnDemand
    }
  }

  /// The number of a process that has a file open, found through `/proc/<pid>/fd`; nil when none has.
  ///
  /// - Parameter path: the file as the kernel names it, for example `/dev/cachefiles`.
  /// - Throws: as ``holders(of:proc:)``.
  public static func holder(of path: StaticString, proc: FilePath = "/proc") throws(Errno) -> Int? {
    try holders(of: path.description, proc: proc).first?.process
  }

  /// All processes that have a file open, found through `/proc/<pid>/fd`.
  ///
  /// - Parameter path: the file as the kernel names it, for example `/dev/cachefiles`.
  /// - Throws: EACCES and the like when not every process could be asked, and none of the others has it; ESRCH when this is
  ///   not the first namespace of processes, where those of the machine cannot be seen.
  public static func holders(of path: String, proc: FilePath = "/proc") throws(Errno) -> [Holder] {
    let root = try OwnedDescriptor(directory: proc)
    var refused: Errno?
    var found: [Holder] = []
    let device = CharacterDevice.number(FilePath(path))
    for process in try numbers(in: root).sorted() {
      do throws(Errno) {
        guard let name = EntryName(Array(String(process).utf8)) else { continue }
        let files = try root.open(name, .directory).open(EntryName("fd"), .directory)
        if let holder = try holder(process, of: path, device, in: files) { found.append(holder) }
      } catch {
        // The process ended, which is no refusal.
        if error != .noSuchFileOrDirectory, error != .noSuchProcess { refused = error }
      }
    }
    if !found.isEmpty { return found }
    if let refused { throw refused }
    guard seesAll(root) else { throw .noSuchProcess }
    return []
  }

  private static func holder(
    _ process: Int, of path: String, _ device: UInt64?, in files: borrowing OwnedDescriptor
  ) throws(Errno) -> Holder? {
    var holder: Holder?
    var servesOnDemand = false
    for file in try numbers(in: files).sorted() {
      let target = target(of: file, in: files)
      if holder == nil, target == path || isDevice(device, target, path, file, in: files) {
        holder = Holder(process: process, descriptor: file)
      }
      if target == "anon_inode:[cachefiles]" { servesOnDemand = true }
    }
    holder?.servesOnDemand = servesOnDemand
    return holder
  }

  /// Whether a link that ends as a path does leads to its device. A process with mounts of its own, as a sandboxed service has, sees
  /// the device by another path, and by no whole one when it was opened among mounts that are gone.
  private static func isDevice(
    _ device: UInt64?, _ target: String?, _ path: String, _ file: Int, in files: borrowing OwnedDescriptor
  ) -> Bool {
    guard let device, let target, let last = path.split(separator: "/").last, target.hasSuffix("/\(last)"),
      let name = EntryName(Array(String(file).utf8))
    else { return false }
    return CharacterDevice.number(of: name, in: files) == device
  }

  /// Whether a `/proc` shows every process of the machine: it is that of the first namespace of processes, whose number is
  /// fixed (`PROC_PID_INIT_INO`, include/linux/proc_ns.h), and processes of others are not hidden (`hidepid`): the kernel's own
  /// are there, the first of which has the number 2.
  private static func seesAll(_ root: borrowing OwnedDescriptor) -> Bool {
    do throws(Errno) {
      // `self` is a link, which is not followed.
      guard let name = EntryName(Array("\(CurrentProcess.identifier)".utf8)) else { return false }
      let spaces = try root.open(name, .directory).open(EntryName("ns"), .directory)
      guard link(EntryName("pid"), in: spaces) == "pid:[4026531836]" else { return false }
      return try root.status(of: EntryName("2")).kind == .directory
    } catch {
      return false
    }
  }

  /// The entries of a directory whose names are numbers.
  private static func numbers(in directory: borrowing OwnedDescriptor) throws(Errno) -> [Int] {
    let buffer = DirectoryBuffer(capacity: 32 << 10)
    var found: [Int] = []
    while try buffer.fill(from: directory) {
      buffer.forEach { record in
        var number = 0
        for index in 0..<record.name.count {
          let digit = Int(record.name[index]) - 48
          guard (0...9).contains(digit), number < 1 << 40 else { return }
          number = number * 10 + digit
        }
        found.append(number)
      }
    }
    return found
  }

  /// Where one of the links of a process leads.
  private static func target(of file: Int, in directory: borrowing OwnedDescriptor) -> String? {
    EntryName(Array(String(file).utf8)).flatMap { link($0, in: directory) }
  }

  private static func link(_ name: EntryName, in directory: borrowing OwnedDescriptor) -> String? {
    var buffer = [CChar](repeating: 0, count: 256)
    let count = name.withPointer { readlinkat(directory.raw, $0, &buffer, buffer.count) }
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
