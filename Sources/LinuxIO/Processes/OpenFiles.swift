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

  /// What a look at all processes came to.
  public struct Search: Sendable {
    /// Those that have the file open, by their numbers.
    public var holders: [Holder] = []
    /// Why there may be others: a process could not be asked (EACCES and the like), or, as ESRCH, this is not the first namespace of
    /// processes, where those of the machine cannot be seen.
    public var refusal: Errno?
  }

  /// All processes that have a file open, found through `/proc/<pid>/fd`.
  ///
  /// - Parameter path: the file as the kernel names it, for example `/dev/cachefiles`.
  /// - Throws: ``Search/refusal`` when not every process could be asked, and none of the others has it.
  public static func holders(of path: String, proc: FilePath = "/proc") throws(Errno) -> [Holder] {
    let search = try search(for: path, proc: proc)
    if search.holders.isEmpty, let refusal = search.refusal { throw refusal }
    return search.holders
  }

  /// Looks at all processes through `/proc/<pid>/fd`. To list a directory there takes less than to read its links, which
  /// needs the right to trace the process (`PTRACE_MODE_READ_FSCREDS`, `proc_fd_access_allowed` in fs/proc/base.c): a link that cannot be
  /// read is a process that could not be asked.
  ///
  /// - Parameter path: the file as the kernel names it, for example `/dev/cachefiles`.
  /// - Throws: when the processes cannot be listed.
  public static func search(for path: String, proc: FilePath = "/proc") throws(Errno) -> Search {
    let root = try OwnedDescriptor(directory: proc)
    var search = Search()
    let device = CharacterDevice.number(FilePath(path))
    for process in try numbers(in: root).sorted() {
      do throws(Errno) {
        guard let name = EntryName(Array(String(process).utf8)) else { continue }
        let files = try root.open(name, .directory).open(EntryName("fd"), .directory)
        if let holder = try holder(process, of: path, device, in: files) { search.holders.append(holder) }
      } catch {
        // The process ended, which is no refusal.
        if error != .noSuchFileOrDirectory, error != .noSuchProcess { search.refusal = error }
      }
    }
    if search.refusal == nil, !seesAll(root) { search.refusal = .noSuchProcess }
    return search
  }

  private static func holder(
    _ process: Int, of path: String, _ device: UInt64?, in files: borrowing OwnedDescriptor
  ) throws(Errno) -> Holder? {
    var holder: Holder?
    var servesOnDemand = false
    for file in try numbers(in: files).sorted() {
      guard let name = EntryName(Array(String(file).utf8)), let target = try link(name, in: files) else { continue }
      if holder == nil, try leads(target, name, in: files, to: path, device) {
        holder = Holder(process: process, descriptor: file)
      }
      if target == "anon_inode:[cachefiles]" { servesOnDemand = true }
    }
    holder?.servesOnDemand = servesOnDemand
    return holder
  }

  /// Whether a link leads to a file, or, where it ends as the path does, to its device. A process with mounts of its own, as a sandboxed
  /// service has, sees the device by another path, and by no whole one when it was opened among mounts that are gone. Where this process
  /// itself does not see the device (`PrivateDevices=`), any device of that name is taken for it.
  private static func leads(
    _ target: String, _ file: EntryName, in files: borrowing OwnedDescriptor, to path: String, _ device: UInt64?
  ) throws(Errno) -> Bool {
    if target == path { return true }
    guard let last = path.split(separator: "/").last, target.hasSuffix("/\(last)"),
      let number = try CharacterDevice.number(of: file, in: files)
    else { return false }
    return device == nil || number == device
  }

  /// Whether a `/proc` shows every process of the machine: it is that of the first namespace of processes, whose number is
  /// fixed (`PROC_PID_INIT_INO`, include/linux/proc_ns.h), and processes of others are not hidden (`hidepid`): the kernel's own
  /// are there, the first of which has the number 2.
  private static func seesAll(_ root: borrowing OwnedDescriptor) -> Bool {
    do throws(Errno) {
      // `self` is a link, which is not followed.
      guard let name = EntryName(Array("\(CurrentProcess.identifier)".utf8)) else { return false }
      let spaces = try root.open(name, .directory).open(EntryName("ns"), .directory)
      guard try link(EntryName("pid"), in: spaces) == "pid:[4026531836]" else { return false }
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

  /// Where one of the links of a process leads; nil when it is gone.
  private static func link(_ name: EntryName, in directory: borrowing OwnedDescriptor) throws(Errno) -> String? {
    var buffer = [CChar](repeating: 0, count: 256)
    do throws(Errno) {
      let count = try name.withPointer { (pointer) throws(Errno) in
        try call(.readlinkat) { readlinkat(directory.raw, pointer, &buffer, buffer.count) }
      }
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    } catch {
      if error == .noSuchFileOrDirectory || error == .noSuchProcess { return nil }
      throw error
    }
  }
}
