// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What a node has of a data set.
struct FleetNode: Equatable {
  /// The node, as its manifest calls it: escaped.
  var host: String
  /// Files of which it has something.
  var files: Int
  /// Bytes of the newest version that are cached.
  var cachedBytes: UInt64
  /// Bytes of older versions.
  var staleBytes: UInt64
  /// Files of the data set that any node has something of.
  var totalFiles: Int
  /// The bytes of these.
  var totalBytes: UInt64

  /// The part of the data set that the node has, of one.
  var share: Double { totalBytes == 0 ? (files > 0 ? 1 : 0) : Double(cachedBytes) / Double(totalBytes) }

  /// Reads the answer to the question.
  static func list(parsing bytes: [UInt8]) throws(CSVReader.Failure) -> [FleetNode] {
    let rows = try CSVReader.rows(bytes)
    // DuckDB prints nothing at all where there is no row.
    guard let header = rows.first else { return [] }
    let names = header.map { String(decoding: $0, as: UTF8.self) }
    var nodes: [FleetNode] = []
    for row in rows.dropFirst() {
      func cell(_ name: String) -> String? {
        names.firstIndex(of: name).flatMap { $0 < row.count ? String(decoding: row[$0], as: UTF8.self) : nil }
      }
      func number<T: FixedWidthInteger>(_ name: String) -> T? { cell(name).flatMap { T($0) } }
      guard let host = cell("host"), let files: Int = number("files"), let cached: UInt64 = number("cached_bytes"),
        let stale: UInt64 = number("stale_bytes"), let totalFiles: Int = number("total_files"),
        // Nothing adds up to nothing where all that is known are copies of unknown size.
        let total: UInt64 = cell("total_bytes") == "" ? 0 : number("total_bytes")
      else {
        throw CSVReader.Failure(
          description: "its answer is not understood: \(EscapedBytes.string(Array(row.joined(separator: [44]))))")
      }
      nodes.append(
        FleetNode(
          host: EscapedBytes.string(EscapedBytes.unescape(Array(host.utf8).span)), files: files, cachedBytes: cached,
          staleBytes: stale,
          totalFiles: totalFiles, totalBytes: total))
    }
    return nodes
  }
}
