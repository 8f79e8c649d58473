// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Where the kernel's volumes are mounted.
package struct MountPoints: Sendable {
  private var places: [[UInt8]: [[UInt8]]] = [:]

  /// Nothing is mounted.
  package init() {}

  /// Looks at each mount that asks for caching for the volumes that the kernel has of it.
  package init(_ view: KernelView) {
    guard let mounts = view.mounts, let volumes = view.volumes else { return }
    let known = KnownVolumes(kernel: volumes.rows)
    for mount in mounts.rows where mount.netfs != nil && mount.asksForCache {
      let row = view.nfsVolumes?.rows.first { $0.device == mount.device }
      let match = MountMatch(mount, nil, nfs: row, known)
      // A mount that does not tell its volume is left out, not guessed.
      guard match.uncertainty == nil else { continue }
      for candidate in match.own where candidate.origin == .kernel {
        if places[candidate.key]?.contains(mount.mountPoint) != true {
          places[candidate.key, default: []].append(mount.mountPoint)
        }
      }
    }
  }

  /// Where a volume is mounted; empty where nowhere, or where it cannot be told.
  package subscript(key: [UInt8]) -> [[UInt8]] { places[key] ?? [] }
}
