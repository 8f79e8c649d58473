// SPDX-License-Identifier: Apache-2.0

/// With which options a kernel was built: `/proc/config.gz`, unpacked, or `/boot/config-<release>`.
public struct KernelConfiguration: Equatable, Sendable {
  /// The names of the options that are set, without `CONFIG_`.
  private var set: Set<[UInt8]> = []
  /// Whether it has lines of a configuration at all.
  private var isKnown = false

  /// Reads the text.
  public init(parsing text: Span<UInt8>) {
    let start = Array("CONFIG_".utf8)
    KernelText.forEachLine(of: text) { line in
      let bytes = line.array
      guard bytes.starts(with: start), let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals + 1 < bytes.count
      else {
        return
      }
      isKnown = true
      if bytes[equals + 1] == UInt8(ascii: "y") || bytes[equals + 1] == UInt8(ascii: "m") {
        set.insert(Array(bytes[start.count..<equals]))
      }
    }
  }

  /// Whether an option is set, `NFS_FSCACHE`; nil when the text is no configuration.
  public func has(_ option: String) -> Bool? { isKnown ? set.contains(Array(option.utf8)) : nil }

  /// The option by which files of a netfs are cached.
  public static func option(of type: NetfsType) -> String? {
    switch type {
    case .nfs: "NFS_FSCACHE"
    case .cifs: "CIFS_FSCACHE"
    case .ninep: "9P_FSCACHE"
    case .afs: "AFS_FSCACHE"
    case .ceph: "CEPH_FSCACHE"
    case .erofs: "EROFS_FS_ONDEMAND"
    case .unknown: nil
    }
  }
}
