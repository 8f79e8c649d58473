// SPDX-License-Identifier: Apache-2.0
#if FAULTS
  import CachefilesFormat
  import CachefilesStore
  import Foundation
  import LinuxIO
  import StoreTestSupport
  import SystemPackage
  import TestSupport
  import Testing

  /// Work on a cache in use, tried with each of its system calls failing once with each plausible error, and with the kernel refusing each of its
  /// commands: `Tests/faults.py` for what needs a kernel, which is made up here.
  struct LiveFaults {
    /// What a piece of work told.
    struct End {
      /// Lines that say what failed, and why it was refused or stopped.
      var lines: [String]
      /// How many entries stayed because they are in use, dirty or were used meanwhile.
      var kept = 0

      /// Work that was not begun.
      init(notBegun error: any Error) { lines = ["\(error)"] }

      /// Work that ended, or was stopped.
      init(_ failures: [StoreError], _ refusal: Refusal?, kept: Int) {
        lines = failures.map { "\($0)" } + (refusal.map { ["\($0)"] } ?? [])
        self.kept = kept
      }
    }

    /// A cache, and what may go from it.
    struct World {
      /// Paths of objects below the root.
      var mayGo: [String]
      /// Whether they go in that order.
      var isInOrder: Bool
      /// What is kept until the end: a mount.
      var keeper: AnyObject?
    }

    /// Makes the cache anew, at `cache-root`.
    let make: (ScratchDirectory) throws -> World
    /// Does the work.
    let work: (ScratchDirectory, FakeDaemon) throws -> End

    /// What each call fails with in turn; one that a signal interrupts is made again.
    static let errors: [Errno] = [
      .ioError, .permissionDenied, .noSuchFileOrDirectory, .staleNFSFileHandle, .noMemory, .noSpace,
      .readOnlyFileSystem, .notPermitted,
      .tooManyOpenFiles,
    ]

    /// All errors for each call where `ALL_FAULTS` is set, else one error for some calls, another for each.
    private static var isWhole: Bool { ProcessInfo.processInfo.environment["ALL_FAULTS"] != nil }

    /// Tries it; gives how many faults there were.
    @discardableResult
    func run(_ name: String) throws -> Int {
      let (calls, commands, gone) = try clean()
      #expect(calls > 20 && commands > 0 && !gone.isEmpty, "\(name) does nothing")
      var count = 0
      for ordinal in Self.isWhole ? Array(1...calls) : spread(calls, atMost: 40) {
        for (index, error) in Self.errors.enumerated() where Self.isWhole || index == ordinal % Self.errors.count {
          try trial("\(name): call \(ordinal), \(error)", gone.count, isGone: error.isGone) { scratch in
            let daemon = try FakeDaemon(scratch)
            return try FaultPlan(ordinal: ordinal, with: error).run { try work(scratch, daemon) }
          }
          count += 1
        }
      }
      for ordinal in 1...commands {
        for error in (Self.isWhole ? Self.errors : [.ioError, .noSuchFileOrDirectory]) + [.resourceBusy] {
          try trial("\(name): command \(ordinal), \(error)", gone.count, isGone: error.isGone) { scratch in
            try work(scratch, FakeDaemon(scratch, FakeKernel(failure: (ordinal, error))))
          }
          count += 1
        }
      }
      if Self.isWhole { print("faults on a cache in use, \(name): \(count)") }
      return count
    }

    /// A run in which nothing fails: how many calls and commands it makes, and what goes.
    private func clean() throws -> (calls: Int, commands: Int, gone: Set<String>) {
      let scratch = ScratchDirectory()
      let world = try make(scratch)
      let before = Self.objects(scratch)
      let commands = Collector<Int>()
      let daemon = try FakeDaemon(scratch, FakeKernel(onCommand: { commands.add($0) }))
      let calls = try FakeDaemon.inUse {
        try FaultPlan.count(nil) {
          let end = try work(scratch, daemon)
          #expect(end.lines == [])
        }
      }
      let gone = Set(before.keys).subtracting(Self.objects(scratch).keys)
      #expect(gone.isSubset(of: world.mayGo))
      withExtendedLifetime(world) {}
      return (calls, commands.all.count, gone)
    }

    /// One run with a fault and what must hold after it, and a second run, which ends the work.
    private func trial(_ name: String, _ count: Int, isGone: Bool, _ faulty: (ScratchDirectory) throws -> End) throws {
      let scratch = ScratchDirectory()
      let world = try make(scratch)
      let before = Self.objects(scratch)
      let end = try FakeDaemon.inUse { try faulty(scratch) }
      let gone = try hold(name, scratch, before, world)
      #expect(
        gone.count >= count || !end.lines.isEmpty || end.kept > 0 || isGone, "\(name): done in part, without a line")
      if world.isInOrder {
        let last = gone.compactMap(world.mayGo.firstIndex(of:)).max() ?? -1
        #expect(
          last < gone.count + end.lines.count + end.kept + (isGone ? 1 : 0), "\(name): not the first of the order")
      }
      let again = try FakeDaemon.inUse { try work(scratch, FakeDaemon(scratch)) }
      let all = try hold("\(name), a second run", scratch, before, world)
      #expect(
        all.count == count && (again.lines == [] || gone.count == count),
        "\(name): a second run removes \(all.count), \(again.lines); the first \(gone.count), \(end.lines)")
      withExtendedLifetime(world) {}
    }

    /// What must hold at any time: nothing has changed but that some went that may go. Gives what has gone.
    private func hold(
      _ name: String, _ scratch: ScratchDirectory, _ before: [String: WalkedEntry], _ world: World
    ) throws -> Set<String> {
      let after = Self.objects(scratch)
      let gone = Set(before.keys).subtracting(after.keys)
      #expect(gone.isSubset(of: world.mayGo), "\(name): took \(gone.subtracting(world.mayGo))")
      for (path, entry) in after where before[path] != entry { Issue.record("\(name): changed \(path)") }
      #expect(scratch.openDescriptors == [], "\(name)")
      return gone
    }

    /// All regular files below `cache`.
    private static func objects(_ scratch: ScratchDirectory) -> [String: WalkedEntry] {
      let found = NaiveWalk.entries("\(scratch.path)/cache-root").filter {
        $0.isRegular && $0.path.starts(with: Array("cache/".utf8))
      }
      return Dictionary(uniqueKeysWithValues: found.map { (String(decoding: $0.path, as: UTF8.self), $0) })
    }
  }

  extension Errno {
    /// It says that there is no such thing: nothing has to be told then.
    fileprivate var isGone: Bool { self == .noSuchFileOrDirectory || self == .staleNFSFileHandle }
  }
#endif
