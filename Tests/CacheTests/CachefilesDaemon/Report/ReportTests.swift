// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

@Suite("What the daemon tells")
struct ReportTests {
  let scratch = ScratchDirectory()

  @Test("a line about an entry is written once an hour, and no more than a hundred of them")
  func recent() {
    var lines = RecentLines()
    let start = ContinuousClock.now
    #expect(lines.note("a", at: start) == .isNew)
    #expect(lines.note("a", at: start + .seconds(3599)) == .isKnown)
    #expect(lines.note("a", at: start + .seconds(3600)) == .isNew)
    for number in 1..<RecentLines.limit { #expect(lines.note("\(number)", at: start + .seconds(3601)) == .isNew) }
    #expect(lines.note("x", at: start + .seconds(3602)) == .isTooMuch)
    #expect(lines.note("y", at: start + .seconds(3602)) == .isKnown)
    #expect(lines.note("a", at: start + .seconds(3602)) == .isKnown)
  }

  @Test("lines below the level are not written")
  func level() {
    let lines = Collector<String>()
    let log = DaemonLog(.closure { lines.add("\($0.rawValue) \($1)") }, level: .warning)
    log.error("e")
    log.info("i")
    log.level = .debug
    log.debug("d")
    #expect(lines.all == ["3 e", "7 d"])
  }

  @Test("the status file says what it was made of")
  func status() {
    var status = DaemonStatus()
    status.directory = [UInt8](Array("/a b\n".utf8))
    status.obstacle = "pinned"
    status.lastCull = DaemonStatus.LastCull(ended: Timestamp(seconds: 5), objects: 3)
    let fields = DaemonStatus.fields(of: status.text)
    #expect(fields["directory"] == "/a b\\x0a")
    #expect(fields["obstacle"] == "pinned")
    #expect(fields["last_cull_objects"] == "3")
    #expect(fields.count == status.fields.count)
    status.obstacle = nil
    #expect(DaemonStatus.fields(of: status.text)["obstacle"] == nil)
  }

  @Test("files are written whole by a rename, and what cannot be written is told once")
  func files() throws {
    let lines = Collector<String>()
    let log = DaemonLog(.closure { lines.add($1) })
    let board = StatusBoard(DaemonStatus())
    let path = "\(scratch.path)/run/status"
    let files = StatusFiles(status: FilePath(path), render: { _ in Array("metrics".utf8) })
    files.metrics = scratch.path("metrics")
    files.write(board, log)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("pid 0\n"))
    #expect(try String(contentsOfFile: "\(scratch.path)/metrics", encoding: .utf8) == "metrics")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/run") == ["status"])
    files.metrics = "/nowhere/metrics"
    files.write(board, log)
    // Nobody looks at the old place any more.
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/metrics"))
    files.write(board, log)
    #expect(lines.all.count == 1 && lines.all.first?.hasPrefix("/nowhere/metrics: cannot write") == true)
    files.metrics = scratch.path("metrics")
    files.write(board, log)
    files.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
    // Metrics that stay would say for ever that the daemon is up.
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/metrics"))
  }

  /// A socket as a service manager has one.
  private func listen(_ path: String) throws -> CInt {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    return descriptor
  }

  private func hear(_ descriptor: CInt) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
  }

  @Test("a service manager hears what sd_notify would tell it, and gets the device")
  func manager() throws {
    // Paths of sockets are short.
    let path = "/tmp/cachefiles-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let server = try listen(path)
    defer {
      close(server)
      unlink(path)
    }
    let log = DaemonLog(.closure { _, _ in })
    let manager = ServiceManager(NotificationSocket(path: path), log, watchdog: .seconds(10))
    #expect(manager.watchdogInterval == .seconds(5))
    manager.ready("up")
    #expect(hear(server) == "READY=1\nMAINPID=\(getpid())\nSTATUS=up")
    manager.reloading()
    #expect(hear(server).hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    manager.alive()
    #expect(hear(server) == "WATCHDOG=1")
    #expect(manager.keep(try OwnedDescriptor(device: "/dev/null")))
    #expect(hear(server) == "FDSTORE=1\nFDNAME=cachefiles\nFDPOLL=0")
    manager.forget()
    #expect(hear(server) == "FDSTOREREMOVE=1\nFDNAME=cachefiles")
    manager.stopping("bye")
    #expect(hear(server) == "STOPPING=1\nSTATUS=bye")
  }

  @Test("a manager that is gone is no reason to end")
  func noManager() throws {
    let lines = Collector<String>()
    let log = DaemonLog(.closure { lines.add($1) })
    let manager = ServiceManager(NotificationSocket(path: "/nowhere/socket"), log)
    manager.ready("up")
    #expect(!manager.keep(try OwnedDescriptor(device: "/dev/null")))
    #expect(lines.all.count == 1)
    #expect(!ServiceManager(nil, log).keep(try OwnedDescriptor(device: "/dev/null")))
  }
}
