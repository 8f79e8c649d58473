// SPDX-License-Identifier: Apache-2.0

/// A volume in which the objects of a mount may lie.
public struct VolumeCandidate: Equatable, Sendable {
  /// How the volume is known.
  public enum Origin: String, Sendable {
    /// The kernel's table has it: it is in use.
    case kernel
    /// The cache directory has it.
    case directory
    /// Neither has it; the key is what the kernel would make of the mount.
    case computed
  }

  /// The volume key.
  public var key: [UInt8]
  /// How the volume is known.
  public var origin: Origin
  /// Its number in the kernel's table.
  public var number: UInt32?
  /// What of the mount's options speaks against it, each as a few words; objects there are of an earlier mount.
  public var differences: [String]

  /// Makes a candidate.
  public init(key: [UInt8], origin: Origin, number: UInt32? = nil, differences: [String] = []) {
    self.key = key
    self.origin = origin
    self.number = number
    self.differences = differences
  }
}
