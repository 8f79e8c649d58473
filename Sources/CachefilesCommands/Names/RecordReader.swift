// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// Reads values of the attribute and lines of getfattr, and prints what they say: each at once where it is a filter, else all at the end.
final class RecordReader {
  /// How many could not be parsed.
  private(set) var failures = 0
  private let netfs: NetfsType?
  private let isVolume: Bool
  private let byteOrder: ByteOrder?
  private let output: Output
  private let isFilter: Bool
  private var answers: [RecordAnswer] = []
  private var isFirst = true
  /// Whose attribute comes: getfattr names the file before it.
  private var file: StorePath?

  init(netfs: NetfsType?, isVolume: Bool, byteOrder: ByteOrder?, _ output: Output, isFilter: Bool) {
    self.netfs = netfs
    self.isVolume = isVolume
    self.byteOrder = byteOrder
    self.output = output
    self.isFilter = isFilter
  }

  /// Reads a line, which may be empty or name a file.
  func read(_ text: [UInt8]) {
    do throws(AttributeText.Failure) {
      switch try AttributeText(parsing: text.span) {
      case .file(let path): file = StorePath(path.span)
      case .nothing: break
      case .value(let bytes): answer(bytes)
      }
    } catch {
      fail("\(EscapedBytes.quoted(Array(text.prefix(80)))): \(error)")
    }
  }

  /// Reads an argument. A line may be empty; an argument is meant to be a value.
  func readArgument(_ text: [UInt8]) {
    if text.isEmpty { fail("'': no value") } else { read(text) }
  }

  /// Prints what was kept for the end.
  func end() {
    if !isFilter { output.render(answers, command: "record", key: "records") }
  }

  private func answer(_ value: [UInt8]) {
    let view = RecordView(
      value: value, type: netfs ?? file?.netfs ?? .unknown, isVolume: isVolume || file?.isVolume == true,
      byteOrder: byteOrder, layout: file?.layout ?? .mixed)
    print(RecordAnswer(view: view))
    if let reason = view.failure { fail(reason) }
  }

  private func print(_ answer: RecordAnswer) {
    guard isFilter else { return answers.append(answer) }
    if output.format == .text, !isFirst { output.stream.line() }
    isFirst = false
    output.render(answer, command: "record")
    if output.stream.isTerminal { output.stream.flush() }
  }

  private func fail(_ reason: String) {
    failures += 1
    StandardError.line("cachefiles: \(reason)")
  }
}
