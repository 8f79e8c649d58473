// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// What a shell offers for an option that takes words with commas between.
enum CommaCompletion {
  /// What has been typed of the list, followed by each word that may come next.
  static func of(_ words: [String]) -> CompletionKind {
    .custom { _, _, typed in offers(words, after: typed) }
  }

  /// The words that are not in the list yet, each behind what stands there.
  static func offers(_ words: [String], after typed: String) -> [String] {
    let known = typed.lastIndex(of: ",").map { String(typed[...$0]) } ?? ""
    let given = known.lowercased().split(separator: ",")
    return words.filter { word in !given.contains { $0 == word.lowercased() } }.map { known + $0 }
  }
}
