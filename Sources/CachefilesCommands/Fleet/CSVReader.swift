// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Reads comma-separated values (RFC 4180), as the clients of databases print them.
enum CSVReader {
  /// Why an answer cannot be read.
  struct Failure: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// The cells of each line.
  static func rows(_ bytes: [UInt8]) throws(Failure) -> [[[UInt8]]] {
    var rows: [[[UInt8]]] = []
    var row: [[UInt8]] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if index < bytes.count, bytes[index] == byte {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isQuoted = true
      case UInt8(ascii: ","):
        row.append(cell)
        cell = []
      case 13: break
      case 10:
        rows.append(row + [cell])
        (row, cell) = ([], [])
      default: cell.append(byte)
      }
    }
    guard !isQuoted, row.isEmpty, cell.isEmpty else { throw Failure(description: "its answer is cut off") }
    return rows
  }
}
