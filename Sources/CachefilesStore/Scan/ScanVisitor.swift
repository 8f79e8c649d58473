// SPDX-License-Identifier: Apache-2.0

/// What looks at the entries of a scan. Each thread has one of its own; they are merged at the end.
package protocol ScanVisitor {
  /// Looks at one entry.
  mutating func visit(_ entry: borrowing ScanEntry)
  /// Takes over what another visitor saw.
  mutating func merge(_ other: consuming Self)
}
