// SPDX-License-Identifier: Apache-2.0

/// What it takes for a repair to be done.
package enum RepairConsent: Sendable {
  /// `-p`: it loses nothing but copies that the kernel would refuse or could never find, or restores access.
  case safe
  /// `-y`.
  case asked
  /// `-y --include-dirty`.
  case dirty
}
