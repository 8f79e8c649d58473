// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Walks whose output nests.
@Suite("Ordered walks")
struct OrderedWalkTests {
  let scratch = ScratchDirectory()

  /// Writes `(name … )` for a directory, `name;` for all else.
  private struct Brackets: TreeWriter {
    func begin(_ directory: borrowing ScanEntry, failure: Errno?, to text: inout [UInt8]) {
      text += directory.isRoot ? Array("root".utf8) : directory.name.array
      text += (failure == nil ? "(" : "!(").utf8
    }
    func add(_ entry: borrowing ScanEntry, to text: inout [UInt8]) { text += entry.name.array + [UInt8(ascii: ";")] }
    func end(to text: inout [UInt8]) { text += ")".utf8 }
  }

  private struct Outcome {
    var paths: Set<String> = []
    var isBalanced = true
    var failures: [StoreError] = []
    var count = 0
  }

  private func walk(threads: Int) throws -> Outcome {
    let store = try Store(path: scratch.path("cache-root"))
    let failures = Collector<StoreError>()
    let pieces = Collector<[UInt8]>()
    let options = ScanOptions(threads: threads) { failures.add($0) }
    let walk = OrderedWalk(store, options, Brackets()) { pieces.add($0) }
    var outcome = Outcome()
    outcome.count = try walk.run(store)
    outcome.failures = failures.all
    var path: [String] = []
    var word: [UInt8] = []
    for byte in pieces.all.joined() {
      switch byte {
      case UInt8(ascii: "("):
        path.append(String(decoding: word.filter { $0 != UInt8(ascii: "!") }, as: UTF8.self))
        outcome.paths.insert(path.joined(separator: "/"))
        word = []
      case UInt8(ascii: ";"):
        outcome.paths.insert((path + [String(decoding: word, as: UTF8.self)]).joined(separator: "/"))
        word = []
      case UInt8(ascii: ")"):
        if path.popLast() == nil { outcome.isBalanced = false }
      default: word.append(byte)
      }
    }
    outcome.isBalanced = outcome.isBalanced && path.isEmpty && word.isEmpty
    return outcome
  }

  private var everything: Set<String> {
    let root = scratch.path("cache-root").string
    let below = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return Set(["root"] + below.map { "root/" + $0 })
  }

  @Test("Every entry stands once in its directory, with any number of threads", arguments: [1, 2, 8])
  func complete(threads: Int) throws {
    try scratch.makeCache(objects: 500)
    try scratch.makeCache("cache-root", volume: "cifs,server,share", objects: 40)
    try scratch.write("cache-root/graveyard/6b00e87700000001/deep/file", [1])
    try scratch.write("cache-root/cache/@4a/I03nfs/@30/Jx", [1])
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/@00/directory/in/fanout", [1])
    let outcome = try walk(threads: threads)
    #expect(outcome.isBalanced)
    #expect(outcome.paths == everything)
    #expect(outcome.failures.isEmpty && outcome.count == 0)
    #expect(scratch.openDescriptors.isEmpty)
  }

  @Test(
    "Each failing call is one named failure, and the output stays balanced",
    arguments: [Syscall.openat, .statx, .getdents64], [1, 3])
  func faults(call: Syscall, threads: Int) throws {
    try scratch.makeCache(objects: 20)
    try scratch.write("cache-root/graveyard/6b00e87700000001/deep/file", [1])
    let count = try FaultPlan.count(call) { _ = try walk(threads: threads) }
    for ordinal in 1...count {
      let plan = FaultPlan(failing: call, ordinal: ordinal, with: .ioError)
      do {
        let outcome = try plan.run { try walk(threads: threads) }
        #expect(outcome.isBalanced, "\(call) \(ordinal)")
        #expect(outcome.paths.isSubset(of: everything))
        #expect(outcome.failures.count == outcome.count)
        // The first calls open the store; what they fail with is told by the store.
        if plan.failed == 1, outcome.count == 0 { #expect(ordinal <= 6, "\(call) \(ordinal) fails unseen") }
      } catch is OpeningFailure {
      } catch is StoreError {}
      #expect(scratch.openDescriptors.isEmpty)
    }
  }

  @Test("A graveyard ten thousand levels deep needs no stack and few descriptors")
  func deep() throws {
    try scratch.makeCache(objects: 1)
    let root = try OwnedDescriptor(directory: scratch.path("cache-root/graveyard"))
    var current = root
    for _ in 0..<10_000 {
      try current.makeDirectory(EntryName("d"), permissions: 0o700)
      current = try current.open(EntryName("d"), .directory)
    }
    let outcome = try walk(threads: 2)
    #expect(outcome.isBalanced)
    #expect(outcome.count == 0)
    #expect(outcome.paths.count > 10_000)
    _ = try scratch.sweep()
  }
}
