// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

/// Binding through devices that every machine has, in the place of `/dev/cachefiles`.
@Suite("How the daemon comes to hold a cache")
struct BindingTests {
  let scratch = ScratchDirectory()
  private let lines = Collector<String>()

  private func binding(_ device: String, _ configuration: String = "") -> Binding {
    let directory = scratch.path("cache-root")
    let lines = lines
    var binding = Binding(
      configuration: DaemonConfiguration(parsing: Array("dir \(directory)\n\(configuration)".utf8)),
      directory: directory,
      log: DaemonLog(.closure { lines.add("\($0): \($1)") }))
    binding.sources.device = device
    return binding
  }

  private func failure(_ binding: Binding) -> StartFailure? {
    do throws(StartFailure) {
      _ = try binding.bind()
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "what was kept and is of no use is let go, with the reason",
    arguments: [
      ("/dev/zero", "/dev/null", "it is no /dev/zero"), ("/dev/null", "/dev/null", "it has no cache bound"),
      ("/dev/zero", "/dev/zero", "it has no cache bound"),
    ])
  func takeOver(device: String, kept: String, reason: String) throws {
    try scratch.makeCache(objects: 1)
    let taken = binding(device).takeOver(try OwnedDescriptor(device: FilePath(kept)))
    #expect(taken == nil)
    #expect(lines.all.count == 1 && lines.all.first?.contains(reason) == true)
  }

  @Test("a device that takes everything and holds nothing is found out")
  func nothing() throws {
    try scratch.makeCache(objects: 1)
    let told = try #require(failure(binding("/dev/null")))
    #expect(told.status == .system && told.description.contains("does not hold this cache"))
  }

  @Test("a kernel of the old layout is refused before the bind, unless it has the new one's table")
  func oldKernel() throws {
    try scratch.makeCache(objects: 1)
    var old = binding("/dev/null")
    old.sources.kernel = KernelRelease(5, 10)
    old.sources.caches = scratch.path("caches")
    let told = try #require(failure(old))
    #expect(told.status == .kernel && told.description.contains("needs Linux 5.17 or later"))
    old.sources.kernel = KernelRelease(5, 14)
    try scratch.write("caches")
    #expect(failure(old)?.status == .system)
  }

  @Test("a device that refuses is told with the line that it refused")
  func refused() throws {
    try scratch.makeCache(objects: 1)
    let told = try #require(failure(binding("/dev/full")))
    #expect(told.status == .configuration)
    #expect(told.description.contains("the kernel refuses") && told.description.contains("dir /"))
  }

  @Test(
    "a line that may be refused is a warning, one that may not ends it", arguments: ["debug 1\n", "secctx a:b:c\n"])
  func oneLine(line: String) throws {
    try scratch.makeCache(objects: 1)
    // The second command is the line.
    let binding = binding("/dev/null", line)
    let plan = FaultPlan(failing: .command, ordinal: 2, with: .invalidArgument)
    let failure = plan.run { self.failure(binding) }
    #expect((failure?.status == .configuration) == line.hasPrefix("secctx"))
    #expect(lines.all.contains { $0.hasPrefix("warning: the kernel refuses") } == line.hasPrefix("debug"))
  }

  @Test("the bind itself is refused in words")
  func bind() throws {
    try scratch.makeCache(objects: 1)
    let binding = binding("/dev/null")
    let plan = FaultPlan(failing: .command, ordinal: 2, with: .notSupported)
    let failure = plan.run { self.failure(binding) }
    #expect(failure?.description.hasPrefix("cannot bind ") == true && failure?.description.contains("ext4") == true)
  }

  @Test("a signal that asks for the end before the bind is heeded, also while the device is awaited")
  func cancelled() throws {
    try scratch.makeCache(objects: 1)
    var binding = binding("/dev/null")
    let asked = Atomic<Int>(0)
    binding.isCancelled = { true }
    #expect(try binding.bind() == nil && lines.all.isEmpty)
    let calls = Calls(asked)
    binding.isCancelled = { calls.value.add(1, ordering: .relaxed).newValue > 1 }
    let plan = FaultPlan(failing: .open, ordinal: 0, with: .resourceBusy)
    #expect(try plan.run { try binding.bind() == nil })
    #expect(calls.value.load(ordering: .relaxed) == 2)
  }

  private final class Calls: Sendable {
    let value: Atomic<Int>
    init(_ value: consuming Atomic<Int>) { self.value = value }
  }

  @Test("without a device there is nothing to be had")
  func noDevice() throws {
    try scratch.makeCache(objects: 1)
    #expect(failure(binding("/nowhere/cachefiles"))?.description.contains("modprobe cachefiles") == true)
  }
}
