// SPDX-License-Identifier: Apache-2.0

/// The volumes that the cache has: those of the kernel's table and those of the directory.
public struct KnownVolumes: Equatable, Sendable {
  /// The kernel's table; nil when there is none.
  public var kernel: [VolumeLine]?
  /// The keys of the volumes in the directory.
  public var directory: [[UInt8]]

  /// Makes a list.
  public init(kernel: [VolumeLine]? = nil, directory: [[UInt8]] = []) {
    self.kernel = kernel
    self.directory = directory
  }

  /// The volumes whose key passes a test, each once; the test gives what speaks against the volume, nil when it is
  /// another one.
  func candidates(_ test: ([UInt8]) -> [String]?) -> [VolumeCandidate] {
    var found: [VolumeCandidate] = []
    for line in kernel ?? [] {
      guard let differences = test(line.key) else { continue }
      found.append(
        VolumeCandidate(key: line.key, origin: .kernel, number: line.volume, differences: differences))
    }
    for key in directory where !found.contains(where: { $0.key == key }) {
      guard let differences = test(key) else { continue }
      found.append(VolumeCandidate(key: key, origin: .directory, differences: differences))
    }
    return found
  }

  /// The one volume of a key that is known exactly.
  func candidate(key: [UInt8]) -> VolumeCandidate {
    candidates { $0 == key ? [] : nil }.first ?? VolumeCandidate(key: key, origin: .computed)
  }
}
