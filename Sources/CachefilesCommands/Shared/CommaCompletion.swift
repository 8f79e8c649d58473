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
    // Zsh gives the whole of `--option=value`, and completes what is behind the sign.
    let list = typed.hasPrefix("--") ? typed.drop { $0 != "=" }.dropFirst() : typed[...]
    let known = list.lastIndex(of: ",").map { String(list[...$0]) } ?? ""
    let given = known.lowercased().split(separator: ",")
    return words.filter { word in !given.contains { $0 == word.lowercased() } }.map { known + $0 }
  }
}
