// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Synchronization

/// A line on a terminal's stderr that tells how far a scan has come; nothing elsewhere.
final class ProgressLine: Sendable {
  private let isOn: Bool
  private let ended = Atomic<Bool>(false)

  /// Prepares a line; it appears only on a terminal.
  init(_ output: Output) { isOn = !output.isQuiet && StandardStreams.isTerminal(2) }

  /// Runs work while the line shows a count, and with a total that is not exceeded, the time that is left at most.
  func show<R>(
    _ words: String, count: @escaping @Sendable () -> Int, atMost total: Int? = nil, during work: () -> R
  ) -> R {
    let text: @Sendable (Duration) -> String = { elapsed in
      let entries = count()
      let rate = Double(entries) / max(0.001, elapsed.inSeconds)
      var line = "\(words) \(Quantity.count(entries)) (\(Quantity.count(Int(rate)))/s)"
      if let total, rate > 0, entries <= total { line += Self.share(entries, of: total, rate) }
      return line
    }
    return show(text, during: work)
  }

  /// Runs work while a line is shown that is made of the time since it began.
  func show<R>(_ text: @escaping @Sendable (Duration) -> String, during work: () -> R) -> R {
    guard isOn else { return work() }
    let watch = Stopwatch()
    return Workers.run(beside: { self.draw(watch, text) }) {
      defer { ended.store(true, ordering: .relaxed) }
      return work()
    }
  }

  /// How far it is. The total is all files of the file system: what is not of the cache makes the share smaller than it is.
  private static func share(_ count: Int, of total: Int, _ rate: Double) -> String {
    let left = Duration.seconds(Double(total - count) / rate)
    return ", at least \(Quantity.percent(Double(count) / Double(max(1, total)))), at most \(Quantity.span(left)) left"
  }

  private func draw(_ watch: Stopwatch, _ text: @Sendable (Duration) -> String) {
    var shown = false
    while !ended.load(ordering: .relaxed) {
      Pause.microseconds(100_000)
      let elapsed = watch.elapsed
      if elapsed.inSeconds < 0.5 || ended.load(ordering: .relaxed) { continue }
      shown = true
      StandardError.write("\r\u{1b}[K\(text(elapsed))")
    }
    if shown { StandardError.write("\r\u{1b}[K") }
  }
}
