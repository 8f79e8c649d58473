// SPDX-License-Identifier: Apache-2.0
import Glibc
import LinuxIO
import SystemPackage

/// Standard output, buffered, as bytes.
///
/// A reader that goes away (`| head`) ends the output silently; the program goes on, and its exit status is that of the whole. What prints
/// for as long as somebody reads ends there with the status of what was done so far. Any other failure ends the program with the status of
/// a failure; or the output alone ends, and the program says at its own end what came of it.
final class OutputStream {
  private var buffer: [UInt8] = []
  private let descriptor: Int32
  private var isClosed = false
  private static let limit = 64 << 10

  /// Whether the descriptor is a terminal.
  let isTerminal: Bool
  /// With what status a closed pipe ends the program; nil where only the output ends.
  private var statusOfClosedPipe: (() -> Int32)?
  /// Whether another failure to write ends the program, or only the output.
  private var endsOnFailure = true
  /// Says whether the program ends when its output cannot be written. What only looks is of no use without; work that changes something
  /// goes on, and ``hasFailed`` tells in the end.
  func endsOnFailure(_ ends: Bool) { endsOnFailure = ends }

  /// Ends the program when its reader has gone: for what prints as long as somebody reads. Its exit status says nothing of what was not
  /// looked at.
  ///
  /// - Parameter hasFailed: whether something failed so far.
  func endsWithReader(hasFailed: @escaping () -> Bool = { false }) { statusOfClosedPipe = { hasFailed() ? 1 : 0 } }

  /// Whether the output ended because it could not be written. A reader that went away is no failure.
  private(set) var hasFailed = false

  /// Whether the text is kept until ``take()``.
  private let isCollecting: Bool

  /// Starts a stream to a descriptor, or one that keeps the text.
  init(descriptor: Int32 = 1, isCollecting: Bool = false) {
    self.descriptor = isCollecting ? -1 : descriptor
    self.isCollecting = isCollecting
    isTerminal = !isCollecting && StandardStreams.isTerminal(descriptor)
    buffer.reserveCapacity(Self.limit + 4096)
  }

  /// Lets a closure append to the buffer.
  @inline(__always)
  func append(_ body: (inout [UInt8]) -> Void) {
    body(&buffer)
    if buffer.count >= Self.limit { flush() }
  }

  /// Appends text.
  func write(_ text: String) { append { $0 += text.utf8 } }

  /// Appends text and a newline.
  func line(_ text: String = "") {
    append {
      $0 += (isCollecting ? text : Terminal.shown(text, isTerminal: isTerminal)).utf8
      $0.append(UInt8(ascii: "\n"))
    }
  }

  /// The text of a stream that keeps it.
  func take() -> [UInt8] {
    let text = buffer
    buffer.removeAll()
    return text
  }

  /// Writes what is buffered.
  func flush() {
    if isCollecting { return }
    defer { buffer.removeAll(keepingCapacity: true) }
    if isClosed { return }
    do throws(Errno) {
      try OwnedDescriptor.appendPatiently(buffer.span, to: descriptor)
    } catch {
      if error == .brokenPipe {
        if let statusOfClosedPipe { exit(statusOfClosedPipe()) }
        isClosed = true
        return
      }
      StandardError.line("cachefiles: cannot write: \(error)")
      if endsOnFailure { exit(1) }
      (isClosed, hasFailed) = (true, true)
    }
  }
}
