// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A script of the parser with which a shell completes, and what the parser does not know of shells.
struct CompletionScript {
  private(set) var text: String
  private let shell: CompletionShell

  init(_ text: String, _ shell: CompletionShell) {
    self.text = text
    self.shell = shell
  }

  /// A command that takes a directory or a subcommand in one place. The parser's scripts have room there for the one only.
  mutating func offerDirectories(besides subcommands: [String], of command: String) {
    let start = "_cachefiles_\(command)() {"
    switch shell {
    case .bash:
      let list = "'\(subcommands.joined(separator: " "))' -- \"${cur}\"))"
      replace("__cachefiles_offer_flags_options 1", with: "__cachefiles_offer_flags_options 0", after: start)
      replace(
        "    case \"${positional_number}\" in\n    1)\n        __cachefiles_add_completions -d\n        return\n        ;;\n    esac\n",
        with: "", after: start)
      replace(list, with: list + "\n        __cachefiles_add_completions -d", after: start)
    case .zsh:
      let list = "_describe -V subcommand subcommands && ret=0"
      replace("        ':dir:_files -/'\n", with: "", after: start)
      replace(list, with: list + "\n        _files -/ && ret=0", after: start)
    case .fish:
      replace("parse_subcommand 1", with: "parse_subcommand 0", after: "        case '\(command)'\n")
      for name in subcommands {
        replace("-eq 2' -fa '\(name)'", with: "-eq 1' -fa '\(name)'", after: "\"cachefiles \(command)\" -eq 1")
      }
    default: break
    }
  }

  /// What `help` explains; the parser's scripts offer nothing there.
  mutating func offerHelp(of words: [String]) {
    let start = "_cachefiles_help() {"
    switch shell {
    case .bash:
      let list = words.map { "'\($0)'" }.joined(separator: "$'\\n'")
      replace("    :\n", with: "    __cachefiles_add_completions -W \(list)\n", after: start)
    case .zsh:
      replace("'*:subcommands:'", with: "'1:command or topic:(\(words.joined(separator: " ")))'", after: start)
    case .fish:
      text +=
        "\ncomplete -c 'cachefiles' -n '__fish_seen_subcommand_from help' -fa '\(words.joined(separator: " "))'"
    default: break
    }
  }

  /// `--option=value`, which the parser's scripts complete for fish only. Bash splits words at the sign, zsh must be told
  /// of it with each option.
  mutating func takeEqualSigns(_ program: String) {
    switch shell {
    case .bash:
      let name = "_\(program)"
      replace("complete -o filenames -F \(name) \(program)", with: Self.bashWords(name, program), after: "")
    case .zsh:
      text = text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.withEqualSign($0) }
        .joined(separator: "\n")
    default: break
    }
  }

  /// A function that hands the words to the parser's as if the value came after a space.
  private static func bashWords(_ name: String, _ program: String) -> String {
    """
    \(name)_words() {
        local -a words=()
        local -i index cword=COMP_CWORD
        local option line="${COMP_LINE}"
        for index in "${!COMP_WORDS[@]}"; do
            option="${COMP_WORDS[index > 0 ? index - 1 : 0]}"
            if [[ "${COMP_WORDS[index]}" == '=' && "${option}" == --* ]]; then
                line="${line/"${option}="/${option} }"
                if [[ index -eq COMP_CWORD ]]; then
                    words+=('')
                elif [[ index -lt COMP_CWORD ]]; then
                    cword+=-1
                fi
            else
                words+=("${COMP_WORDS[index]}")
            fi
        done
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD=cword
        local COMP_LINE="${line}"
        \(name) "${1}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    }

    complete -o filenames -F \(name)_words \(program)
    """
  }

  /// The line of an option with a value, `'--name[what it is.]:value:…'`, with a sign after its name; other lines as they are.
  private static func withEqualSign(_ line: Substring) -> String {
    let words = line.drop { $0 == " " || $0 == "'" || $0 == "*" }
    guard words.hasPrefix("--"), !line.hasSuffix("]'"), let end = words.firstIndex(of: "[") else { return String(line) }
    return "\(line[..<end])=\(line[end...])"
  }

  /// Replaces the first text of its kind behind another one.
  private mutating func replace(_ old: String, with new: String, after start: String) {
    guard let begin = Self.range(of: start, in: text[...])?.upperBound,
      let place = Self.range(of: old, in: text[begin...])
    else { return }
    text.replaceSubrange(place, with: new)
  }

  private static func range(of text: String, in whole: Substring) -> Range<String.Index>? {
    let (text, bytes) = (Array(text.utf8), whole.utf8)
    guard let first = text.first else { return whole.startIndex..<whole.startIndex }
    var index = bytes.startIndex
    while let found = bytes[index...].firstIndex(of: first) {
      if bytes[found...].starts(with: text) { return found..<bytes.index(found, offsetBy: text.count) }
      index = bytes.index(after: found)
    }
    return nil
  }
}
