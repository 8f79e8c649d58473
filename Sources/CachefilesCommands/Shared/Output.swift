// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO

/// The one place that decides in which form values are printed.
struct Output {
  let stream: OutputStream
  private(set) var format: OutputFormat
  let style: Style
  let isVerbose: Bool
  let isQuiet: Bool
  private let host = MachineName.current

  /// - Parameters:
  ///   - isCollecting: whether to keep the text, for a file that is written as a whole.
  ///   - descriptor: where it goes; 2 where standard output is for something else.
  init(_ options: OutputOptions, isCollecting: Bool = false, descriptor: Int32 = 1) {
    self.init(options.format, options.manner, isCollecting: isCollecting, descriptor: descriptor)
  }

  /// Of a command that has no document.
  init(_ options: LineOutputOptions) { self.init(options.format, options.manner) }

  private init(_ format: OutputFormat, _ options: OutputManner, isCollecting: Bool = false, descriptor: Int32 = 1) {
    stream = OutputStream(descriptor: descriptor, isCollecting: isCollecting)
    self.format = format
    let size = Terminal.size(of: stream)
    style = Style(
      isOn: options.color.isOn(for: stream), columns: size.columns, rows: size.rows,
      isReadable: stream.isTerminal && !Terminal.isPlain)
    isVerbose = options.verbose
    isQuiet = options.quiet
  }

  /// The same in another form.
  func with(_ format: OutputFormat) -> Output {
    var other = self
    other.format = format
    return other
  }

  /// Prints one value: text, or a document whose `schema` is `cachefiles.<command>/1`.
  func render(_ value: some Renderable, command: String) {
    switch format {
    case .text:
      for line in value.lines(style, verbose: isVerbose) { stream.line(line) }
    case .document, .lines:
      var json = JSONWriter(pretty: format == .document)
      json.object { json in
        head(command, to: &json)
        value.write(to: &json)
      }
      json.end()
      stream.append { $0 += json.bytes }
    }
  }

  /// The commands about names and texts: a line of theirs is of no machine.
  private static let ofNoMachine: Set<String> = ["decode", "encode", "explain", "record"]

  /// How a document or line begins: its schema, and the machine that it is of.
  ///
  /// - Parameter root: the cache that it is about, where the value does not say it.
  func head(_ command: String, root: [UInt8]? = nil, to json: inout JSONWriter) {
    json.text("schema", "cachefiles.\(command)/1")
    if format == .document || !Self.ofNoMachine.contains(command) { json.bytes("host", host) }
    if let root { json.root(root) }
  }

  /// Appends one value as lines of text or one JSON line, for those who buffer on their own.
  ///
  /// - Parameter root: the cache that it is about.
  func append(_ value: some Renderable, command: String, root: [UInt8]?, to buffer: inout [UInt8]) {
    guard format == .text else {
      var json = JSONWriter(pretty: false)
      json.object { json in
        head(command, root: root, to: &json)
        value.write(to: &json)
      }
      json.end()
      buffer += json.bytes
      return
    }
    for line in value.lines(style, verbose: isVerbose) {
      buffer += Terminal.shown(line, isTerminal: stream.isTerminal).utf8
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  /// Prints several values: text one after another (cards apart, table lines not), JSON lines, or a document with a
  /// list under a key.
  ///
  /// - Parameters:
  ///   - root: the cache that they are about, where they do not say it.
  ///   - isComplete: whether these are all; what is cut short says so.
  func render(
    _ values: [some Renderable], command: String, key: StaticString, apart: Bool = true, root: [UInt8]? = nil,
    isComplete: Bool = true
  ) {
    switch format {
    case .text:
      for (index, value) in values.enumerated() {
        if index > 0, apart { stream.line() }
        for line in value.lines(style, verbose: isVerbose) { stream.line(line) }
      }
    case .lines:
      var buffer: [UInt8] = []
      for value in values { append(value, command: command, root: root, to: &buffer) }
      stream.append { $0 += buffer }
    case .document:
      var json = JSONWriter(pretty: true)
      json.object { json in
        head(command, root: root, to: &json)
        if !isComplete { json.bool("complete", false) }
        json.array(key) { json in
          for value in values { json.object { value.write(to: &$0) } }
        }
      }
      json.end()
      stream.append { $0 += json.bytes }
    }
  }

  /// Says something on stderr, unless `--quiet` was given.
  func note(_ text: String) {
    if !isQuiet { StandardError.line(text) }
  }
}
