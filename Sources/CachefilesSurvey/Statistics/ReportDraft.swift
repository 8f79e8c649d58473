// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
import LinuxIO
import SystemPackage

/// A report on its way into a ``ReportFile``: what is appended stands in a file of another name until ``keep()``, and is gone when
/// the value goes away without it.
package final class ReportDraft: Sendable {
  private let path: FilePath
  private let file: SharedDescriptor
  /// Where the file gets its name; nil for what is written to as it is.
  private let place: Place?
  private let state = Kept()

  private struct Place: Sendable {
    let directory: SharedDescriptor
    let draft: EntryName
    let name: EntryName
  }

  // Written by the thread that ends the report, and read when nobody else has the value.
  private final class Kept: Sendable {
    nonisolated(unsafe) var isKept = false
  }

  init(_ path: FilePath, to stream: SharedDescriptor) {
    self.path = path
    file = stream
    place = nil
  }

  init(_ path: FilePath, _ name: EntryName, in directory: SharedDescriptor) throws(Errno) {
    let prefix: [UInt8] = [UInt8(ascii: ".")] + name.bytes.prefix(200)
    guard let draft = EntryName(prefix + Array(".\(CurrentProcess.identifier)".utf8)) else { throw .invalidArgument }
    self.path = path
    file = SharedDescriptor(try directory.value.open(draft, .create(permissions: 0o644)))
    place = Place(directory: directory, draft: draft, name: name)
  }

  deinit {
    if let place, !state.isKept { try? place.directory.value.unlink(place.draft) }
  }

  /// Appends to it; from one thread at a time.
  ///
  /// - Throws: ``StoreError``.
  package func append(_ bytes: [UInt8]) throws(StoreError) {
    do throws(Errno) {
      if place == nil { try file.value.appendPatiently(bytes) } else { try file.value.append(bytes) }
    } catch {
      throw ReportFile.failure(path, error)
    }
  }

  /// Puts it in the place of the old file, when it is on the disk.
  ///
  /// - Throws: ``StoreError``; the old file is as it was.
  package func keep() throws(StoreError) {
    guard let place else { return }
    do throws(Errno) {
      try file.value.synchronize()
      try place.directory.value.rename(place.draft, to: place.directory.value, place.name, .replace)
    } catch {
      throw ReportFile.failure(path, error)
    }
    state.isKept = true
  }
}
