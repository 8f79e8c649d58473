import CachefilesStore
import Glibc
import LinuxIO
import Synchronization

/// A line on a terminal's stderr that tells how far a scan has come; nothing elsewhere.
final class ProgressLine: Sendable {
  private let isOn: Bool
  private let ended = Atomic<Bool>(false)

  /// Prepares a line; it appears only on a terminal.
  init(_ output: Output) { isOn = !output.isQuiet && isatty(2) == 1 }

  /// Runs work while the line shows a count, and with a total that is not exceeded, the time that is left at most.
  func show<R>(
    _ words: String, count: @escaping @Sendable () -> Int, atMost total: Int? = nil, during work: () -> R
  ) -> R {
    guard isOn else { return work() }
    let start = Clock.now
    let thread = DisplayThread {
      var shown = false
      while !self.ended.load(ordering: .relaxed) {
        usleep(100_000)
        let seconds = Double(Clock.now - start) / 1e9
        if seconds < 0.5 || self.ended.load(ordering: .relaxed) { continue }
        let entries = count()
        shown = true
        let rate = Double(entries) / seconds
        var line = "\(words) \(Quantity.count(entries)) (\(Quantity.count(Int(rate)))/s)"
        if let total, rate > 0, entries <= total {
          line += ", at most \(Quantity.span(Int64(Double(total - entries) / rate * 1e9))) left"
        }
        Self.write("\r\u{1b}[K\(line)")
      }
      if shown { Self.write("\r\u{1b}[K") }
    }
    thread.start()
    let result = work()
    ended.store(true, ordering: .relaxed)
    thread.join()
    return result
  }

  private static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}

/// A thread that draws.
private final class DisplayThread: @unchecked Sendable {
  // Touched by the thread that starts and joins it only.
  private var thread = pthread_t()
  private let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func start() {
    let context = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<DisplayThread>.fromOpaque(raw).takeRetainedValue().body()
        return nil
      }, context.toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
