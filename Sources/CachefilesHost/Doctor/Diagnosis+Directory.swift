// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

extension Diagnosis {
  // MARK: The directory

  mutating func judgeDirectory() {
    switch seen.directory {
    case .cache: add(.directoryPresent, "a cache", of: root)
    case .notACache(let missing): add(.notACache, missing, of: root)
    case .damaged(let reason): add(.directoryDamaged, reason, of: root)
    case .missing:
      // Marks around the name make it another one: what is to be made is not this.
      let isMarked = configurationDefects.contains { [.quotes, .comment, .trailingBlanks].contains($0.trap) }
      add(
        .directoryMissing, "there is no such directory", of: root,
        advice: isMarked ? "correct the 'dir' line: see below" : nil)
    case .unreadable(let reason): add(.directoryUnreadable, reason, of: root)
    }
    guard let walk = seen.walk else { return }
    add(walk.special, .specialFile)
    add(walk.stuck, .graveyardStuck)
    for sighting in walk.mounted.named { add(.mountInside, "it is \(sighting.words)", of: sighting.path) }
    let unnamed = walk.mounted.count - walk.mounted.named.count
    if unnamed > 0 { add(.mountInside, "\(unnamed) more mounts", of: root) }
    if walk.failures > 0 || walk.isCancelled {
      let words = walk.isCancelled ? "ended by a signal" : "not looked at: \(walk.failures)"
      add(.walkIncomplete, words, of: root)
    } else if seen.directory == .cache, walk.special.count == 0, walk.stuck.count == 0, walk.mounted.count == 0 {
      add(.nothingInTheWay, "no special files, and the graveyard can be emptied")
    }
  }

  private mutating func add(_ sightings: Sightings, _ id: SymptomID) {
    let status: HealthStatus? = isOurDaemon ? .warning : nil
    let advice = isOurDaemon ? "cachefiles-daemon leaves it alone; cachefilesd would end" : nil
    for sighting in sightings.named {
      add(id, "it is \(sighting.words)", of: sighting.path, advice: advice, status: status)
    }
    let rest = sightings.count - sightings.named.count
    if rest > 0 { add(id, "\(rest) more of this kind", of: root, advice: advice, status: status) }
  }

  // MARK: The file system

  /// Types on which the kernel's cache is known to work, and those that lack what it needs or that it refuses.
  private static let fitTypes = ["ext4", "xfs", "btrfs", "f2fs", "bcachefs"]
  private static let unfitTypes = ["nfs", "9p"]

  mutating func judgeFileSystem() {
    guard let fileSystem = seen.fileSystem else { return }
    let type = fileSystem.typeName
    var place = type
    if let mount = seen.mount {
      let options = mount.options.map { EscapedBytes.string($0) }.joined(separator: ",")
      place += " on \(EscapedBytes.string(mount.mountPoint)), \(options)"
    }
    let before = checks.count
    if fileSystem.isReadOnly { add(.fsReadOnly, "\(place): read-only") }
    if seen.hasAttributes == false { add(.fsNoAttributes, "\(place): no user attributes") }
    if fileSystem.blockSize > seen.pageSize {
      add(.fsBlockSize, "\(place): blocks of \(fileSystem.blockSize) bytes, pages of \(seen.pageSize)")
    }
    if seen.liveness.isLive != true, let reason = fileSystem.refusal(by: seen.kernel) {
      // As R05 of fsck: an error where the kernel is to bind it, a note for a copy.
      add(seen.isCacheOfThisMachine ? .fsUnfit : .fsCopy, "\(place): \(reason)")
    } else if Self.unfitTypes.contains(type) {
      add(.fsUnfit, place)
    } else if type == "overlayfs", seen.kernel.map({ $0 >= KernelRelease(6, 12) }) == true {
      // Measured: 6.12 binds on it and finds its objects again; 6.1 refuses.
    } else if !Self.fitTypes.contains(type), seen.liveness.isLive != true {
      // That a kernel holds it proves that it can be.
      add(.fsDoubtful, place)
    }
    if fileSystem.hasNoAccessTimes { add(.fsNoAccessTimes, "\(place): mounted with noatime") }
    if checks.count == before {
      let mode = fileSystem.hasRelativeAccessTimes ? "relatime" : "strictatime"
      add(.fsFit, "\(place): a type that is known to work, access times \(mode)")
    }
  }

  // MARK: Limits

  mutating func judgeLimits() {
    guard let fileSystem = seen.fileSystem, seen.directory != .missing else { return }
    let percentages = seen.percentages
    let limits = CullLimits(percentages, blocks: fileSystem.blocks, files: fileSystem.files)
    judge(
      "blocks", free: fileSystem.availableBlocks, (limits.brun, limits.bcull, limits.bstop),
      (percentages.brun, percentages.bcull, percentages.bstop)
    ) { ByteQuantity.words($0.multipliedReportingOverflow(by: fileSystem.blockSize).partialValue) }
    if fileSystem.files == 0 { return add(.spaceOk, "not limited on this file system", of: Array("files".utf8)) }
    judge(
      "files", free: fileSystem.freeFiles, (limits.frun, limits.fcull, limits.fstop),
      (percentages.frun, percentages.fcull, percentages.fstop)
    ) { "\($0)" }
  }

  private mutating func judge(
    _ name: String, free: UInt64, _ limits: (run: UInt64, cull: UInt64, stop: UInt64),
    _ percentages: (run: Int, cull: Int, stop: Int), _ words: (UInt64) -> String
  ) {
    let id: SymptomID = free < limits.stop ? .belowStop : free < limits.cull ? .belowCull : .spaceOk
    let text =
      "\(words(free)) free; run \(words(limits.run)) (\(percentages.run) %), "
      + "cull \(words(limits.cull)) (\(percentages.cull) %), stop \(words(limits.stop)) (\(percentages.stop) %)"
    add(id, text, of: Array(name.utf8))
  }

  // MARK: The configuration

  mutating func judgeConfiguration() {
    let path = seen.configurationPath
    switch seen.configuration {
    case .missing:
      guard let daemon = seen.daemon, let program = daemon.program, program != Array("cachefilesd".utf8) else {
        return add(.configMissing, "there is no such file", of: path)
      }
      add(.configOfAnother, "\(daemon.words) holds the device, and needs no cachefilesd.conf", of: path)
    case .unreadable(let reason): add(.configUnreadable, reason, of: path)
    case .read(let configuration):
      for defect in configuration.defects {
        // What is missing stands in no line.
        let line = defect.trap == .noDirectory ? "" : ":\(defect.line)"
        let isMended = isOurDaemon && configuration.mendedDefects.contains(defect)
        add(
          SymptomID(defect.trap), defect.message, of: path + Array(line.utf8),
          advice: isMended ? "cachefiles-daemon reads it as it is meant; cachefilesd does not start" : nil,
          status: isMended ? .ok : nil)
      }
      judgeSecurity(configuration)
      if let named = configuration.directory, named.first != UInt8(ascii: "/") {
        add(
          .configOtherDirectory,
          "it names \(EscapedBytes.quoted(named)), which is another directory wherever the daemon is started", of: path,
          advice: "write it from / on")
        return
      }
      if let named = configuration.directory, !isRootConfigured(configuration) {
        add(.configOtherDirectory, "it names \(EscapedBytes.quoted(named)), not \(EscapedBytes.quoted(root))", of: path)
      } else if configuration.defects.isEmpty, !(configuration.securityContext != nil && seen.hasSELinux == false) {
        add(.configOk, "accepted", of: path)
      }
    }
  }

  /// What is wrong with the configuration.
  private var configurationDefects: [DaemonConfiguration.Defect] {
    if case .read(let configuration) = seen.configuration { return configuration.defects }
    return []
  }

  /// A label that the security module of this machine does not have: the kernel asks it at `bind`.
  private mutating func judgeSecurity(_ configuration: DaemonConfiguration) {
    guard let label = configuration.securityContext, seen.hasSELinux == false else { return }
    add(
      .configSecctxWithoutModule, "'secctx \(EscapedBytes.string(label))', and SELinux does not run",
      of: seen.configurationPath + Array(":\(configuration.securityLine)".utf8),
      advice: "remove line \(configuration.securityLine)")
  }

  /// Whether the configuration is about the directory: by device and inode where both exist, whatever links, dots and
  /// slashes stand in the paths; else by the text.
  func isRootConfigured(_ configuration: DaemonConfiguration) -> Bool {
    guard let named = configuration.directory else { return false }
    return seen.isConfiguredDirectory ?? isRoot(named)
  }

  /// Whether a path of the configuration is the directory, but for slashes at the end.
  private func isRoot(_ path: [UInt8]) -> Bool {
    func trimmed(_ path: [UInt8]) -> [UInt8] {
      var path = path
      while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
      return path
    }
    return trimmed(path) == trimmed(root)
  }
}
