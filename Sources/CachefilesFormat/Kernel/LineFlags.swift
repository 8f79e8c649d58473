// SPDX-License-Identifier: Apache-2.0

/// Flags of kernel text.
enum LineFlags {
  /// The names of the bits that are set, lowest first, and what is left as one hexadecimal number.
  static func names(of flags: UInt64, in table: [String]) -> [String] {
    var names: [String] = []
    for (bit, name) in table.enumerated() where flags >> UInt64(bit) & 1 == 1 { names.append(name) }
    let rest = flags & ~((1 << UInt64(table.count)) - 1)
    if rest != 0 { names.append("0x" + String(rest, radix: 16)) }
    return names
  }
}
