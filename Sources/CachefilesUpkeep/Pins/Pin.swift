// SPDX-License-Identifier: Apache-2.0

/// Objects that are to stay, and where the list of them comes from.
package struct Pin: Sendable, Equatable {
  /// What was named.
  package enum Kind: String, Sendable, CaseIterable {
    /// A directory on a mount: the files below it.
    case tree
    /// A file on a mount.
    case file
    /// A file with paths of objects.
    case manifest
  }

  /// An object, whether it exists or not.
  package struct Object: Sendable, Equatable {
    /// Its path below the root: `cache/I…/@xx/<name>`.
    package var path: [UInt8]
    /// The path of its file below that of a tree, the name of a file; empty where it is not known.
    package var file: [UInt8]

    /// Names an object.
    package init(path: [UInt8], file: [UInt8] = []) {
      self.path = path
      self.file = file
    }
  }

  /// What was named.
  package var kind: Kind
  /// Its absolute path.
  package var path: [UInt8]
  /// The objects.
  package var objects: [Object]

  /// Puts a pin together.
  package init(_ kind: Kind, path: [UInt8], objects: [Object] = []) {
    self.kind = kind
    self.path = path
    self.objects = objects
  }
}
