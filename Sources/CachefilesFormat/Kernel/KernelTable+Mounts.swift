// SPDX-License-Identifier: Apache-2.0

/// `/proc/self/mountinfo`.
public typealias MountTable = KernelTable<MountEntry>

extension KernelTable where Line == MountEntry {
  /// The mount that a file is on, told by its absolute path without links; of several on one place the last.
  public func entry(holding path: [UInt8]) -> MountEntry? {
    var best: MountEntry?
    for entry in rows where Self.isBelow(path, entry.mountPoint) {
      if entry.mountPoint.count >= best?.mountPoint.count ?? 0 { best = entry }
    }
    return best
  }

  private static func isBelow(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
    let slash = UInt8(ascii: "/")
    return path == directory || directory == [slash] || path.starts(with: directory + [slash])
  }
}
