// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What came of a victim, or would.
enum VictimAnswer: Sendable {
  /// It is gone.
  case removed
  /// It may hold writes that the server never got, and stays.
  case dirty
  /// The kernel uses it; it stays.
  case inUse
  /// It had gone before, or is not what was looked at any more.
  case changed
  /// It could not be removed.
  case failed(Errno)

  init(_ answer: RemovalAnswer) {
    switch answer {
    case .removed: self = .removed
    case .inUse: self = .inUse
    case .changed: self = .changed
    case .failed(let error): self = .failed(error)
    }
  }

  /// What keeps a victim from being removed, as far as its cache attribute tells; nil where nothing does.
  static func beforeRemoval(
    of name: EntryName, in directory: borrowing OwnedDescriptor, _ values: AttributeBuffer
  ) -> VictimAnswer? {
    let reading = directory.attribute(CacheAttribute.name, of: name, into: values)
    if Dirtiness(reading, values).isClean { return nil }
    // One that cannot be read is a failure; one that is longer than any kernel's is taken for dirty.
    if case .failed(let error) = reading { return VictimAnswer(RemovalAnswer(error)) }
    return .dirty
  }
}
