// SPDX-License-Identifier: Apache-2.0

/// Takes the entries of one thread of a scan, whatever the type of the visitor that looks at them.
class EntrySink {
  /// Looks at one entry.
  func visit(_ entry: borrowing ScanEntry) {}
}
