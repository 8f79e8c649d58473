// SPDX-License-Identifier: Apache-2.0

/// What a repair does; the word in JSON and in reports.
package enum RepairVerb: String, Sendable, CaseIterable {
  /// Move into the graveyard, from where it can be put back until the graveyard is emptied.
  case bury
  /// Give a volume directory the constant header that the kernel wrote.
  case setHeader = "set-header"
  /// Take the immutable and append-only flags away.
  case clearFlag = "clear-flag"
  /// Give a directory to root, with mode 0700.
  case setMode = "set-mode"
  /// Remove the cache attribute.
  case removeAttribute = "remove-attribute"
  /// Cut a file down to a whole number of pages.
  case truncate
  /// Set the time of the last access to now.
  case resetAccessTime = "reset-atime"
  /// Put an empty directory in its place and bury what was there.
  case replace

  /// Whether it leaves place, name, data and attribute of an object as they are: nothing that a dirty one holds is in danger.
  var keepsContent: Bool {
    switch self {
    case .clearFlag, .setMode, .resetAccessTime: true
    case .bury, .setHeader, .removeAttribute, .truncate, .replace: false
    }
  }

  /// What is done, after "cannot" or "will".
  package var infinitive: String {
    switch self {
    case .bury: "move it to the graveyard"
    case .setHeader: "write the constant header"
    case .clearFlag: "clear the flag"
    case .setMode: "give it to root alone"
    case .removeAttribute: "remove the attribute"
    case .truncate: "cut it to whole pages"
    case .resetAccessTime: "set its last use to now"
    case .replace: "put a directory in its place"
    }
  }
}
