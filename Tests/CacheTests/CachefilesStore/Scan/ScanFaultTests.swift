// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Every system call of a scan made to fail in turn: one error that names the file, and everything else still counts.
@Suite("Scans with failing system calls")
struct ScanFaultTests {
  let scratch: ScratchDirectory

  init() throws {
    scratch = ScratchDirectory()
    try scratch.makeCache(objects: 6)
    try scratch.write("cache-root/graveyard/6b00e87700000001/deep/file", [1])
    try scratch.write("cache-root/cache/@4a/I03nfs/@30/Jx", [1])
    try scratch.write("cache-root/stray", [1])
  }

  private var root: FilePath { scratch.path("cache-root") }

  /// The calls that a scan makes, the volume's and the objects' attributes and runs of data included.
  static let calls: [Syscall] = [.open, .openat, .statx, .getdents64, .getxattr, .getxattrat, .lseek]

  @Test("A scan makes each of the calls that are made to fail, and no other")
  func allCallsAreCovered() {
    for call in Syscall.allCases where call != .getxattrat {
      let count = FaultPlan.count(call) { _ = ScanEnd.of(root, threads: 1) }
      #expect((count > 0) == Self.calls.contains(call), "\(call): \(count)")
    }
  }

  @Test("Each failing call is one error with its path; all else is seen", arguments: calls, [1, 4])
  func eachCallFails(call: Syscall, threads: Int) throws {
    guard case .done(let whole, _, let none, _) = ScanEnd.of(root, threads: threads) else {
      Issue.record("the scan fails by itself")
      return
    }
    #expect(none.isEmpty)
    let count = FaultPlan.count(call) { _ = ScanEnd.of(root, threads: threads) }
    for ordinal in 1...max(1, count) {
      let plan = FaultPlan(failing: call, ordinal: ordinal, with: .ioError)
      let end = plan.run { ScanEnd.of(root, threads: threads) }
      #expect(plan.failed == min(1, count))
      if plan.failed == 1 { judge(end, against: whole, "\(call) number \(ordinal)") }
      #expect(scratch.openDescriptors.isEmpty)
    }
  }

  private func judge(_ end: ScanEnd, against whole: Witness, _ comment: Comment) {
    switch end {
    case .refused(.unreadable(let error)), .failed(let error):
      #expect(error.error == .ioError, comment)
      #expect(error.path.isAtOrBelow(root.bytes), comment)
    case .refused(let failure): Issue.record("\(comment): \(failure)")
    case .done(let witness, let summary, let errors, let graveyard):
      let isNamed = graveyard == .unknown(.ioError)
      #expect(errors.count + (isNamed ? 1 : 0) == 1, comment)
      #expect(summary.failures + witness.statistics.errors.count == errors.count, comment)
      for error in errors {
        #expect(error.error == .ioError, comment)
        #expect(error.path.isAtOrBelow(root.bytes), comment)
      }
      let lost = whole.paths.subtracting(witness.paths)
      #expect(lost.allSatisfy { path in errors.contains { path.isAtOrBelow($0.path) } }, comment)
      #expect(witness.paths.isSubset(of: whole.paths), comment)
    }
  }

  @Test("With every call of a kind failing a scan ends with an error for each", arguments: calls, [1, 4])
  func allCallsOfAKindFail(call: Syscall, threads: Int) {
    let plan = FaultPlan(failing: call, ordinal: 0, with: .ioError)
    switch plan.run({ ScanEnd.of(root, threads: threads) }) {
    case .refused(.unreadable(let error)), .failed(let error): #expect(error.error == .ioError)
    case .refused(let failure): Issue.record("\(failure)")
    case .done(_, _, let errors, _):
      #expect(!errors.isEmpty || plan.failed == 0)
      #expect(errors.allSatisfy { $0.error == .ioError })
      #expect(Set(errors.map(\.path)).count == errors.count)
    }
    #expect(scratch.openDescriptors.isEmpty)
  }

  @Test("stats counts each failing call, or says why it does not know whether the cache is live")
  func reportsNameEveryFailure() throws {
    // With an empty graveyard only `cache` can be asked.
    try FileManager.default.removeItem(atPath: "\(scratch.path)/cache-root/graveyard/6b00e87700000001")
    func report() throws -> (StatisticsReport, [StoreError]) {
      let reported = Collector<StoreError>()
      let store = try Store(path: root)
      var questions = StatisticsReport.Questions()
      questions.records = true
      questions.extents = true
      let options = ScanOptions(threads: 1) { reported.add($0) }
      let preparation = try StatisticsReport.prepare(store, questions, options, percentages: CullPercentages())
      return (preparation.run(), reported.all)
    }
    for call in Self.calls + [.rmdir, .fstatfs] {
      let count = try FaultPlan.count(call) { _ = try report() }
      for ordinal in spread(count, atMost: 400) {
        let plan = FaultPlan(failing: call, ordinal: ordinal, with: .ioError)
        do {
          let (report, errors) = try plan.run { try report() }
          let says = report.liveness.description.contains("\(Errno.ioError)") || report.graveyard == .unknown(.ioError)
          #expect(report.errors == errors.count)
          #expect(errors.count + (says ? 1 : 0) == plan.failed, "\(call) number \(ordinal)")
        } catch let failure as OpeningFailure {
          #expect(failure.description.contains("\(Errno.ioError)"))
        } catch let error as StoreError {
          #expect(error.error == .ioError)
        }
      }
    }
    #expect(scratch.openDescriptors.isEmpty)
  }

  /// A kernel that does not have it, and a filter of system calls that does not know it, as systemd's and containers' are.
  @Test(
    "The attribute call of new kernels and its fallback tell the same", arguments: [1, 8],
    [Errno.noFunction, .notPermitted])
  func fallback(threads: Int, answer: Errno) throws {
    let path = "\(scratch.path)/cache-root/cache/I9p,p9src,hosttag/@28"
    try scratch.makeDirectory("cache-root/cache/I9p,p9src,hosttag/@28")
    for length in [0, 1, 17, 18, 1024, 1025, 3000] {
      let file = try scratch.write("cache-root/cache/I9p,p9src,hosttag/@28/D\(length)")
      setAttribute(file, [UInt8](repeating: 4, count: length))
    }
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/@28/Dnone")
    #expect(mkfifo("\(path)/Dfifo", 0o600) == 0)
    let direct = try scratch.scan(threads: threads, attributes: true)
    let plan = FaultPlan(failing: .getxattrat, ordinal: 0, with: answer)
    let fallback = try plan.run { try scratch.scan(threads: threads, attributes: true) }
    #expect(direct.failures.isEmpty)
    #expect(fallback.failures.isEmpty)
    #expect(direct.essence == fallback.essence)
    #expect(direct.statistics.totals.objects == 15)
    // Four values have a content byte, two of them beyond any record's length.
    #expect(direct.statistics.totals.dirtyObjects == 4)
  }
}
