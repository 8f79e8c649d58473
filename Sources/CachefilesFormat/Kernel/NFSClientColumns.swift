// SPDX-License-Identifier: Apache-2.0

/// The columns with which both tables begin.
enum NFSClientColumns {
  static func start(
    of reader: inout LineReader
  ) throws(NFSVolumeLine.Failure) -> (version: Int, server: [UInt8], port: Int) {
    let first = reader.word()
    if first == Array("NV".utf8) { throw .heading }
    guard first.first == UInt8(ascii: "v"), let version = LineNumber.decimal(Array(first.dropFirst())), version > 0
    else { throw .badColumn(name: "NV", text: first) }
    let server = reader.word()
    if server.isEmpty { throw .badColumn(name: "SERVER", text: []) }
    let digits = reader.word()
    guard let port = LineNumber.hexadecimal(digits, digits: 4) else { throw .badColumn(name: "PORT", text: digits) }
    return (version, server, Int(port))
  }
}
