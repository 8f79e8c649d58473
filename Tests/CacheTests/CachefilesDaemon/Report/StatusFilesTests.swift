// SPDX-License-Identifier: Apache-2.0
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

/// The files that the status is written to.
@Suite("Files of the status")
struct StatusFilesTests {
  private let scratch = ScratchDirectory()
  private let lines = Collector<String>()
  private let board = StatusBoard(DaemonStatus())

  private var log: DaemonLog {
    let lines = lines
    return DaemonLog(.closure { lines.add("\($0): \($1)") })
  }

  @Test("Each file that cannot be written is told once, also when another one fails already")
  func failures() throws {
    try scratch.write("file")
    let files = StatusFiles(status: scratch.path("file/status"), render: { _ in [1] })
    files.write(board, log)
    files.metrics = scratch.path("file/metrics")
    for _ in 0..<3 { files.write(board, log) }
    #expect(lines.all.count == 2)
    #expect(lines.all.last?.contains("file/metrics") == true)
  }

  @Test("A file of metrics that was never written is not removed: it is somebody else's")
  func foreignMetrics() throws {
    try scratch.write("metrics", [1, 2])
    let files = StatusFiles(status: nil, render: { _ in [1] })
    // The place of the new file is taken by something that cannot be replaced.
    try scratch.makeDirectory(".metrics.cachefiles-new")
    files.metrics = scratch.path("metrics")
    files.write(board, log)
    try #require(lines.all.count == 1)
    files.remove()
    #expect(FileManager.default.fileExists(atPath: scratch.path("metrics").string))
  }

  @Test("What was written is removed at the end, and when metrics go elsewhere")
  func removal() throws {
    let files = StatusFiles(status: scratch.path("status"), render: { _ in [1] })
    files.metrics = scratch.path("a")
    files.write(board, log)
    files.metrics = scratch.path("b")
    files.write(board, log)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("a").string))
    files.remove()
    for name in ["b", "status"] { #expect(!FileManager.default.fileExists(atPath: scratch.path(name).string)) }
    #expect(lines.all == [])
  }
}
