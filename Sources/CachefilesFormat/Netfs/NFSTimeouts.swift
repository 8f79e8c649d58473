// SPDX-License-Identifier: Apache-2.0

/// What the four attribute timeouts of an NFS mount would be in seconds at one timer frequency.
///
/// The volume key has them in jiffies, ticks of the writing kernel's timer; the frequency (`CONFIG_HZ`) is not stored.
public struct NFSTimeouts: Equatable, Sendable {
  /// The timer frequencies that Linux kernels are built with, in Hz.
  public static let frequencies = [100, 250, 300, 1000]

  /// The timer frequency of this reading, in Hz.
  public var hz: Int
  /// `acregmin`, in seconds.
  public var acregmin: Double
  /// `acregmax`, in seconds.
  public var acregmax: Double
  /// `acdirmin`, in seconds.
  public var acdirmin: Double
  /// `acdirmax`, in seconds.
  public var acdirmax: Double
  /// Whether all four are whole seconds, as the mount options are; if not, the kernel had another frequency.
  public var isWhole: Bool
  /// Whether they are the defaults 3, 60, 30 and 60 s (`NFS_DEF_ACREGMIN` …, include/linux/nfs_fs.h).
  public var isDefault: Bool
}

extension NFSVolume {
  /// The timeouts at each timer frequency that Linux kernels are built with.
  public func candidateTimeouts() -> [NFSTimeouts] {
    let jiffies = [acregmin, acregmax, acdirmin, acdirmax]
    return NFSTimeouts.frequencies.map { hz in
      let seconds = jiffies.map { Double($0) / Double(hz) }
      return NFSTimeouts(
        hz: hz, acregmin: seconds[0], acregmax: seconds[1], acdirmin: seconds[2], acdirmax: seconds[3],
        isWhole: jiffies.allSatisfy { $0 % UInt32(hz) == 0 }, isDefault: seconds == [3, 60, 30, 60])
    }
  }

  /// The timer frequency, in Hz, at which the timeouts are the defaults; nil when there is none.
  public var defaultFrequency: Int? {
    let matches = candidateTimeouts().filter(\.isDefault)
    return matches.count == 1 ? matches[0].hz : nil
  }
}
