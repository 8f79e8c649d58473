// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

extension EntryHandle {
  /// Removes it with everything in it. It was just looked at.
  ///
  /// - Throws: the first `Errno`.
  package func remove() throws(Errno) {
    guard let name else { throw .invalidArgument }
    if let error = TreeRemover.remove(name, in: directory.value) { throw error }
  }
}
