// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Takes out of an output what differs from run to run, and, on a file system that is not the case's own, what differs from one
/// file system to another.
struct Normalisation {
  /// The directory of the case.
  let scratch: String
  /// Whether the case has a ``FileSystemImage``: sizes stay.
  let hasOwnFileSystem: Bool

  /// An output in the form in which it is compared.
  func apply(_ bytes: [UInt8]) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { return "not UTF-8: \(bytes)\n" }
    return withoutSizes(Self.replace(text.replacingOccurrences(of: scratch, with: "$DIR"), Self.always))
  }

  /// What was written down, in the form in which an output of this run is compared with it.
  func withoutSizes(_ text: String) -> String { hasOwnFileSystem ? text : Self.replace(text, Self.sizes) }

  private static func replace(_ text: String, _ patterns: [(String, String)]) -> String {
    patterns.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1, options: .regularExpression) }
  }

  /// Inode numbers, spans of time, names that are made up.
  private static let always: [(String, String)] = [
    ("(\"host\": ?)\"[^\"]*\"", "$1\"<machine>\""), ("(\"inode\": ?)[0-9]+", "$1<machine>"),
    ("(\"(oldest|newest)_ns\": ?)[0-9]+", "$1<time>"),
    ("(\"duration_ns\": ?)[0-9]+", "$1<time>"), ("(?m), [0-9.]+ s$", ", <time>"),
    ("it is locked by flock \\(pid [0-9]+\\)", "another program of this package is at work on it"),
    ("cachefiles-demo-[A-Za-z0-9]+", "cachefiles-demo-<unique>"),
  ]

  /// Allocated space depends on the file system; its size and type on the machine.
  private static let sizes: [(String, String)] = [
    ("(?m)^  (file system|space      |files      ) .*$", "  $1 <machine>"),
    ("(\"file_system\": )\\{[^}]*\\}", "$1{<machine>}"),
    ("(\"limits\": )\\{[^}]*\\}", "$1{<machine>}"),
    ("(\"(disk_bytes|graveyard_bytes|foreign_bytes)\": ?)[0-9]+", "$1<machine>"),
    ("(?m)^(  disk usage  )[0-9.]+ [KMGT]?i?B ", "$1<disk> "),
    ("(?m)^(  on disk +)[0-9.]+ [KMGT]?i?B allocated", "$1<disk> allocated"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B  [█▉▊▋▌▍▎▏ ]{10}  ", "<disk>  <bar>  "),
    ("(?m)^( *[0-9]+ (s|min|h|d|y)) +[0-9.]+ [KMGT]?i?B  ", "$1  <disk>  "),
    ("(?m)^ +DISK +OBJECTS", "  DISK             OBJECTS"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B +<?[0-9.]+ %  [█▉▊▋▌▍▎▏ ]{10}", "<disk>  <share>  <bar>"),
    ("(?m)^ +(DISK|LENGTH) +SHARE +OBJECTS", "  $1  SHARE  OBJECTS"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B {12,}", "<disk>              "), ("[0-9.]+ [KMGT]?i?B on disk", "<disk> on disk"),
    ("([█▉▊▋▌▍▎▏ ]{40}) +[0-9.]+ [KMGT]?i?B\n", "$1  <disk>\n"), (" +DISK\n", "  DISK\n"),
    ("(entries, )[0-9.]+ [KMGT]?i?B$", "$1<disk>"),
    ("(?m)^([A-Z][0-9]{2} [a-z]+  .*: [0-9 ]+), [0-9.]+ [KMGT]?i?B$", "$1, <disk>"),
    ("(?m)^(  available +)[0-9.]+ [KMGT]?i?B.*$", "$1<machine>"),
    ("(\"(oldest|newest)_ns\": ?)[0-9]+", "$1<time>"),
    ("(\"available_bytes(_before|_after)?\": ?)[0-9]+", "$1<machine>"),
    ("(objects?, )[0-9.]+ [KMGT]?i?B (would be removed|removed)", "$1<disk> $2"),
    ("[0-9.]+ [KMGT]?i?B affected", "<disk> affected"),
    ("(\"affected_bytes\": ?)[0-9]+", "$1<machine>"),
    ("(\"freed_bytes\": ?)[0-9]+", "$1<machine>"), ("[0-9.]+ [KMGT]?i?B (freed|purged)", "<disk> $1"),
    ("(would be purged, )[0-9.]+ [KMGT]?i?B", "$1<disk>"),
    ("(?m)^ +([0-9.]+ [KMGT]?i?B|DISK) +(([0-9]+|OBJECTS) +([0-9]+|DIRTY)  )", "  <disk>  $2"),
    ("(?m)^ *[0-9.]+ [KMGT]?i?B +([0-9]+  )", "<disk>  $1"), ("(iB +[0-9]+ +)[0-9.]+ %", "$1<share>"),
    ("(?m)^(cachefiles_(disk|used|file_system|limit)_[^ ]* )[0-9]+$", "$1<machine>"),
    ("(?m)^(file system\n  ok        ).*$", "$1<machine>"), ("(?m)^(  ok        (blocks|files): ).*$", "$1<machine>"),
  ]
}
