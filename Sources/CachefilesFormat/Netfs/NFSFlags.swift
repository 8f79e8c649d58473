// SPDX-License-Identifier: Apache-2.0

/// The names of bits in an NFS volume key: what was mounted, and how.
enum NFSFlags {
  /// Superblock flags that are part of the key: `NFS_SB_MASK` (fs/nfs/internal.h).
  static let superblock: [(UInt32, String)] = [
    (0x1, "ro"), (0x2, "nosuid"), (0x4, "nodev"), (0x8, "noexec"), (0x10, "sync"),
  ]

  /// `NFS_MOUNT_*` (include/uapi/linux/nfs_mount.h, include/linux/nfs_fs_sb.h), named like the mount options.
  static let mount: [(UInt32, String)] = [
    (0x1, "soft"), (0x2, "intr"), (0x4, "secure"), (0x8, "posix"), (0x10, "nocto"), (0x20, "noac"), (0x40, "tcp"),
    (0x80, "v3"), (0x100, "kerberos"), (0x200, "nolock"), (0x400, "brokensuid"), (0x800, "noacl"),
    (0x1000, "strictlock"), (0x2000, "secflavour"), (0x4000, "nordirplus"), (0x8000, "nosharecache"),
    (0x1_0000, "lookupcache=positive"), (0x2_0000, "lookupcache=none"), (0x4_0000, "noresvport"),
    (0x8_0000, "legacy"), (0x10_0000, "local_lock=flock"), (0x20_0000, "local_lock=posix"),
    (0x40_0000, "softerr"), (0x80_0000, "softreval"), (0x100_0000, "write=eager"), (0x200_0000, "write=wait"),
    (0x400_0000, "trunkdiscovery"), (0x800_0000, "shutdown"), (0x1000_0000, "noalignwrite"),
    (0x2000_0000, "force_rdirplus"), (0x4000_0000, "fatal_neterrors"),
  ]

  /// The names of the bits that are set, lowest first, and what is left as one hexadecimal number.
  static func names(of flags: UInt32, in table: [(UInt32, String)]) -> [String] {
    var names: [String] = []
    var rest = flags
    for (bit, name) in table where flags & bit != 0 {
      names.append(name)
      rest &= ~bit
    }
    if rest != 0 { names.append("0x" + String(rest, radix: 16)) }
    return names
  }

  /// The name of an RPC authentication flavour as in the option `sec=`, nil when it has none.
  ///
  /// Numbers: `enum rpc_auth_flavors` (include/linux/sunrpc/msg_prot.h).
  static func authenticationName(_ flavour: UInt32) -> String? {
    switch flavour {
    case 0: "none"
    case 1: "sys"
    case 390_003: "krb5"
    case 390_004: "krb5i"
    case 390_005: "krb5p"
    default: nil
    }
  }
}
