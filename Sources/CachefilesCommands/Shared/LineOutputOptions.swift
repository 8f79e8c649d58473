// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The options of the commands that print as they go and have no document.
struct LineOutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object per line.")
  var jsonl = false

  @OptionGroup var manner: OutputManner

  /// How to print.
  var format: OutputFormat { jsonl ? .lines : .text }
}
