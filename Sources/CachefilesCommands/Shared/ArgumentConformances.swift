public import ArgumentParser
public import CachefilesFormat
public import CachefilesStore

// Values of the library that can stand on the command line by their names.
extension ByteOrder: ExpressibleByArgument {}
extension NetfsType: ExpressibleByArgument {}
extension UsageGroups.Kind: ExpressibleByArgument {}
extension ObjectListing.Order: ExpressibleByArgument {
  /// The orders of `ls`; runs of data are told by `cache-du --top`.
  public init?(argument: String) {
    self.init(rawValue: argument)
    if self == .extents { return nil }
  }

  /// The names of the orders of `ls`.
  public static var allValueStrings: [String] { [Self.atime, .size, .name].map(\.rawValue) }
}
