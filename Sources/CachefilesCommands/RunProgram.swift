// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import LinuxIO
import SystemPackage

/// Runs a program with the arguments of its `main` function, and exits. What cannot have any does nothing.
@c(cachefiles_run)
public func runProgram(
  _ number: CInt, _ count: CInt, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Never {
  StandardStreams.fillIn()
  // A cull of 1,000,000 objects takes 66 MiB with one for each thread, 53 MiB with two, and no longer.
  ProcessMemory.limitHeaps(to: 2)
  StandardStreams.ignoreFailedWrites()
  ChildProcess.keepStatuses()
  Interruption.catchSignals()
  guard let built = Program(rawValue: number), let all = RawArguments.read(count, values), let name = all.first else {
    StandardError.line("cachefiles: it was started without arguments, not even its name: nothing was done")
    exit(ExitStatus.usage.rawValue)
  }
  let (program, given) = (built.started(as: name), Array(all.dropFirst()))
  if let limit = AddressSpace.limit, limit < AddressSpace.minimum {
    StandardError.line(
      "cachefiles: needs \(Quantity.size(AddressSpace.minimum)) of address space, but the limit is \(Quantity.size(limit)): "
        + "raise it with 'ulimit \(AddressSpace.spaceLimit == limit ? "-v" : "-d")'")
    exit(program.failureStatus(given).rawValue)
  }
  if let text = (program == .toolkit ? HelpTopic.text(given) : nil) ?? CompletionTree.script(of: program, given) {
    let output = OutputStream()
    output.line(text)
    output.flush()
    exit(ExitStatus.success.rawValue)
  }
  var arguments = given
  do {
    if program == .toolkit { arguments = Stats.complete(try HelpTopic.asOption(given, of: program.command)) }
    if let refusal = program.refusal(of: arguments) {
      StandardError.line(refusal)
      exit(program.status(for: ValidationError(refusal), arguments).rawValue)
    }
    var command = try ManyArguments.parse(arguments, of: program.command)
    try command.run()
    exit(ExitStatus.success.rawValue)
  } catch let failure as Failure {
    // A read that a signal ended has nothing else to say.
    if let signal = Interruption.signal, failure.description.contains("\(Errno.interrupted)") {
      exit(program.interruptedStatus(given, signal).rawValue)
    }
    StandardError.line("\(failure.program): \(failure)")
    exit(failure.status.rawValue)
  } catch {
    program.printMessage(for: error, arguments)
    exit(program.status(for: error, arguments).rawValue)
  }
}
