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
