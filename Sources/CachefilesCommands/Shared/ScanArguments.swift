// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// The options of a scan.
struct ScanArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Scan with this many threads.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024") }
  }

  /// Options of a scan whose failures go to stderr, a line each.
  func options(attributes: Bool) -> ScanOptions {
    ScanOptions(threads: threads ?? ScanOptions.defaultThreads, attributes: attributes) { error in
      StandardError.line("cachefiles: \(error)")
    }
  }
}
