import ArgumentParser
import CachefilesFormat

/// The forms of output.
enum OutputFormat {
  case text, document, lines
}
