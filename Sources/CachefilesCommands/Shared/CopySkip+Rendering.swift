// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

extension CopySkip {
  /// Names what is left out: what a user must know always, the rest with `--verbose`.
  static func printer(_ output: Output, _ words: String) -> @Sendable (CopySkip) -> Void {
    let (isVerbose, isQuiet) = (output.isVerbose, output.isQuiet)
    return { skip in
      // What changed meanwhile is missing, and as a failure is told whatever was asked for.
      guard isVerbose || skip.reason == .changed || (skip.reason == .different && !isQuiet) else { return }
      StandardError.line("cachefiles: \(EscapedBytes.string(skip.path)): \(words): \(skip.words)")
    }
  }
}

extension CopySkipReason {
  /// What was left out, by reason, as a line goes on; empty when nothing was.
  static func words(_ skipped: [CopySkipReason: Int]) -> String {
    allCases.compactMap { reason in
      skipped[reason].flatMap { $0 > 0 ? "\(Quantity.count($0)) \(reason.words)" : nil }
    }.joined(separator: ", ")
  }

  private var words: String {
    switch self {
    case .present: "already there"
    case .different: "where something else is"
    case .changed: "that changed meanwhile"
    case .dirty: "dirty"
    case .unsound: "unusable"
    case .volume: "in volumes left out"
    case .foreign: "not part of a cache"
    }
  }
}

extension CopyRefusal {
  /// What a command throws for it; what is in use gets its line here.
  var failure: any Error {
    guard case .inUse = self else { return Failure(description) }
    StandardError.line("cachefiles: \(self)")
    return ExitStatus.live
  }
}

extension JSONWriter {
  /// Writes how many things were left out, by reason.
  mutating func skipped(_ skipped: [CopySkipReason: Int]) {
    number("skipped", skipped.values.reduce(0, +))
    object("skipped_reasons") { json in
      for reason in CopySkipReason.allCases {
        json.key(reason.rawValue)
        json.number(nil, skipped[reason] ?? 0)
      }
    }
  }
}
