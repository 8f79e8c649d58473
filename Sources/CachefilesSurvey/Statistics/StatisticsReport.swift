// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesHost
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// What `stats` tells of a cache: the directory, the file system and limits, totals and volumes.
package struct StatisticsReport: Sendable {
  /// What to ask beyond `stat`.
  package struct Questions: Sendable {
    /// Walk the cache; otherwise only what is known without is told: the kernel's counts, the file system and the limits.
    package var walks = true
    /// Read the records: sizes of the netfs files, dirty objects.
    package var records = false
    /// Find the runs of data: opens every object.
    package var extents = false
    /// List so many of the largest and least recently used objects, and with extents of those in most pieces.
    package var top = 0
    /// Count the objects that no kernel will ever find: named or placed as no kernel does it.
    package var reachability = false
    /// Count what was used when, for ``AgeCurve``.
    package var ageCurve = false
    /// Where to read what the kernel tells, and whether it is asked even where the cache is not live; nil asks nothing.
    package var kernel: (directory: FilePath, always: Bool)?
    /// The time from which ages count.
    package var now = Timestamp.now

    /// Asks nothing more.
    package init() {}
  }

  /// One volume.
  package struct Volume: Sendable {
    /// The volume key.
    package var key: [UInt8]
    /// The netfs that the key tells.
    package var type: NetfsType
    /// What it adds up to.
    package var tally: Tally
  }

  /// The root's path.
  package var root: [UInt8]
  /// Which layouts it has.
  package var generation: FormatGeneration
  /// Whether a kernel holds it.
  package var liveness: Liveness
  /// The process that holds it, where it is in use and that can be told.
  package var daemon: CacheDaemon?
  /// What stands where the graveyard belongs.
  package var graveyard: GraveyardPlace
  /// What was asked.
  package var questions: Questions
  /// The file system below.
  package var fileSystem: FileSystemStatus?
  /// The limits in the configuration.
  package var limits: CullLimits?
  /// Counts and sums.
  package var statistics: Statistics
  /// The volumes, most allocated bytes first, then by key.
  package var volumes: [Volume]
  /// With ``Questions/top``: the first objects, by order.
  package var top: [(order: ObjectListing.Order, objects: [ObjectListing.Item])] = []
  /// With ``Questions/ageCurve``: what was used when.
  package var ageCurve: AgeCurve?
  /// With ``Questions/kernel``: what the kernel has counted.
  package var kernelStatistics: KernelStatistics?
  /// With ``Questions/kernel``: the caches that the kernel has; nil where it does not tell.
  package var caches: [CacheLine]?
  /// Whether the kernel's statistics exist and cannot be read.
  package var hasUnreadableStatistics = false
  /// With ``Questions/kernel``: where the volumes are mounted.
  package var mountPoints = MountPoints()
  /// With ``Questions/kernel``: what the kernel uses now.
  package var join: KernelJoin?
  /// With ``Questions/reachability``: objects of volumes that no kernel will ever find.
  package var unreachable: Int?
  /// How many entries could not be read.
  package var errors: Int
  /// Whether a signal ended the scan.
  package var isInterrupted: Bool

  /// Prepares a report of an open cache directory; ``Preparation/run()`` scans it.
  ///
  /// - Throws: ``StoreError`` when `cache/` cannot be listed.
  package static func prepare(
    _ store: borrowing Store, _ questions: Questions, _ options: ScanOptions, percentages: CullPercentages?
  ) throws(StoreError) -> Preparation {
    var options = options
    options.attributes = questions.records
    var fileSystem: FileSystemStatus?
    var errors = 0
    do throws(Errno) { fileSystem = try store.root.fileSystem() } catch {
      errors += 1
      options.onFailure(StoreError(path: store.path, operation: "find the size of the file system of", error: error))
    }
    let limits = fileSystem.flatMap { status in
      percentages.map { CullLimits($0, blocks: status.blocks, files: status.files) }
    }
    let generation = try store.generation()
    let liveness = store.probeLiveness()
    options.isLive = liveness == .live
    let (view, join) = Self.askKernel(store, questions, isLive: options.isLive)
    let failures = (view?.failures ?? []) + (join?.failures ?? [])
    failures.forEach(options.onFailure)
    var blank = StatisticsReport(
      root: store.path, generation: generation, liveness: liveness, graveyard: store.graveyard, questions: questions,
      fileSystem: fileSystem, limits: limits, statistics: Statistics(now: questions.now), volumes: [],
      errors: errors + failures.count, isInterrupted: false)
    // All processes are looked through for it.
    blank.daemon = options.isLive && questions.walks ? LivenessSources().daemon : nil
    blank.kernelStatistics = view?.statistics
    blank.caches = view?.caches?.rows
    blank.hasUnreadableStatistics = view?.failedFiles.contains(.statistics) == true
    if let view { blank.mountPoints = MountPoints(view) }
    blank.join = join
    return Preparation(
      scanner: try Scanner(store, options), questions: questions, options: options,
      blank: blank)
  }

  private static func askKernel(
    _ store: borrowing Store, _ questions: Questions, isLive: Bool
  ) -> (KernelView?, KernelJoin?) {
    guard let kernel = questions.kernel, kernel.always || isLive else { return (nil, nil) }
    let view = KernelView(directory: kernel.directory)
    // What is joined is as long as the list of cookies.
    return (view, questions.walks ? KernelJoin(view, store) : nil)
  }

  /// A report before its scan.
  package struct Preparation: Sendable {
    /// The scan; its progress can be watched.
    package let scanner: Scanner
    let questions: Questions
    let options: ScanOptions
    let blank: StatisticsReport

    /// Scans and fills in the report.
    package func run() -> StatisticsReport {
      guard questions.walks else { return blank }
      let (questions, isLive) = (questions, options.isLive)
      var (visitor, summary) = scanner.run { StatisticsVisitor(questions, isLive: isLive) }
      visitor.statistics.countSharedFiles()
      let statistics = visitor.statistics
      for error in statistics.errors { options.onFailure(error) }
      var report = blank
      report.statistics = statistics
      report.unreachable = visitor.unreachable
      report.top = visitor.finishListings()
      report.ageCurve = visitor.ages.map(AgeCurve.init)
      report.errors += summary.failures + statistics.errors.count
      report.isInterrupted = summary.isCancelled
      report.volumes = summary.volumes.map { volume in
        Volume(
          key: volume.key, type: volume.type,
          tally: volume.index < statistics.volumes.count ? statistics.volumes[volume.index] : Tally())
      }
      .sorted { left, right in
        left.tally.diskBytes == right.tally.diskBytes
          ? left.key.lexicographicallyPrecedes(right.key) : left.tally.diskBytes > right.tally.diskBytes
      }
      return report
    }
  }
}
