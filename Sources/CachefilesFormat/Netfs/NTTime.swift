// SPDX-License-Identifier: Apache-2.0

/// A time as Windows and SMB count it: units of 100 nanoseconds since 1601; `cifs_UnixTimeToNT` in the kernel
/// (fs/smb/client/netmisc.c).
public struct NTTime: Equatable, Sendable {
  /// The number of 100-nanosecond units.
  public var units: UInt64

  /// Wraps a number of units.
  public init(units: UInt64) { self.units = units }

  /// Seconds between 1601 and 1970.
  private static let epochSeconds: Int64 = 11_644_473_600

  /// The whole seconds since 1970; negative before.
  public var seconds: Int64 { Int64(units / 10_000_000) - Self.epochSeconds }

  /// The nanoseconds after the whole second.
  public var nanoseconds: UInt32 { UInt32(units % 10_000_000) * 100 }

  /// The value of a field. Servers without creation times send 0, which is no time.
  var value: NetfsField.Value {
    units == 0 ? .text("none") : .time(seconds: seconds, nanoseconds: nanoseconds)
  }
}
