import Glibc
public import SystemPackage

/// What the processes of this machine have open.
public enum OpenFiles {
  /// The number of a process that has a file open, found through `/proc/<pid>/fd`; nil when none has.
  ///
  /// - Parameter path: the file as the kernel names it, for example `/dev/cachefiles`.
  /// - Throws: EACCES and the like when not every process could be asked, and none of the others has it; ESRCH when this is
  ///   not the first namespace of processes, where those of the machine cannot be seen.
  public static func holder(of path: StaticString, proc: FilePath = "/proc") throws(Errno) -> Int? {
    let root = try OwnedDescriptor(directory: proc)
    var refused: Errno?
    for process in try numbers(in: root) {
      do throws(Errno) {
        guard let name = EntryName(Array(String(process).utf8)) else { continue }
        let files = try root.open(name, .directory).open(EntryName("fd"), .directory)
        for file in try numbers(in: files) where target(of: file, in: files) == path.description { return process }
      } catch {
        // The process ended, which is no refusal.
        if error != .noSuchFileOrDirectory, error != .noSuchProcess { refused = error }
      }
    }
    if let refused { throw refused }
    guard seesAll(root) else { throw .noSuchProcess }
    return nil
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
