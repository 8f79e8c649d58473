import ArgumentParser
import CachefilesFormat

/// The options of every command that prints.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(help: "Print one JSON object a line.")
  var jsonl = false

  @Option(help: ArgumentHelp("Colour the output: auto, always or never.", valueName: "when"))
  var color: ColourChoice = .auto

  @Flag(name: .shortAndLong, help: "Leave out notes and the progress bar.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more.")
  var verbose = false

  func validate() throws {
    if json && jsonl { throw ValidationError("--json and --jsonl exclude each other") }
  }

  /// How to print.
  var format: OutputFormat { json ? .document : jsonl ? .lines : .text }
}

/// The forms of output.
enum OutputFormat {
  case text, document, lines
}

/// Whatever a command prints: one value that can be written as text and as JSON.
protocol Renderable {
  /// The members of the JSON object.
  func write(to json: inout JSONWriter)
  /// The lines of text.
  func lines(_ style: Style, verbose: Bool) -> [String]
}

/// The one place that decides in which form values are printed.
struct Output {
  let stream: OutputStream
  private(set) var format: OutputFormat
  let style: Style
  let isVerbose: Bool
  let isQuiet: Bool

  /// - Parameter isCollecting: whether to keep the text, for a file that is written as a whole.
  init(_ options: OutputOptions, isCollecting: Bool = false) {
    stream = OutputStream(isCollecting: isCollecting)
    format = options.format
    style = Style(isOn: options.color.isOn(for: stream))
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
        json.text("schema", "cachefiles.\(command)/1")
        value.write(to: &json)
      }
      json.end()
      stream.append { $0 += json.bytes }
    }
  }

  /// Appends one value as lines of text or one JSON line, for those who buffer on their own.
  func append(_ value: some Renderable, command: String, to buffer: inout [UInt8]) {
    guard format == .text else {
      var json = JSONWriter(pretty: false)
      json.object { json in
        json.text("schema", "cachefiles.\(command)/1")
        value.write(to: &json)
      }
      json.end()
      buffer += json.bytes
      return
    }
    for line in value.lines(style, verbose: isVerbose) {
      buffer += line.utf8
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  /// Prints several values: text one after another (cards apart, table lines not), JSON lines, or a document with a
  /// list under a key.
  func render(_ values: [some Renderable], command: String, key: StaticString, apart: Bool = true) {
    switch format {
    case .text:
      for (index, value) in values.enumerated() {
        if index > 0, apart { stream.line() }
        for line in value.lines(style, verbose: isVerbose) { stream.line(line) }
      }
    case .lines:
      for value in values { render(value, command: command) }
    case .document:
      var json = JSONWriter(pretty: true)
      json.object { json in
        json.text("schema", "cachefiles.\(command)/1")
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
