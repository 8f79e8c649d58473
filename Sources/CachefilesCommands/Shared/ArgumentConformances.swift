public import ArgumentParser
public import CachefilesFormat
public import CachefilesStore

// Values of the library that can stand on the command line by their names.
extension ByteOrder: ExpressibleByArgument {}
extension NetfsType: ExpressibleByArgument {}
extension ObjectListing.Order: ExpressibleByArgument {}
