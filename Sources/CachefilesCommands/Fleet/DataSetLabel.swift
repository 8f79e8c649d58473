// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// What a scheduler is told of a data set and its nodes.
enum DataSetLabel: String, CaseIterable, ExpressibleByArgument {
  /// Features of Slurm's nodes.
  case slurm
  /// Labels of Kubernetes' nodes.
  case kubernetes
  /// Properties of Flux' resources.
  case flux

  /// The shares, in percent, that have a feature or property of their own: these have no values to compare.
  static let steps = [25, 50, 75, 99]

  /// Whether a node can be named to a scheduler: what is no host name may be an option, or more, to the program that reads it.
  static func canName(_ host: String) -> Bool {
    guard let first = host.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: ".") else { return false }
    return host.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
    }
  }

  /// The lines for a data set and nodes that can be named.
  func lines(_ path: [UInt8], _ nodes: [FleetNode]) -> [String] {
    switch self {
    case .slurm:
      let name = Self.word(path, separator: "_", limit: 60)
      return nodes.map { "NodeName=\($0.host) Features=\(Self.features(name, $0).joined(separator: ","))" }
    case .kubernetes:
      let name = Self.word(path, separator: ".", limit: 63)
      return nodes.map { "\($0.host) cachefiles/\(name)=\(Self.percent($0))" }
    case .flux:
      let name = Self.word(path, separator: "_", limit: 60)
      return nodes.flatMap { node in
        let list = Self.features(name, node).map { "\"\($0)\"" }.joined(separator: ", ")
        return ["[[resource.config]]", "hosts = \"\(node.host)\"", "properties = [\(list)]"]
      }
    }
  }

  /// The features of a node: that it has something, and each step that it has reached.
  private static func features(_ name: String, _ node: FleetNode) -> [String] {
    let percent = percent(node)
    return ["cached_\(name)"] + steps.filter { percent >= $0 }.map { "cached_\(name)_\($0)" }
  }

  /// The share in whole percent, rounded down: what is promised is there.
  private static func percent(_ node: FleetNode) -> Int { Int(node.share * 100) }

  /// A path as a word that all schedulers take: letters, digits and the separator, which begins and ends none. What is lost on the
  /// way is told apart by a hash.
  static func word(_ path: [UInt8], separator: Character, limit: Int) -> String {
    var isExact = true
    var text = ""
    for part in path.split(separator: UInt8(ascii: "/")) {
      if !text.isEmpty { text.append(separator) }
      for byte in part {
        let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        if !isPlain { isExact = false }
        text.append(isPlain ? Character(Unicode.Scalar(byte)) : "-")
      }
    }
    let slurmIsSafe = text.map { $0 == "-" && separator == "_" ? "_" : $0 }
    text = String(slurmIsSafe)
    if isExact, text.count <= limit, !text.isEmpty { return text }
    let kept = text.prefix(limit - 9).drop { !$0.isLetter && !$0.isNumber }
    return "\(kept)\(separator)\(hash(path))"
  }

  /// FNV-1a, 32 bits, as eight digits.
  private static func hash(_ bytes: [UInt8]) -> String {
    Hex.string(bytes.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
  }
}
