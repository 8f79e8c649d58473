// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// Where facts come from, and how long to wait for them.
struct PatienceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Read the kernel's tables and the mounts from this copy of /proc.", valueName: "dir"),
    completion: .directory)
  var proc: ByteArgument?

  @Option(help: ArgumentHelp("Skip a path if its server does not respond for this long.", valueName: "time"))
  var timeout = SpanArgument(seconds: 10)

  @Option(help: ArgumentHelp("Walk trees with this many threads.", valueName: "n"))
  var threads: Int?

  // For tests: what real kernels told of files, see RecordedFacts.
  @Option(help: .hidden)
  var facts: ByteArgument?

  func validate() throws {
    if !(1...86400).contains(timeout.seconds) { throw ValidationError("--timeout takes 1 to 86400 seconds") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024") }
  }

  /// The time to wait.
  var wait: Duration { timeout.duration }

  /// The number of threads.
  var threadCount: Int { threads ?? ScanOptions.defaultThreads }

  /// What the kernel tells.
  var view: KernelView { KernelView(directory: directory) }

  /// The release of the kernel.
  var kernel: KernelRelease { KernelView.release(of: directory) ?? .running }

  private var directory: FilePath { proc.map { FilePath(bytes: $0.bytes) } ?? KernelView.defaultDirectory }

  /// Where the facts of files come from.
  func source() throws(Failure) -> any FileFactSource {
    guard let facts else { return SystemFacts() }
    do throws(StoreError) {
      return try RecordedFacts(FilePath(bytes: facts.bytes))
    } catch {
      throw Failure(error.description)
    }
  }
}
