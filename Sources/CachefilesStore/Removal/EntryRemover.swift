// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// Removes entries, one at a time, from the thread that it was made for.
package protocol EntryRemover {
  /// Removes a file if it still is the one that was looked at.
  ///
  /// - Throws: ``Refusal/stopped(_:)`` when nothing more can be removed.
  func remove(_ name: EntryName, _ seen: SeenFile, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer

  /// A directory of the scan, open and still the one that was seen.
  ///
  /// - Throws: `Errno`; ESTALE where another one stands.
  func directory(_ node: DirectoryNode) throws(Errno) -> SharedDescriptor

  /// What would come of a removal, as far as that is known without one.
  func ask(_ name: EntryName, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer
}

extension EntryRemover {
  package func directory(_ node: DirectoryNode) throws(Errno) -> SharedDescriptor { try node.descriptor() }
}
