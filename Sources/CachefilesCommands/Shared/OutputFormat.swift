// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat

/// The forms of output.
enum OutputFormat {
  case text, document, lines
}
