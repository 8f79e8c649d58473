// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Any JSON value. Unlike `JSONSerialization` it tells 0 and 1 from false and true.
enum JSONValue: Decodable, Sendable {
  case null, bool(Bool), integer(Int64), fraction(Double), text(String), list([JSONValue]), object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(integer)
    } else if let fraction = try? value.decode(Double.self) {
      self = .fraction(fraction)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  /// Reads a document.
  init(parsing bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }

  /// The member of an object; nil when there is none or it is no object.
  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { return members[key] }
    return nil
  }

  /// The text of a string.
  var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  /// The truth of a boolean.
  var bool: Bool? {
    if case .bool(let bool) = self { return bool }
    return nil
  }

  /// The value of a whole number.
  var integer: Int64? {
    if case .integer(let integer) = self { return integer }
    return nil
  }
}
