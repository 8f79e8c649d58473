// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization
import SystemPackage

/// Copies data from file to file in the best way that the two file systems know: shared (`FICLONE`), inside the kernel
/// (`copy_file_range`), or through memory. What one object shows to be impossible is not tried for the others.
final class DataCopier: Sendable {
  private let canClone = Atomic<Bool>(true)
  private let canCopyRange = Atomic<Bool>(true)
  /// So many bytes go through memory at once.
  static let pieceSize = 1 << 20

  /// Gives an empty file a length and the runs of data of another one.
  ///
  /// The length comes first: file systems that allocate ahead of growing files would otherwise make data of holes.
  /// - Returns: false when the source ended before the last run.
  func copy(
    _ layout: DataLayout, size: UInt64, from source: borrowing OwnedDescriptor, to file: borrowing OwnedDescriptor
  ) throws(CopyFault) -> Bool {
    if layout.droppedBytes == 0, !layout.extents.isEmpty, try clone(source, to: file) { return true }
    do throws(Errno) { try file.truncate(to: Int64(clamping: size)) } catch {
      throw CopyFault(side: .destination, operation: "set the length of", error: error)
    }
    for run in layout.extents {
      guard try copy(run, from: source, to: file) else { return false }
    }
    return true
  }

  /// Whether the file could be made to share the other's data.
  private func clone(
    _ source: borrowing OwnedDescriptor, to file: borrowing OwnedDescriptor
  ) throws(CopyFault) -> Bool {
    guard canClone.load(ordering: .relaxed) else { return false }
    do throws(Errno) {
      try file.clone(from: source)
      return true
    } catch {
      guard Self.isImpossible(error) else {
        throw CopyFault(side: .destination, operation: "share the data with", error: error)
      }
      canClone.store(false, ordering: .relaxed)
      return false
    }
  }

  private func copy(
    _ run: DataExtent, from source: borrowing OwnedDescriptor, to file: borrowing OwnedDescriptor
  ) throws(CopyFault) -> Bool {
    var offset = run.offset
    while offset < run.end, canCopyRange.load(ordering: .relaxed) {
      do throws(Errno) {
        let count = try file.copyRange(from: source, at: offset, count: run.end - offset)
        // The end of the file, or so it seems: a read will tell.
        if count == 0 { break }
        offset += count
      } catch {
        guard Self.isImpossible(error) else {
          throw CopyFault(side: .destination, operation: "copy the data to", error: error)
        }
        canCopyRange.store(false, ordering: .relaxed)
      }
    }
    while offset < run.end {
      let bytes: [UInt8]
      do throws(Errno) {
        bytes = try source.read(at: Int64(offset), count: Int(min(run.end - offset, UInt64(Self.pieceSize))))
      } catch {
        throw CopyFault(side: .source, operation: "read", error: error)
      }
      if bytes.isEmpty { return false }
      do throws(Errno) { try file.write(bytes, at: Int64(offset), count: bytes.count) } catch {
        throw CopyFault(side: .destination, operation: "write", error: error)
      }
      offset += UInt64(bytes.count)
    }
    return true
  }

  /// Whether an error says that the two files cannot be copied in this way, and not that something is broken.
  private static func isImpossible(_ error: Errno) -> Bool {
    switch error {
    case .notSupported, .inappropriateIOCTLForDevice, .improperLink, .invalidArgument, .noFunction: true
    default: false
    }
  }
}
