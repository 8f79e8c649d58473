// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesDaemon
import CachefilesFormat
import CachefilesHost
import LinuxIO
import SystemPackage

/// `cachefiles daemon run`, or without `run`: the daemon, with cachefilesd's own options.
struct DaemonRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the daemon; the default.",
    discussion: """
      Takes the options and the configuration of cachefilesd, so that what starts cachefilesd starts it unchanged. Reads \
      /etc/cachefilesd.conf, binds the directory that its 'dir' line names, and stays: objects are culled in the order of their \
      last use when the kernel asks for it, and the graveyard is emptied as things arrive. What is dirty, in use or pinned stays.

      Settings of its own are in /etc/cachefiles-daemon.conf, which need not exist; SIGHUP reads that file again. Under a service \
      manager that keeps descriptors the cache stays bound when the daemon is restarted or killed.

      EXIT STATUS
        0    ended by SIGTERM or SIGINT
        1    something of the system's failed, or the kernel gave the cache up
        2    a configuration cannot be used
        64   the command line is not understood
      """)

  @Flag(name: .customShort("d"), help: "Log everything; may be given several times.")
  var debug: Int

  @Flag(name: .customShort("s"), help: "Log to stderr in place of syslog.")
  var toStandardError = false

  @Flag(name: .customShort("n"), help: "Stay in the foreground.")
  var foreground = false

  @Flag(name: .customShort("N"), help: "Do not cull.")
  var noCull = false

  @Option(
    name: .customShort("f", allowingJoined: true),
    help: ArgumentHelp("The configuration of cachefilesd (default: /etc/cachefilesd.conf).", valueName: "file"))
  var configuration: ByteArgument?

  @Option(
    name: .customShort("p", allowingJoined: true),
    help: ArgumentHelp(
      "Where the process number is written in the background (default: /var/run/cachefilesd.pid).", valueName: "file"))
  var pidFile: ByteArgument?

  @Flag(name: .customShort("F"), help: "Accepted for older init scripts; has no effect.")
  var ignored = false

  @Flag(name: .customShort("v"), help: "Print the version and exit.")
  var printsVersion = false

  @Option(
    help: ArgumentHelp("Settings of its own (default: /etc/cachefiles-daemon.conf).", valueName: "file"))
  var settings: ByteArgument?

  @Option(
    name: .customLong("status-file"),
    help: ArgumentHelp("Where the status is written (default: /run/cachefiles-daemon/status).", valueName: "file"))
  var statusFile: ByteArgument?

  func run() throws {
    if printsVersion {
      let output = OutputStream()
      output.line("cachefiles-daemon \(Version.text)")
      output.flush()
      return
    }
    var options = DaemonService.Options()
    if let configuration { options.configuration = FilePath(bytes: configuration.bytes) }
    if let pidFile { options.pidFile = FilePath(bytes: pidFile.bytes) }
    if let statusFile { options.status = FilePath(bytes: statusFile.bytes) }
    options.isForeground = foreground
    options.isCullingOff = noCull
    options.isDebugging = debug > 0
    let isJournal = StandardStreams.isErrorJournal(Environment.value("JOURNAL_STREAM"))
    options.target =
      toStandardError || isJournal && foreground ? .standardError(withLevels: isJournal) : .system
    let file = DaemonSettingsFile(settings.map { FilePath(bytes: $0.bytes) })
    options.load = { () throws(SettingsFailure) -> DaemonSettings in try file.read() }
    options.render = { MetricsText($0).text }
    let status = DaemonService(options).run()
    if status != 0 { throw ExitCode(status) }
  }
}
