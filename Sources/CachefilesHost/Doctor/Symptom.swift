/// How a thing stands; the words and numbers of monitoring plugins.
package enum HealthStatus: String, Sendable, CaseIterable {
  /// As it should be.
  case ok
  /// It works, but less well than it could, or not for long.
  case warning
  /// It does not work, or stops working at the next start.
  case critical
  /// It could not be told.
  case unknown

  /// The exit status that monitoring expects.
  package var exit: Int32 {
    switch self {
    case .ok: 0
    case .warning: 1
    case .critical: 2
    case .unknown: 3
    }
  }

  /// The order in which one outweighs another: critical, warning, unknown, ok.
  private var weight: Int {
    switch self {
    case .ok: 0
    case .unknown: 1
    case .warning: 2
    case .critical: 3
    }
  }

  /// The status of several things together.
  package static func worst(of all: some Sequence<HealthStatus>) -> HealthStatus {
    all.max { $0.weight < $1.weight } ?? .ok
  }
}

/// What the doctor looks at.
package enum SymptomGroup: String, Sendable, CaseIterable {
  /// Modules, device, daemon, the kernel's tables.
  case kernel
  /// The cache directory and what is in it.
  case directory
  /// The file system below it.
  case fileSystem = "file system"
  /// Free space against the limits.
  case limits
  /// The daemon's configuration.
  case configuration
  /// Mounts of network file systems.
  case mounts
  /// What the logs say.
  case log
}

/// The names of what the doctor can find. Other programs depend on them: a name never changes its meaning.
package enum SymptomID: String, Sendable, CaseIterable {
  case modulePresent = "module-present", moduleMissing = "module-missing"
  case devicePresent = "device-present", deviceMissing = "device-missing"
  case bound, notBound = "not-bound", boundElsewhere = "bound-elsewhere", boundUnproven = "bound-unproven"
  case beingBound = "being-bound", ioError = "io-error", withdrawn
  case volumeWithoutCache = "volume-without-cache"
  case cacheNeverRead = "cache-never-read", cacheUntouched = "cache-untouched"
  case statistics, unreadable, linesNotUnderstood = "lines-not-understood"
  case directoryPresent = "directory-present", directoryMissing = "directory-missing"
  case directoryUnreadable = "directory-unreadable", notACache = "not-a-cache", directoryDamaged = "directory-damaged"
  case nothingInTheWay = "nothing-in-the-way", specialFile = "special-file", graveyardStuck = "graveyard-stuck"
  case walkIncomplete = "walk-incomplete"
  case fsFit = "fs-fit", fsUnfit = "fs-unfit", fsDoubtful = "fs-doubtful", fsReadOnly = "fs-read-only"
  case fsNoAttributes = "fs-no-attributes", fsBlockSize = "fs-block-size", fsNoAccessTimes = "fs-no-access-times"
  case spaceOk = "space-ok", belowCull = "below-cull", belowStop = "below-stop"
  case configOk = "config-ok", configOfAnother = "config-of-another"
  case configMissing = "config-missing", configUnreadable = "config-unreadable"
  case configOtherDirectory = "config-other-directory"
  case configUnterminated = "config-unterminated", configLongLine = "config-long-line", configNul = "config-nul"
  case configLeadingBlanks = "config-leading-blanks", configNoDir = "config-no-dir", configBadDir = "config-bad-dir"
  case configTrailingBlanks = "config-trailing-blanks", configQuotes = "config-quotes"
  case configComment = "config-comment", configBadTag = "config-bad-tag", configTagMarks = "config-tag-marks"
  case configBadLimit = "config-bad-limit", configLimitOrder = "config-limit-order"
  case configBadSecctx = "config-bad-secctx", configSecctxWithoutModule = "config-secctx-without-module"
  case configBadCullTable = "config-bad-culltable", configNocull = "config-nocull"
  case configResumeThresholds = "config-resume-thresholds", configNotPermitted = "config-not-permitted"
  case configUnknownCommand = "config-unknown-command"
  case mountCached = "mount-cached", mountWithoutFsc = "mount-without-fsc", mountNotCached = "mount-not-cached"
  case mountKeyInUse = "mount-key-in-use", mountSuperblockShared = "mount-superblock-shared"
  case mountKernelWithout = "mount-kernel-without", mountCacheOff = "mount-cache-off"
  case mountTunnelPort = "mount-tunnel-port", cachedTwice = "cached-twice"
  case noMounts = "no-mounts"
  case logQuiet = "log-quiet", logWarning = "log-warning", logCritical = "log-critical"
  case logUnreadable = "log-unreadable"

  /// The symptom of a line of the configuration.
  init(_ trap: DaemonConfiguration.Trap) {
    switch trap {
    case .unterminated: self = .configUnterminated
    case .longLine: self = .configLongLine
    case .nul: self = .configNul
    case .leadingBlanks: self = .configLeadingBlanks
    case .noDirectory: self = .configNoDir
    case .badDirectory: self = .configBadDir
    case .trailingBlanks: self = .configTrailingBlanks
    case .quotes: self = .configQuotes
    case .comment: self = .configComment
    case .badTag: self = .configBadTag
    case .tagMarks: self = .configTagMarks
    case .badSecctx: self = .configBadSecctx
    case .badLimit: self = .configBadLimit
    case .limitOrder: self = .configLimitOrder
    case .badCullTable: self = .configBadCullTable
    case .nocull: self = .configNocull
    case .resumeThresholds: self = .configResumeThresholds
    case .notPermitted: self = .configNotPermitted
    case .unknownCommand: self = .configUnknownCommand
    }
  }
}

/// One line of the table of symptoms.
package struct Symptom: Sendable {
  /// Its name, fixed for ever.
  package var id: SymptomID
  /// Which part of the report it belongs to.
  package var group: SymptomGroup
  /// How bad it is.
  package var status: HealthStatus
  /// What it means.
  package var meaning: String
  /// What to do, one line; empty where there is nothing to do.
  package var advice: String

  init(_ id: SymptomID, _ group: SymptomGroup, _ status: HealthStatus, _ meaning: String, advice: String = "") {
    self.id = id
    self.group = group
    self.status = status
    self.meaning = meaning
    self.advice = advice
  }

  /// The symptom with this name.
  package static func of(_ id: SymptomID) -> Symptom { byID[id] ?? Symptom(id, .kernel, .unknown, "") }

  private static let byID = Dictionary(uniqueKeysWithValues: table.map { ($0.id, $0) })
}

/// One thing that was looked at, and how it stands.
package struct HealthCheck: Sendable, Equatable {
  /// What was found.
  package var id: SymptomID
  /// Of what: a path, a mount, a line of the configuration; empty where the message says all.
  package var subject: [UInt8]
  /// The fact, in words.
  package var message: String
  /// What to do in this case, where the table's words are not enough.
  package var ownAdvice: String?

  /// How bad it is.
  package var status: HealthStatus { Symptom.of(id).status }
  /// Which part of the report it belongs to.
  package var group: SymptomGroup { Symptom.of(id).group }
  /// What to do, one line; empty where there is nothing to do.
  package var advice: String { ownAdvice ?? Symptom.of(id).advice }
}
