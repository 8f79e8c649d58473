// SPDX-License-Identifier: Apache-2.0
import CachefilesCommands
import Glibc
import LinuxIO
import SystemPackage

/// One run of a program, in the process that was forked for it.
///
/// What fails is `-` for nothing, `record`, with which descriptor 3 gets the name of each system call, `fail ORDINAL ERRNO` or
/// `kill ORDINAL`, before that change of the disk. Release builds know the first only.
struct CommandRun {
  let fault: String
  let seconds: Int
  /// Standard input, output, error, and the directory to be in. Input may be empty, for none.
  let files: ArraySlice<[UInt8]>
  let arguments: ArraySlice<[UInt8]>

  func start() -> Never {
    let paths = files.map { $0.map(CChar.init(bitPattern:)) + [0] }
    guard chdir(paths[3]) == 0 else { _exit(250) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    let opened =
      [open(paths[0].count > 1 ? paths[0] : [0x2f, 0x64, 0x65, 0x76, 0x2f, 0x6e, 0x75, 0x6c, 0x6c, 0], O_RDONLY)]
      + paths[1...2].map { open($0, flags, 0o600) }
    guard opened.allSatisfy({ $0 >= 0 }) else { _exit(251) }
    let record = fault == "record" ? open(paths[1].dropLast() + [0x2e, 0x63, 0], flags, 0o600) : -1
    for (wanted, descriptor) in opened.enumerated() { dup2(descriptor, CInt(wanted)) }
    if record >= 0 { dup2(record, 100) }
    _ = fcntl(100, F_SETFD, FD_CLOEXEC)
    closefrom(101)
    for descriptor in CInt(3)...99 { close(descriptor) }
    alarm(UInt32(seconds))
    let values = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
    for (index, argument) in arguments.enumerated() {
      values[index] = strdup(argument.map(CChar.init(bitPattern:)) + [0])
    }
    values[arguments.count] = nil
    let (program, number) = (Arguments(values: values), CInt(arguments.count))
    #if FAULTS
      let plan = plan
      Workers.run(elsewhere: {
        if let plan { plan.run { runProgram(0, number, program.values) } }
        runProgram(0, number, program.values)
      })
    #else
      guard fault == "-" else { _exit(252) }
      Workers.run(elsewhere: { () -> Void in runProgram(0, number, program.values) })
    #endif
    _exit(253)
  }

  /// What `main` is given.
  private struct Arguments: @unchecked Sendable {
    let values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  }

  #if FAULTS
    private var plan: FaultPlan? {
      let words = fault.split(separator: " ")
      let numbers = words.dropFirst().compactMap { Int($0) }
      switch (words.first, numbers.count) {
      case ("-", 0): return nil
      case ("record", 0): return FaultPlan(recordingTo: 100)
      case ("kill", 1): return FaultPlan(killingBeforeChange: numbers[0])
      case ("fail", 2): return FaultPlan(ordinal: numbers[0], with: Errno(rawValue: CInt(numbers[1])))
      default: _exit(252)
      }
    }
  #endif
}
