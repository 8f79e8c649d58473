// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesHost

@Suite("The doctor beside the daemon of this package")
struct OwnDaemonTests {
  let scratch = ScratchDirectory()

  private func diagnose(_ program: String, _ configuration: String) throws -> Diagnosis {
    try scratch.write("conf", Array(configuration.utf8))
    var sources = Examination.Sources()
    sources.proc = scratch.path("proc")
    (sources.devices, sources.fstab, sources.boot, sources.security) = (nil, nil, nil, nil)
    sources.configuration = scratch.path("conf")
    var examination = Examination(scratch.path("cache-root"), sources)
    examination.daemon = Examination.Daemon(process: 7, program: Array(program.utf8))
    return Diagnosis(examination)
  }

  private func statuses(_ diagnosis: Diagnosis, _ id: SymptomID) -> [HealthStatus] {
    diagnosis.checks.filter { $0.id == id }.map(\.status)
  }

  @Test("what ends cachefilesd only is no alarm where cachefiles-daemon holds the cache")
  func alarms() throws {
    try scratch.makeCache(objects: 1)
    #expect(mkfifo("\(scratch.path)/cache-root/cache/fifo", 0o600) == 0)
    let text = "dir \(scratch.path)/cache-root\nnocull\nbind\n"
    let other = try diagnose("cachefilesd", text)
    #expect(statuses(other, .specialFile) == [.critical])
    #expect(statuses(other, SymptomID(.nocull)) == [.warning])
    let own = try diagnose("cachefiles-daem", text)
    #expect(statuses(own, .specialFile) == [.warning])
    #expect(statuses(own, SymptomID(.nocull)) == [.ok])
    // What stops both is one.
    #expect(statuses(own, SymptomID(.notPermitted)) == [.critical])
  }
}
