import ArgumentParser
import CachefilesCheck
import CachefilesStore
import Glibc
import LinuxIO

/// Runs a program with the arguments of its `main` function, and exits. What cannot have any does nothing.
@c(cachefiles_run)
public func runProgram(
  _ number: CInt, _ count: CInt, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Never {
  StandardStreams.fillIn()
  signal(SIGPIPE, SIG_IGN)
  Interruption.catchSignals()
  guard let program = Program(rawValue: number), let given = RawArguments.read(count, values) else {
    StandardError.line("cachefiles: it was started without arguments, not even its name: nothing was done")
    exit(ExitStatus.usage.rawValue)
  }
  if let limit = AddressSpace.limit, limit < AddressSpace.minimum {
    StandardError.line(
      "cachefiles: \(Quantity.size(AddressSpace.minimum)) of address space are needed, and the limit is \(Quantity.size(limit)): "
        + "raise it with 'ulimit -v'")
    exit(program == .fsck ? CheckReport.ExitBits.operational : ExitStatus.failure.rawValue)
  }
  let root = program.command
  let arguments = program == .toolkit ? Stats.complete(given) : given
  let isFsck = program == .fsck || arguments.first == "fsck"
  do {
    var command = try root.parseAsRoot(arguments)
    try command.run()
    exit(0)
  } catch let failure as Failure {
    StandardError.line("cachefiles: \(failure)")
    exit(ExitStatus.failure.rawValue)
  } catch let failure as FsckFailure {
    StandardError.line("cachefiles-fsck: \(failure)")
    exit(CheckReport.ExitBits.operational)
  } catch {
    let code = root.exitCode(for: error)
    let text = root.fullMessage(for: error)
    if !text.isEmpty {
      let printable = RawArguments.printable(text)
      if code == .success {
        let output = OutputStream()
        output.line(printable)
        output.flush()
      } else {
        StandardError.line(printable)
      }
    }
    exit(isFsck && code == ExitStatus.usage ? CheckReport.ExitBits.usage : code.rawValue)
  }
}
