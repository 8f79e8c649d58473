// SPDX-License-Identifier: Apache-2.0

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
  case mountInside = "mount-inside", walkIncomplete = "walk-incomplete"
  case fsFit = "fs-fit", fsCopy = "fs-copy", fsUnfit = "fs-unfit", fsDoubtful = "fs-doubtful", fsReadOnly =
    "fs-read-only"
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
