// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage
import Testing

@testable import CachefilesStore

@Suite("Why nothing may be changed")
struct RefusalTests {
  private static let daemon = CacheDaemon(process: 1, proc: "/proc")
  private static let losses: [Refusal] = [
    .daemonEnded, .withdrawn, .noLeave(.otherCache(daemon, "x")), .noLeave(.noDaemon),
    .noLeave(.refused(daemon, .ioError)),
  ]
  private static let others: [Refusal] = [
    .noLeave(.failed(.resourceTemporarilyUnavailable)), .noLeave(.failed(.tooManyOpenFiles)),
    .lockFailed(.tooManyOpenFiles), .locked, .graveyardBusy, .readOnly, .unmet("x"), .notACache("x"), .cannotTell("x"),
    .inUse,
  ]

  @Test("a process that lacks a thread or a descriptor has not lost its cache; one whose cache the kernel gave up has")
  func losses() {
    for refusal in Self.losses { #expect(refusal.isLoss && Refusal.stopped(refusal).isLoss, "\(refusal)") }
    for refusal in Self.others { #expect(!refusal.isLoss && !Refusal.stopped(refusal).isLoss, "\(refusal)") }
  }
}
