// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// Whatever a command prints: one value that can be written as text and as JSON.
protocol Renderable {
  /// The members of the JSON object.
  func write(to json: inout JSONWriter)
  /// The lines of text.
  func lines(_ style: Style, verbose: Bool) -> [String]
}
