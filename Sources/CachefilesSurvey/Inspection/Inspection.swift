// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// What can be seen of one entry of a cache directory: the facts behind `show`. Nothing is judged here.
package struct Inspection: Sendable {
  /// The path that was asked for, with its directories resolved.
  package var path: [UInt8]
  /// What the path names.
  package var position: StorePath
  /// The entry's status.
  package var status: FileStatus
  /// The value of the cache attribute; nil when there is none or it could not be read.
  package var attribute: [UInt8]?
  /// Why the attribute could not be read.
  package var attributeError: Errno?
  /// The runs of data of a regular file; nil when they could not be found.
  package var extents: [DataExtent]?
  /// Why the runs of data could not be found.
  package var extentsError: Errno?
  /// The attribute of the object's volume directory; nil when it has none or is not to be seen.
  package var volumeAttribute: [UInt8]?
  /// Whether the volume directory above the object, and its attribute, could be looked at.
  package var hasVolume = false
  /// Why they could not.
  package var volumeError: StoreError?
  /// For directories: how many entries there are; nil when they could not be counted.
  package var entries: Int?
  /// Why the entries could not be counted.
  package var entriesError: Errno?

  /// Looks at an entry. Directories in the path may be symbolic links, the entry itself is not followed.
  ///
  /// - Throws: ``StoreError`` when it does not exist or its directory cannot be opened.
  package init(path: FilePath) throws(StoreError) {
    let bytes = path.bytes
    let (parentPath, name) = Self.split(bytes)
    let parent: OwnedDescriptor
    do throws(Errno) {
      // Names are looked up in it, which leaves its access time as it is; only the directory that was asked for is read.
      parent = try OwnedDescriptor(directory: FilePath(bytes: parentPath), keepsAccessTime: name == nil)
    } catch {
      throw StoreError(path: parentPath, operation: "open the directory", error: error)
    }
    let resolved = parent.resolvedPath ?? parentPath
    self.path = resolved
    position = .other
    status = FileStatus()
    guard let name else {
      // The path ends in `.`, `..` or a slash after them: the directory itself.
      position = StorePath(resolved.span)
      do throws(Errno) { status = try parent.status() } catch {
        throw StoreError(path: bytes, operation: "look at", error: error)
      }
      readDirectory(parent)
      return
    }
    self.path = resolved.appending(component: name.bytes)
    position = StorePath(self.path.span)
    do throws(Errno) { status = try parent.status(of: name) } catch {
      throw StoreError(path: self.path, operation: "look at", error: error)
    }
    do throws(Errno) {
      switch status.kind {
      case .directory: readDirectory(try parent.open(name, .directory))
      case .regular: readFile(try parent.open(name, .inspect))
      default: break
      }
    } catch {
      attributeError = error
      extentsError = error
    }
    if case .object = position { readVolume(above: parent) }
  }

  private mutating func readAttribute(_ file: borrowing OwnedDescriptor) {
    do throws(Errno) { attribute = try file.attribute(CacheAttribute.name) } catch { attributeError = error }
  }

  private mutating func readFile(_ file: borrowing OwnedDescriptor) {
    readAttribute(file)
    do throws(Errno) { extents = try file.dataExtents(size: status.size) } catch { extentsError = error }
  }

  private mutating func readDirectory(_ directory: borrowing OwnedDescriptor) {
    readAttribute(directory)
    let buffer = DirectoryBuffer(capacity: 64 << 10)
    var count = 0
    do throws(Errno) {
      while try buffer.fill(from: directory) { buffer.forEach { _ in count += 1 } }
      entries = count
    } catch {
      entriesError = error
    }
  }

  /// The volume is two directories above the object: its fanout's parent.
  private mutating func readVolume(above fanout: borrowing OwnedDescriptor) {
    do throws(Errno) {
      let volume = try fanout.openParent()
      volumeAttribute = try volume.attribute(CacheAttribute.name)
      hasVolume = true
    } catch {
      let above = Self.split(Self.split(path).parent).parent
      volumeError = StoreError(path: above, operation: "read the cache attribute", error: error)
    }
  }

  /// A path's directory and its last component; no component when that is `.` or `..` or missing.
  static func split(_ path: [UInt8]) -> (parent: [UInt8], name: EntryName?) {
    var end = path.count
    while end > 1, path[end - 1] == UInt8(ascii: "/") { end -= 1 }
    let trimmed = Array(path[..<end])
    guard let slash = trimmed.lastIndex(of: UInt8(ascii: "/")) else {
      guard let name = EntryName(trimmed) else { return (trimmed, nil) }
      return ([UInt8(ascii: ".")], name)
    }
    guard let name = EntryName(Array(trimmed[(slash + 1)...])) else { return (trimmed, nil) }
    return (slash == 0 ? [UInt8(ascii: "/")] : Array(trimmed[..<slash]), name)
  }
}
