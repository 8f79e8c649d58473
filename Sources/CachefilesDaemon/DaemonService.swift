// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesHost
package import CachefilesStore
import LinuxIO
package import SystemPackage

/// The daemon from its start to its end: it binds a cache, or takes over one that was kept for it, keeps it, and lets it go.
package struct DaemonService {
  /// How it was started.
  package struct Options: Sendable {
    /// cachefilesd's configuration.
    package var configuration: FilePath = DaemonConfiguration.defaultPath
    /// Where the number of the process is written when it goes into the background.
    package var pidFile: FilePath = "/var/run/cachefilesd.pid"
    /// Whether it stays in the foreground.
    package var isForeground = false
    /// Whether it leaves culling to somebody else.
    package var isCullingOff = false
    /// Whether everything is told.
    package var isDebugging = false
    /// Where messages go.
    package var target = DaemonLog.Target.system
    /// Where the status is written; nil for nowhere.
    package var status: FilePath? = StatusFiles.defaultPath
    /// Reads the settings of its own.
    package var load: @Sendable () throws(SettingsFailure) -> DaemonSettings = { DaemonSettings() }
    /// Makes metrics of a status.
    package var render: @Sendable (DaemonStatus) -> [UInt8] = { _ in [] }
    /// What tells who holds the device.
    package var sources = LivenessSources()

    /// The usual options.
    package init() {}
  }

  private let options: Options
  private let log: DaemonLog

  /// Prepares it.
  package init(_ options: Options) {
    self.options = options
    log = DaemonLog(options.target, level: options.isDebugging ? .debug : .info)
  }

  /// Runs until the end, and gives the exit status.
  package func run() -> Int32 {
    do throws(StartFailure) { return try start() } catch {
      log.error(error.description)
      return error.status.rawValue
    }
  }

  // MARK: The start

  private func start() throws(StartFailure) -> Int32 {
    // A process of another name that has the device open is taken for a command that borrows it.
    Background.name("cachefiles-daemon")
    // The service manager starts the next one then, which takes the cache over.
    Background.endAtOnceOnCrash()
    ProcessMemory.limitHeaps(to: 1)
    let configuration = try readConfiguration()
    guard let directory = configuration.meantDirectory else {
      throw StartFailure("\(EscapedBytes.string(options.configuration.bytes)): no 'dir' line", .configuration)
    }
    let settings = try settings()
    let signals: SignalQueue
    do throws(Errno) { signals = try SignalQueue() } catch { throw StartFailure("cannot wait for signals: \(error)") }
    let manager = ServiceManager(log)
    guard let cache = try hold(configuration, directory, settings, manager, signals) else {
      log.notice("ended before the cache was bound")
      return 0
    }
    if !options.isForeground { try goToBackground() }
    let isKept = manager.isPresent && manager.keep(cache.device.descriptor)
    do throws(Errno) { try Capabilities.keepOnly([.ignorePermissions, .actAsOwner]) } catch {
      log.warning("cannot give up capabilities: \(error)")
    }
    var status = DaemonStatus()
    status.process = CurrentProcess.identifier
    (status.directory, status.tag) = (directory.bytes, configuration.tag ?? Array("CacheFiles".utf8))
    (status.started, status.isTakenOver, status.isKept) = (Timestamp.now, cache.isTakenOver, isKept)
    log.notice(
      "\(EscapedBytes.string(directory.bytes)) is \(cache.isTakenOver ? "taken over, bound as before" : "bound") as "
        + EscapedBytes.quoted(status.tag))
    if options.isForeground { return try keep(cache, configuration, settings, signals, manager, status) }
    let begun = status
    let end = Workers.run(elsewhere: { () -> Result<Int32, StartFailure> in
      Result { () throws(StartFailure) in try keep(cache, configuration, settings, signals, manager, begun) }
    })
    return try end.get()
  }

  private func readConfiguration() throws(StartFailure) -> DaemonConfiguration {
    let name = EscapedBytes.string(options.configuration.bytes)
    let read: DaemonConfiguration?
    do throws(StoreError) { read = try DaemonConfiguration.read(options.configuration) } catch {
      throw StartFailure("\(error)", .configuration)
    }
    guard let configuration = read else {
      throw StartFailure(
        "\(name): there is no such file: write one with a 'dir' line, or name it with -f", .configuration)
    }
    for defect in configuration.mendedDefects { log.warning("\(name): \(defect); read as it is meant") }
    let fatal = configuration.fatalDefects
    if let last = fatal.last {
      for defect in fatal.dropLast() { log.error("\(name): \(defect)") }
      throw StartFailure("\(name): \(last)", .configuration)
    }
    return configuration
  }

  private func settings() throws(StartFailure) -> DaemonSettings {
    do throws(SettingsFailure) {
      var settings = try options.load()
      if options.isDebugging { settings.level = .debug }
      return settings
    } catch {
      throw StartFailure("\(error)", .configuration)
    }
  }

  /// Takes over the cache that was kept, or binds one; nil when a signal asked for the end before that.
  private func hold(
    _ configuration: DaemonConfiguration, _ directory: FilePath, _ settings: DaemonSettings, _ manager: ServiceManager,
    _ signals: SignalQueue
  ) throws(StartFailure) -> HeldCache? {
    let binding = Binding(
      configuration: configuration, directory: directory, log: log, sources: options.sources,
      isCancelled: { signals.isEndAsked })
    if let kept = InheritedDescriptors.take(named: ServiceManager.deviceName) {
      if let cache = binding.takeOver(kept) { return cache }
      manager.forget()
    }
    try DirectoryPreparation(path: directory, log: log).run()
    if settings.checksFirst {
      FirstCheck(
        path: directory, log: log, sources: options.sources, journal: settings.journal,
        isCancelled: { signals.isEndAsked }
      ).run()
    }
    return try binding.bind()
  }

  private func goToBackground() throws(StartFailure) {
    do throws(Errno) {
      try Background.enter()
      try Background.leaveDirectory()
      // What is told goes to the system's log from now on, if it did not go to standard error.
      if case .system = options.target { try Background.closeStandardStreams() }
    } catch {
      throw StartFailure("cannot go to the background: \(error)")
    }
    let number = Array("\(CurrentProcess.identifier)\n".utf8)
    do throws(Errno) { try NewFile.replace(options.pidFile, with: number, permissions: 0o644) } catch {
      log.warning("\(EscapedBytes.string(options.pidFile.bytes)): cannot write: \(error)")
    }
  }

  // MARK: The work

  private func keep(
    _ cache: HeldCache, _ configuration: DaemonConfiguration, _ settings: DaemonSettings, _ signals: SignalQueue,
    _ manager: ServiceManager, _ status: DaemonStatus
  ) throws(StartFailure) -> Int32 {
    var schedule = CullSchedule()
    if let thresholds = configuration.resumeThresholds { schedule.thresholds = thresholds }
    schedule.isOff = configuration.isCullingOff || options.isCullingOff
    let files = StatusFiles(status: options.status, render: options.render)
    let (load, isDebugging) = (options.load, options.isDebugging)
    let parts = CacheKeeper.Parts(
      device: cache.device, live: cache.live, signals: signals, manager: manager, log: log,
      board: StatusBoard(status), files: files,
      load: { () throws(SettingsFailure) -> DaemonSettings in
        var settings = try load()
        if isDebugging { settings.level = .debug }
        return settings
      },
      // With less a large cull is one scan after another.
      capacity: 1 << min(18, max(17, configuration.cullTable ?? 17)))
    let end: CacheKeeper.End
    do throws(Errno) { end = try CacheKeeper(parts, schedule, settings).run() } catch {
      throw StartFailure("cannot go on: \(error)")
    }
    if !options.isForeground { try? NewFile.remove(options.pidFile) }
    // The disk that the metrics are on may hang.
    _ = try? BackgroundThread { files.remove() }.waitForEnd(milliseconds: 5000)
    switch end {
    case .asked:
      log.notice(
        "ended; \(manager.isPresent ? "the service manager decides whether the cache stays" : "the cache is let go")")
      return 0
    case .lost(let refusal):
      manager.forget()
      log.error("the cache is lost: \(refusal); the next start binds it anew")
      return StartFailure.Status.system.rawValue
    }
  }
}
