// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The options for how a command looks, and how much it says.
struct OutputManner: ParsableArguments {
  @Option(help: ArgumentHelp("Colour the output: auto, always or never.", valueName: "when"))
  var color: ColourChoice = .auto

  @Flag(name: .shortAndLong, help: "Do not print notes or progress.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more.")
  var verbose = false
}
