// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles decode`: names, paths and log lines into cookie keys.
struct Decode: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Turn file names, paths and pasted lines back into cookie keys.",
    discussion: """
      Takes what an administrator can paste: an object's name, a path that ends in I<volume>/@xx/<name>, a path of \
      the layout before Linux 5.17, a line of the kernel log or of cachefilesd, a row of a table in /proc/fs/fscache, a \
      volume key, a line of 'ls', 'du', 'filefrag' or 'getfattr'. Nothing is read from disk. Several lines of one log \
      belong together: those about a cookie tell which kernel wrote its key. A key that is alone can be of either \
      layout: both are shown. Headings of tables are skipped. Messages are explained as 'explain' does.

      Without arguments, each line of standard input is one; with --null, each NUL-terminated \
      string, byte for byte.

      Arguments are answered with a card each, lines of standard input with a line each: scheme, key, possible key \
      lengths, 'canonical' or the reason why not, the fanout, and the name, separated by tabs.

      Some numbers are in the byte order of the machine that wrote them. They are read in this machine's order unless \
      --byte-order says otherwise; where the other order reads differently, both are shown.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.names }

  @Option(
    help: ArgumentHelp("The volume key that bare names belong to, without the I of its directory.", valueName: "key"))
  var volume: ByteArgument?

  @Flag(help: "Standard input holds NUL-separated strings.")
  var null = false

  @Flag(help: "Input is in the escaped form that this program prints (\\xHH).")
  var escaped = false

  @Option(help: ArgumentHelp("The byte order of the machine that wrote the cache: little or big.", valueName: "order"))
  var byteOrder: ByteOrder?

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Names, paths or lines.", valueName: "name"))
  var names: [ByteArgument] = []

  func run() throws {
    let output = Output(output)
    let context = DecodeContext(volumeKey: volume?.bytes, byteOrder: byteOrder)
    var failures = 0
    if names.isEmpty { output.stream.endsWithReader() }
    if names.isEmpty {
      failures = try filter(output, context)
    } else {
      var answers: [PastedAnswer] = []
      var memory = LogMemory()
      for name in names {
        let bytes = escaped ? EscapedBytes.unescape(name.bytes.span) : name.bytes
        let answer = PastedAnswer(bytes, context, &memory)
        if let reason = answer.failure {
          failures += 1
          StandardError.line("cachefiles: \(EscapedBytes.quoted(bytes)): \(reason)")
          if output.format == .text { continue }
        }
        answers.append(answer)
      }
      output.render(answers, command: "decode", key: "names")
    }
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures > 0 { throw ExitStatus.failure }
  }

  /// Answers standard input, a line each.
  private func filter(_ output: Output, _ context: DecodeContext) throws -> Int {
    var decoder = NameDecoder(context, format: output.format, isExact: null)
    decoder.begin(output.stream)
    var failure: Errno?
    do throws(Errno) {
      try LineInput.forEach(separator: null ? 0 : UInt8(ascii: "\n")) { line in
        if escaped {
          let bytes = EscapedBytes.unescape(line)
          decoder.answer(bytes.span, output.stream)
        } else {
          decoder.answer(line, output.stream)
        }
      }
    } catch {
      failure = error
    }
    // A document has its end, also where not all could be read.
    decoder.finish(output.stream)
    output.stream.flush()
    if let failure { throw Failure("cannot read standard input: \(failure)") }
    return decoder.failures
  }
}
