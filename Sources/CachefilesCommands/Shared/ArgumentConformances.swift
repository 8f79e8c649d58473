// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import CachefilesFormat
import CachefilesSurvey

// Values of the library that can stand on the command line by their names.
extension ByteOrder: ExpressibleByArgument {}
extension NetfsType: ExpressibleByArgument {
  /// By the name that a volume key begins with, or as people call it.
  public init?(argument: String) {
    switch argument.lowercased() {
    case "smb", "smb3": self = .cifs
    case "nfs3", "nfs4": self = .nfs
    case let name: self.init(rawValue: name)
    }
  }

  /// The names that a refusal lists.
  public static var allValueStrings: [String] { allCases.map(\.rawValue) + ["smb"] }
}
extension UsageGroups.Kind: ExpressibleByArgument {}
extension ObjectListing.Order: ExpressibleByArgument {
  /// The orders of `ls`; runs of data are told by `cache-du --top`.
  package init?(argument: String) {
    self.init(rawValue: argument)
    if self == .extents { return nil }
  }

  /// The names of the orders of `ls`.
  package static var allValueStrings: [String] { [Self.atime, .size, .name].map(\.rawValue) }
}
