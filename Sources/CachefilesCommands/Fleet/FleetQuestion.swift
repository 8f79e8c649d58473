// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// The question of `where`, in the words of each engine. The statements are those of the package's files; the only value in them is
/// a path, which each client gets as a parameter, or as a literal that ``literal(_:)`` quotes.
enum FleetQuestion {
  /// How a statement names its parameter: as psql does.
  private static let place = ":'path'"

  /// The path of a data set as manifests have it: escaped, so that it is ASCII without control characters, and without a slash at
  /// the end: all that there is, `/`, has the empty one.
  static func parameter(_ path: [UInt8]) -> String {
    guard let end = path.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "" }
    return EscapedBytes.string(Array(path[...end]))
  }

  /// For psql, which puts the variable `path` in its place, quoted.
  static let postgreSQL = EmbeddedDocument("where.sql").text

  /// For clickhouse-client, with `--param_path`.
  static let clickHouse = replaced("{path:String}")

  /// For DuckDB's Python module: what makes the views, and the question with a named parameter.
  static let duckDBPython = views + "-- question\n" + replaced("$path")

  /// For DuckDB's own client: everything, with the path as a literal.
  static func duckDB(_ path: String) -> String {
    views + "SET VARIABLE path = \(literal(path));\n" + replaced("getvariable('path')")
  }

  /// A parameter as clickhouse-client takes it: in the form of its tab-separated texts, where a backslash begins an escape.
  static func clickHouseParameter(_ path: String) -> String {
    var text = ""
    for character in path.unicodeScalars {
      if character == "\\" { text += "\\" }
      text.unicodeScalars.append(character)
    }
    return text
  }

  /// A text as an SQL literal: apostrophes doubled, nothing else means anything. It is escaped text, which has no NUL.
  static func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private static let views = EmbeddedDocument("table-duckdb.sql").text + EmbeddedDocument("views.sql").text

  private static func replaced(_ words: String) -> String {
    EmbeddedDocument("where.sql").text.split(separator: place, omittingEmptySubsequences: false).joined(
      separator: words)
  }
}
