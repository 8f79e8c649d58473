// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesHost
@testable import CachefilesStore
@testable import LinuxIO

/// What the doctor makes of values that no case can bring about.
@Suite("The doctor's judgement")
struct DiagnosisTests {
  let scratch = ScratchDirectory()

  /// A directory on a machine of which nothing is known, but for what a closure sets.
  private func diagnose(_ change: (inout Examination) throws -> Void) rethrows -> Diagnosis {
    var sources = Examination.Sources()
    sources.proc = scratch.path("proc")
    sources.devices = nil
    sources.configuration = scratch.path("conf")
    var examination = Examination(scratch.path("c"), sources)
    examination.isRunningKernel = true
    examination.view.caches = Self.table("00000001     5     4   178     1 A lab\n")
    try change(&examination)
    return Diagnosis(examination)
  }

  private static func table<Line: KernelTableLine>(_ text: String) -> KernelTable<Line> {
    let bytes = Array(text.utf8)
    return KernelTable<Line>(parsing: bytes.span)
  }

  private func kernelIDs(_ change: (inout Examination) throws -> Void) rethrows -> [SymptomID] {
    try diagnose(change).checks.filter { $0.group == .kernel }.map(\.id)
  }

  private static func configuration(_ text: String) -> Examination.Configuration {
    .read(DaemonConfiguration(parsing: Array(text.utf8)))
  }

  // MARK: Bound or not

  @Test("the directory's own answer comes first, then that of the process that has the device open")
  func bound() {
    let other = Examination.Daemon(process: 7, directory: Array("/other".utf8), isSameDirectory: false)
    let same = Examination.Daemon(process: 7, directory: Array("/c".utf8), isSameDirectory: true)
    #expect(kernelIDs { $0.liveness = .live } == [.modulePresent, .bound])
    #expect(
      kernelIDs {
        $0.liveness = .live
        $0.daemon = other
      } == [.modulePresent, .bound])
    #expect(kernelIDs { $0.liveness = .offline } == [.modulePresent, .boundElsewhere])
    #expect(kernelIDs { $0.daemon = other } == [.modulePresent, .boundElsewhere])
    #expect(kernelIDs { $0.daemon = same } == [.modulePresent, .bound])
    #expect(kernelIDs { _ in } == [.modulePresent, .boundUnproven])
  }

  @Test("on the running kernel the name of the cache proves nothing, but another name does")
  func names() {
    let path = "\(scratch.path)/c"
    #expect(
      kernelIDs { $0.configuration = Self.configuration("dir \(path)\ntag lab\n") } == [.modulePresent, .boundUnproven])
    #expect(
      kernelIDs { $0.configuration = Self.configuration("dir \(path)\ntag x\n") } == [.modulePresent, .boundElsewhere])
    // Without a tag the name is CacheFiles.
    #expect(kernelIDs { $0.configuration = Self.configuration("dir \(path)\n") } == [.modulePresent, .boundElsewhere])
  }

  @Test("a table that is not understood is no proof that nothing is bound")
  func tables() {
    #expect(
      kernelIDs { $0.view.caches = Self.table("00000001 new format\n") } == [.boundUnproven, .linesNotUnderstood])
  }

  @Test("a table that cannot be read is no proof that nothing is bound")
  func unreadableTable() throws {
    try scratch.makeDirectory("proc/fs/fscache/caches")
    #expect(kernelIDs { $0.view.caches = nil } == [.boundUnproven, .unreadable])
  }

  @Test("before 5.17 the process that has the device open tells")
  func oldKernel() {
    func ids(_ daemon: Examination.Daemon?, all: Bool = true) -> [SymptomID] {
      kernelIDs {
        $0.hasModule = true
        $0.view.caches = nil
        $0.kernel = KernelRelease(5, 10)
        $0.daemon = daemon
        $0.hasAskedProcesses = all
      }
    }
    #expect(ids(nil) == [.modulePresent, .notBound])
    #expect(ids(nil, all: false) == [.modulePresent, .boundUnproven])
    #expect(ids(.init(process: 7, directory: nil, isSameDirectory: nil)) == [.modulePresent, .boundUnproven])
    #expect(ids(.init(process: 7, directory: [47], isSameDirectory: false)) == [.modulePresent, .boundElsewhere])
    #expect(ids(.init(process: 7, directory: [47], isSameDirectory: true)) == [.modulePresent, .bound])
  }

  @Test("the tables alone do not prove the module: they belong to another one")
  func module() {
    #expect(kernelIDs { $0.view.caches = KernelTable() } == [.notBound])
    #expect(
      kernelIDs {
        $0.view.caches = KernelTable()
        $0.hasModule = true
      } == [.modulePresent, .notBound])
    #expect(kernelIDs { $0.view.caches = nil } == [.moduleMissing, .notBound])
  }

  @Test("the device counts only where the module is there")
  func device() {
    #expect(kernelIDs { $0.hasDevice = false }.prefix(2) == [.modulePresent, .deviceMissing])
    #expect(kernelIDs { $0.hasDevice = true }.prefix(2) == [.modulePresent, .devicePresent])
    #expect(
      kernelIDs {
        $0.hasDevice = false
        $0.hasModule = false
      }.first == .moduleMissing)
  }

  // MARK: The file system

  private func fileSystemIDs(_ type: UInt64, flags: UInt64 = 0, _ change: (inout Examination) -> Void = { _ in })
    -> [SymptomID]
  {
    diagnose {
      $0.directory = .cache
      $0.fileSystem = FileSystemStatus(
        magic: type, blockSize: 4096, blocks: 1000, availableBlocks: 500, freeBlocks: 500, files: 0, freeFiles: 0,
        flags: flags)
      change(&$0)
    }.checks.filter { $0.group == .fileSystem }.map(\.id)
  }

  @Test("types that are known, those that lack something, and those of which nothing is known")
  func fileSystems() {
    let (ext4, overlay, zfs): (UInt64, UInt64, UInt64) = (0xef53, 0x794c_7630, 0x2fc1_2fc1)
    #expect(fileSystemIDs(ext4) == [.fsFit])
    #expect(fileSystemIDs(overlay) == [.fsDoubtful])
    #expect(fileSystemIDs(overlay) { $0.kernel = KernelRelease(6, 1) } == [.fsUnfit])
    #expect(fileSystemIDs(overlay) { $0.kernel = KernelRelease(6, 12) } == [.fsFit])
    for memory: UInt64 in [0x0102_1994, 0x8584_58f6] {
      #expect(fileSystemIDs(memory) { $0.kernel = KernelRelease(6, 12) } == [.fsUnfit])
    }
    // As R05 of fsck: no error of a copy.
    for (type, kernel): (UInt64, KernelRelease) in [
      (0x0102_1994, KernelRelease(6, 12)), (0x8584_58f6, KernelRelease(5, 10)), (overlay, KernelRelease(6, 2)),
    ] {
      let copy = fileSystemIDs(type) {
        $0.kernel = kernel
        $0.isCacheOfThisMachine = false
      }
      #expect(copy == [.fsCopy])
    }
    #expect(fileSystemIDs(overlay) { $0.kernel = KernelRelease(6, 6) } == [.fsDoubtful])
    #expect(fileSystemIDs(zfs) == [.fsDoubtful])
    #expect(fileSystemIDs(zfs) { $0.liveness = .live } == [.fsFit])
    #expect(fileSystemIDs(ext4, flags: 0x1) == [.fsReadOnly])
    #expect(fileSystemIDs(ext4, flags: 0x400) == [.fsNoAccessTimes])
    // `nodiratime` is about directories, and objects are files.
    #expect(fileSystemIDs(ext4, flags: 0x800) == [.fsFit])
    #expect(fileSystemIDs(ext4) { $0.hasAttributes = false } == [.fsNoAttributes])
    #expect(fileSystemIDs(ext4) { $0.pageSize = 2048 } == [.fsBlockSize])
  }

  @Test("each limit to the block, as the kernel compares; files that are not limited are fine")
  func limits() {
    func ids(blocks: UInt64, files: UInt64, of limit: UInt64) -> [SymptomID] {
      diagnose {
        $0.directory = .cache
        $0.configuration = Self.configuration("dir /c\nbrun 10%\nbcull 7%\nbstop 3%\nfrun 10%\nfcull 7%\nfstop 3%\n")
        $0.fileSystem = FileSystemStatus(
          magic: 0xef53, blockSize: 4096, blocks: 1000, availableBlocks: blocks, freeBlocks: 900, files: limit,
          freeFiles: files, flags: 0)
      }.checks.filter { $0.group == .limits }.map(\.id)
    }
    #expect(ids(blocks: 70, files: 70, of: 1000) == [.spaceOk, .spaceOk])
    #expect(ids(blocks: 69, files: 70, of: 1000) == [.belowCull, .spaceOk])
    #expect(ids(blocks: 30, files: 69, of: 1000) == [.belowCull, .belowCull])
    #expect(ids(blocks: 29, files: 30, of: 1000) == [.belowStop, .belowCull])
    #expect(ids(blocks: 70, files: 29, of: 1000) == [.spaceOk, .belowStop])
    #expect(ids(blocks: 70, files: 0, of: 0) == [.spaceOk, .spaceOk])
  }

  // MARK: The whole

  @Test("critical outweighs warning, warning unknown, unknown ok; what is ignored does not count")
  func worst() {
    #expect(HealthStatus.worst(of: [.ok, .unknown, .warning, .critical]) == .critical)
    #expect(HealthStatus.worst(of: [.unknown, .warning, .ok]) == .warning)
    #expect(HealthStatus.worst(of: [.ok, .unknown]) == .unknown)
    #expect(HealthStatus.worst(of: []) == .ok)
    #expect(HealthStatus.allCases.map(\.exit) == [0, 1, 2, 3])
    var sources = Examination.Sources()
    sources.proc = scratch.path("proc")
    sources.devices = nil
    sources.configuration = scratch.path("conf")
    let examination = Examination(scratch.path("c"), sources)
    let all = Diagnosis(examination)
    #expect(Set(all.checks.map(\.id)) == [.moduleMissing, .notBound, .directoryMissing, .configMissing])
    #expect(all.status == .critical)
    #expect(Diagnosis(examination, ignoring: Set(all.checks.map(\.id))).status == .ok)
  }

  @Test("the first few of many are named in the order of their paths, whatever thread saw them")
  func sightings() {
    var one = Sightings()
    var other = Sightings()
    for number in 0..<10 {
      if number % 2 == 0 {
        one.add([UInt8(90 - number)], "x")
      } else {
        other.add([UInt8(90 - number)], "x")
      }
    }
    one.add(other)
    #expect(one.count == 10)
    #expect(one.named.map(\.path) == [[81], [82], [83]])
  }
}
