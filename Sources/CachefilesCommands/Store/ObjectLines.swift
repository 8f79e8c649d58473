import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization

/// One object of a listing.
struct ObjectLine: Renderable {
  let item: ObjectListing.Item
  let now: Int64

  func write(to json: inout JSONWriter) {
    json.bytes("path", item.path)
    json.number("atime_ns", item.accessTime)
    json.number("disk_bytes", item.diskBytes)
    json.number("file_bytes", item.fileBytes)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let age = Quantity.age(item.accessTime, now: now)
    let disk = Quantity.size(item.diskBytes)
    let file = Quantity.size(item.fileBytes)
    return [
      "\(style.faint(age.right(7)))  \(disk.right(9))  \(style.faint(file.right(9)))  \(EscapedBytes.string(item.path))"
    ]
  }
}

/// Prints the objects as the scan comes across them, so that a list of any length needs no memory.
struct ObjectPrinter: ScanVisitor {
  private let shared: SharedOutput
  private let now: Int64
  private var buffer: [UInt8] = []

  init(_ shared: SharedOutput, now: Int64) {
    self.shared = shared
    self.now = now
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard let item = ObjectListing.Item(entry) else { return }
    shared.output.append(ObjectLine(item: item, now: now), command: "ls", to: &buffer)
    if buffer.count >= 32 << 10 { flush() }
  }

  mutating func merge(_ other: consuming ObjectPrinter) {
    other.flush()
  }

  private mutating func flush() {
    shared.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// An output that several threads write whole lines to.
final class SharedOutput: @unchecked Sendable {
  // `output` is read by all threads; its stream is touched under the lock only.
  let output: Output
  private let lock = Mutex<Void>(())

  init(_ output: Output) { self.output = output }

  /// Writes lines.
  func write(_ bytes: [UInt8]) {
    lock.withLock { _ in output.stream.append { $0 += bytes } }
  }
}
