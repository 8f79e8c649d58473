// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesDaemon
import CachefilesFormat
import LinuxIO
import SystemPackage

/// `cachefiles daemon status`: what the daemon does now, what it last culled, and why it is not culling.
struct DaemonStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what the daemon does and has done.",
    discussion: """
      Reads the file that the daemon writes when something has changed, at most once a second.

      EXIT STATUS
        0    the daemon runs, and nothing is in its way
        1    it runs, and does not come forward: what should go cannot, a limit
             of its settings could not be kept, its settings could not be read
             again, or it has written nothing for more than 5 minutes
        2    it does not run
        3    that cannot be told: the file cannot be read or is none of the daemon's,
             or what it says cannot be printed
        64   the command line is not understood
      """)

  @Option(
    name: .customLong("status-file"),
    help: ArgumentHelp("The file that the daemon writes (default: /run/cachefiles-daemon/status).", valueName: "file"))
  var statusFile: ByteArgument?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    // Its status is an answer, which must not be another one for want of room.
    output.stream.endsOnFailure(false)
    let path = statusFile.map { FilePath(bytes: $0.bytes) } ?? StatusFiles.defaultPath
    let name = EscapedBytes.string(path.bytes)
    let text: [UInt8]
    do throws(Errno) { text = try UserFile.read(path, limit: 1 << 20) } catch {
      guard error == .noSuchFileOrDirectory else { throw Self.untold("\(name): cannot read: \(error)") }
      StandardError.line("cachefiles: the daemon does not run: there is no \(name)")
      if output.format != .text {
        output.render(DaemonStatusView(fields: [:], isRunning: false), command: "daemon-status")
        output.stream.flush()
      }
      throw ExitStatus.live
    }
    guard DaemonStatus.fields(of: text)["pid"] != nil else {
      throw Self.untold("\(name): it is no status of cachefiles-daemon")
    }
    let view = DaemonStatusView(fields: DaemonStatus.fields(of: text), isRunning: Self.isRunning(text))
    output.render(view, command: "daemon-status")
    output.stream.flush()
    guard view.isRunning else { throw ExitStatus.live }
    if output.stream.hasFailed { throw Self.unknown }
    if view.isObstructed { throw ExitStatus.failure }
  }

  private static let unknown = ExitCode(3)

  private static func untold(_ words: String) -> Failure { Failure(words, program: "cachefiles", status: unknown) }

  /// Whether the process that wrote the file is still there and the daemon.
  private static func isRunning(_ text: [UInt8]) -> Bool {
    guard let process = DaemonStatus.fields(of: text)["pid"].flatMap({ Int($0) }), process > 0,
      let name = try? SmallFile.read(FilePath("/proc/\(process)/comm"), limit: 64)
    else { return false }
    return name.starts(with: "cachefiles-daem".utf8)
  }
}
