// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// `cachefiles explain`: what a message of the kernel or of cachefilesd means.
struct Explain: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain messages of the kernel and of cachefilesd, problems and findings, and what to do.",
    discussion: """
      An ID names a problem of 'fsck' (O06), a finding of 'doctor' (mount-without-fsc), or an erratum (K5): what the \
      documents say of it is printed. --ids lists them all.

      A MESSAGE is a line of the kernel's log or of the system log, with or without what the logger put before it. \
      Without MESSAGE, standard input is read as a log: each message about caching in it is explained once, with how \
      often it came; lines about other things are passed over.

        cachefiles explain O06
        cachefiles explain 'CacheFiles: Failed to register: -95'
        journalctl -k | cachefiles explain

      With --list all messages that are known are printed, each with its name, who writes it, in which releases, and \
      what it means.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.messages }

  @Flag(help: "List the messages that are known.")
  var list = false

  @Flag(help: "List the problems, findings and errata that can be explained.")
  var ids = false

  @OptionGroup var output: OutputOptions

  @Argument(
    help: ArgumentHelp("Ids or messages.", valueName: "message"), completion: .list(Explanation.all.map(\.id)))
  var messages: [ByteArgument] = []

  func validate() throws {
    if list, ids { throw ValidationError("--list and --ids exclude each other") }
    if ids, !messages.isEmpty { throw ValidationError("--ids takes no ids") }
    if list, !messages.isEmpty { throw ValidationError("--list takes no messages") }
  }

  /// What is known of ids with commas between them, or of the id with which a line of another command begins; nil where there is none.
  private static func known(in text: [UInt8]) -> [Explanation]? {
    let text = String(decoding: text, as: UTF8.self)
    let list = text.split(separator: ",").map { Explanation.of(String($0)) }
    if list.count > 1, !list.contains(where: { $0 == nil }) { return list.compactMap { $0 } }
    return text.split(separator: " ").first.flatMap { Explanation.of(String($0)) }.map { [$0] }
  }

  /// The id that was probably meant: one that begins with the same letter before others.
  private static func identifier(near text: String) -> String? {
    let ids = Explanation.all.map(\.id)
    let alike = ids.filter { $0.first?.lowercased() == text.first?.lowercased() }
    let given = text.first?.isUppercase ?? false ? text.uppercased() : text
    return Nearest.word(to: given, among: alike) ?? Nearest.word(to: given, among: ids)
  }

  /// What a log has beside known messages.
  private func tell(_ digest: LogDigest, _ output: Output) {
    let strangers = digest.strangers
    if strangers.count > 0 {
      let lines = Quantity.count(strangers.count, "line")
      let verb = strangers.count == 1 ? "names" : "name"
      output.note(
        "cachefiles: note: \(lines) that \(verb) the cache \(strangers.count == 1 ? "is" : "are") no known message; "
          + "the first: \(EscapedBytes.string(strangers.first))")
    } else if digest.entries.isEmpty {
      output.note("cachefiles: no message about caching in \(Quantity.count(digest.lines, "line"))")
    }
  }

  /// What is known of an argument; where that is nothing it is said, with what may have been meant.
  private static func views(of message: [UInt8]) -> [ExplanationView] {
    let text = String(decoding: message, as: UTF8.self)
    if let known = Explanation.of(text) { return [ExplanationView(match: nil, text: message, explanation: known)] }
    if let match = LogMessage.match(message.span) { return [ExplanationView(match: match, text: message)] }
    if let known = known(in: message) {
      return known.map { ExplanationView(match: nil, text: Array($0.id.utf8), explanation: $0) }
    }
    let near = text.contains(" ") ? nil : identifier(near: text)
    let hint = near.map { ". Did you mean '\($0)'?" } ?? ""
    StandardError.line("cachefiles: \(EscapedBytes.quoted(message)): neither an id nor a known message\(hint)")
    return []
  }

  func run() throws {
    let output = Output(output)
    if ids {
      output.render(
        Explanation.all.map { ExplanationLine(explanation: $0) }, command: "explain", key: "ids", apart: false)
      output.stream.flush()
      return
    }
    var answers: [ExplanationView] = []
    var failures = 0
    var stopped: Errno?
    if list {
      answers = LogMessage.all.map {
        ExplanationView(match: LogMessage.Match(message: $0), text: Array($0.pattern.utf8))
      }
    } else if messages.isEmpty {
      var digest = LogDigest()
      do throws(Errno) { try LineInput.forEach { digest.add($0) } } catch { stopped = error }
      answers = digest.entries.map { ExplanationView(match: $0.match, text: $0.line, count: $0.count) }
      tell(digest, output)
    } else {
      for message in messages {
        let views = Self.views(of: message.bytes)
        answers += views
        if views.isEmpty { failures += 1 }
      }
    }
    output.render(answers, command: "explain", key: "messages")
    output.stream.flush()
    if let stopped { throw Failure("cannot read standard input: \(stopped)") }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures > 0 { throw ExitStatus.failure }
  }
}
