// SPDX-License-Identifier: Apache-2.0
import CLinux
public import SystemPackage

/// What root may do, piece by piece (capabilities(7)).
public struct Capabilities: OptionSet, Sendable {
  /// A bit for each, by its number.
  public let rawValue: UInt64

  /// Makes a set of those whose bits are set.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `CAP_DAC_OVERRIDE`: open and change files whatever their permissions.
  public static let ignorePermissions = Capabilities(rawValue: 1 << 1)
  /// `CAP_FOWNER`: do to files what is their owner's right, such as reading without a change of the access time.
  public static let actAsOwner = Capabilities(rawValue: 1 << 3)

  /// Gives up all others for good; for this thread and those that it starts from now on.
  ///
  /// The corresponding C functions are `prctl` with `PR_CAPBSET_DROP` and `PR_SET_NO_NEW_PRIVS`, and `capset`.
  /// - Throws: `Errno`.
  public static func keepOnly(_ kept: Capabilities) throws(Errno) {
    try perform(.capset) { clinux_keep_capabilities(kept.rawValue) }
  }
}
