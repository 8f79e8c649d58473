// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// The options of every command that prints.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(help: "Print one JSON object per line.")
  var jsonl = false

  @Option(help: ArgumentHelp("Colour the output: auto, always or never.", valueName: "when"))
  var color: ColourChoice = .auto

  @Flag(name: .shortAndLong, help: "Do not print notes or progress.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more.")
  var verbose = false

  func validate() throws {
    if json && jsonl { throw ValidationError("--json and --jsonl exclude each other") }
  }

  /// How to print.
  var format: OutputFormat { json ? .document : jsonl ? .lines : .text }
}
