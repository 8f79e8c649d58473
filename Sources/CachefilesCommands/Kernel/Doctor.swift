// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles doctor`: is it working?
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Is it working? Kernel, directory, file system, limits, configuration and mounts.",
    discussion: """
      Looks at everything that must be right for files to be cached, and says for each thing that is not what to do. \
      Nothing is changed and nothing written. The first line is a summary for monitoring; the names of all findings are \
      in Docs/Doctor.md.

      It is no fsck: of the directory only its directories are read, to find what makes cachefilesd end. With very many \
      directories on a slow disk --no-walk saves that.

      With --proc a saved copy is judged in place of the running kernel, and the directory is not asked whether a \
      kernel holds it. The copy may hold fs/fscache/stats, fs/nfsfs/volumes, self/mountinfo and so on, or the plain \
      names stats, caches, volumes, cookies and mountinfo; also fstab and config, the kernel's configuration.

      With --log FILE or --kernel-log messages about caching are judged too: those of the kernel and of cachefilesd, \
      each once, without what a later start of the cache has put right. 'cachefiles explain' has all that are known.

      EXIT STATUS
        0    all is well
        1    warnings
        2    something critical
        3    something could not be told
        64   the command line is not understood
        128+ ended by that signal
      """)

  @Argument(help: ArgumentHelp("The cache directory.", valueName: "dir"), completion: .directory)
  var directory: ByteArgument?

  @Option(help: ArgumentHelp("Read this configuration.", valueName: "file"), completion: .file())
  var config: ByteArgument?

  @Option(help: ArgumentHelp("Judge this copy of /proc.", valueName: "dir"), completion: .directory)
  var proc: ByteArgument?

  @Option(help: ArgumentHelp("Look for the device here, in place of /dev.", valueName: "dir"), completion: .directory)
  var dev: ByteArgument?

  @Option(
    help: ArgumentHelp("Also read this log, of the kernel or the system; - for standard input.", valueName: "file"),
    completion: .file())
  var log: ByteArgument?

  @Flag(help: "Also read the kernel's log.")
  var kernelLog = false

  @Option(help: ArgumentHelp("Leave out these findings: mount-without-fsc,fs-doubtful.", valueName: "names"))
  var ignore: [SymptomList] = []

  @Flag(help: "Do not walk the directory.")
  var noWalk = false

  @Flag(help: "Add figures to the first line, as monitoring plugins do.")
  var perfdata = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    // Its status is a verdict: of what could not be printed it must be none that says "well" or "warning".
    output.stream.endsOnFailure(false)
    var sources = Examination.Sources()
    if let proc {
      sources.proc = try ProcCopy.toJudge(proc)
      // The device of this machine says nothing about another one.
      if !sources.isRunningKernel {
        sources.devices = nil
        sources.security = nil
        sources.fstab = sources.proc.appending("fstab")
      }
    }
    if let dev { sources.devices = FilePath(bytes: dev.bytes) }
    if let config { sources.configuration = FilePath(bytes: config.bytes) }
    sources.walks = !noWalk
    sources.log = log.map { FilePath(bytes: $0.bytes) }
    sources.readsKernelLog = kernelLog
    let examination = Examination(directory.map { FilePath(bytes: $0.bytes) }, sources)
    let diagnosis = Diagnosis(examination, ignoring: Set(ignore.flatMap(\.symptoms)))
    output.render(
      DoctorView(
        diagnosis: diagnosis, isBrief: output.isQuiet, figures: perfdata ? PerformanceData(examination).text : ""),
      command: "doctor")
    output.stream.flush()
    if examination.walk?.isCancelled == true, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if output.stream.hasFailed, diagnosis.status != .critical { throw ExitCode(HealthStatus.unknown.exit) }
    if diagnosis.status != .ok { throw ExitCode(diagnosis.status.exit) }
  }
}
