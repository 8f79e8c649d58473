// SPDX-License-Identifier: Apache-2.0
import LinuxIO
package import SystemPackage

extension Store {
  /// The directory that an entry stands in, as a scan would have come across it: for the removal of one entry that was not scanned.
  ///
  /// It is reached from the root down, one name at a time; no link is followed and no mount entered.
  /// - Throws: `Errno`; ENOENT where a directory is missing, EXDEV where something is mounted.
  package func node(above path: CachePath) throws(Errno) -> DirectoryNode {
    var node = DirectoryNode(parent: nil, name: self.path, place: .root, volume: nil)
    var current = SharedDescriptor(try root.duplicate())
    node.adopt(current, rootStatus)
    for component in path.parent.components {
      guard let name = EntryName(component) else { throw .invalidArgument }
      let next = SharedDescriptor(try current.value.open(name, .directory))
      let status = try next.value.status()
      guard status.device == rootStatus.device, !status.isMountPoint else { throw .improperLink }
      node = DirectoryNode(parent: node, name: component, place: node.place.child(named: component.span), volume: nil)
      node.adopt(next, status)
      current = next
    }
    return node
  }
}
