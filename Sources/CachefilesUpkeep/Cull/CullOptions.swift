// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
package import CachefilesSurvey
package import LinuxIO

/// What a cull is to do, and whom it tells.
package struct CullOptions: Sendable {
  /// What is to be reached.
  package var goal = CullGoal()
  /// What may go.
  package var selection = CullSelection()
  /// What goes first.
  package var order = CullOrder.lastUse
  /// Whether nothing is removed.
  package var isDryRun = false
  /// Whether a cache in use is culled too, with the kernel's leave.
  package var isLive = false
  /// The right to remove things, of a caller that has it already; otherwise it is taken.
  package var right: (any RemovalRight)?
  /// The part of a processor that each thread of a scan may use; all of it without.
  package var share: ProcessorShare?
  /// Whether to go as far as possible towards a goal that cannot be reached. Otherwise nothing is removed then.
  package var isBestEffort = false
  /// Whether objects that cannot be removed are left behind, however many they are. Otherwise some of them in a row, which fail in the
  /// same way, end the work. A file system that is mounted read-only always does.
  package var goesPastFailures = false
  /// The part of one that removing may take of the time, asked again and again; all of it without. For one thread.
  package var workingShare: (@Sendable () -> Double)?
  /// At most so many objects a second.
  package var rate: Int?
  /// Stop after this time.
  package var timeLimit: Duration?
  /// Whether empty fanout directories and volumes go too; never of a cache in use.
  package var prunesEmpty = false
  /// The number of threads.
  package var threads = ScanOptions.defaultThreads
  /// What tells whether the cache is live, and by whom it is held.
  package var liveness = LivenessSources()
  /// At most so many objects are sorted in memory.
  var sortLimit = 100_000
  /// Of so many objects all threads together remember the last use, so that later scans look at no others.
  var candidateLimit = OldestObjects.capacity
  /// At most so many victims are held in memory; then they are removed and the next ones looked for.
  var batchLimit = 1 << 17
  /// How many paths divide objects of one and the same last use.
  var pivotCount = 1000
  /// Called when all objects have been counted, before anything is removed; a reason ends the cull.
  package var onCount: @Sendable () -> String? = { nil }
  /// Called with the plan before anything is removed.
  package var onPlan: @Sendable (Cull.Plan) -> Void = { _ in }
  /// The reason that is given when a goal cannot be reached and nothing is removed: what could go at most, what is needed, and
  /// what is pinned.
  package var unreachable: @Sendable (_ most: CullSum, _ need: CullSum, _ pinned: CullSum) -> String = {
    most, need, _ in
    "the goal cannot be reached: \(most.bytes) of \(need.bytes) bytes, \(most.objects) of \(need.objects) objects"
  }
  /// Called for each victim, in the order of culling but for what threads remove at the same time; from many threads at once.
  package var onVictim: (@Sendable (ObjectListing.Item) -> Void)?
  /// Called for each entry that cannot be read or removed, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Called with what a thread has removed since it told last, from many threads at once.
  package var onProgress: @Sendable (CullSum) -> Void = { _ in }
  /// Watches over the pins of the selection: where others hold, nothing goes any more (``Refusal/otherPins``).
  package var pins: PinWatch?
  /// Asked between two entries; true ends the cull.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

  /// The usual options, without a goal.
  package init() {}
}
