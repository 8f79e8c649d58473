// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation

/// Files next to the tests.
enum Fixtures {
  /// The package's directory.
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func data(_ path: String) throws -> Data { try Data(contentsOf: package.appending(path: path)) }

  static func lines(_ path: String) throws -> [[UInt8]] {
    try data(path).split(separator: 10).map { Array($0) }
  }

  static let knownAnswers = Result {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(KnownAnswers.self, from: data("Tests/Fixtures/known-answers.json"))
  }
}

/// An entry of a captured cache.
struct CapturedEntry: Decodable {
  var path: String
  var type: String
  var size: UInt64
  var xattrs: [String: String]?

  /// The path below the root, split at slashes.
  var components: [[UInt8]] { path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) } }
  /// The cache's attribute.
  var attribute: [UInt8]? { xattrs?["user.CacheFiles.cache"].map { bytes($0) } }

  /// Of a capture that is part of the commands, or of one that is for the tests alone.
  static func all(_ capture: String) throws -> [CapturedEntry] {
    let places = ["Sources/CCaptures/captures", "Tests/Fixtures/captures"].map { "\($0)/\(capture).jsonl" }
    let place = places.first { FileManager.default.fileExists(atPath: Fixtures.package.appending(path: $0).path) }
    return try Fixtures.lines(place ?? places[0]).map {
      try JSONDecoder().decode(CapturedEntry.self, from: Data($0))
    }
  }
}

/// Captures of kernels since 5.17, and the one before.
let modernCaptures = [
  "6.1.0-50-amd64", "6.1-afs-ganesha", "6.12.117+deb12-amd64", "6.12-ganesha", "7.2.13+deb14-amd64",
  "7.2.13+deb14-amd64-9p", "7.2.13+deb14-amd64-afs", "7.2.13+deb14-amd64-ceph",
]
let legacyCapture = "5.10.0-45-amd64"

/// The bytes of hexadecimal digits. Blanks are for the reader.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }
  guard let bytes = try? Hex.bytes(Array(digits.utf8).span) else { preconditionFailure("not hexadecimal: \(hex)") }
  return bytes
}

/// The bytes of a text.
func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The name of a key.
func name(of key: [UInt8]) throws -> String { try EscapedBytes.string(ObjectName.name(of: key)) }

/// What a name decodes to: the key, padded for `S` and `T`, and the rest.
func decoded(_ name: [UInt8]) throws(NameFailure) -> (key: [UInt8], name: DecodedName) {
  var key: [UInt8] = []
  let decoded = try ObjectName.decode(name.span, into: &key)
  return (key, decoded)
}

/// The path of an object below `cache/`.
func path(volume: [UInt8], key: [UInt8]) throws -> String {
  let hash = KeyHash(cookieKey: key.span, in: KeyHash(volumeKey: volume.span))
  return try EscapedBytes.string(VolumeName.name(ofKey: volume)) + "/" + hash.fanout.description + "/" + name(of: key)
}

/// The lengths that a name leaves open.
func lengthRange(_ name: DecodedName) -> ClosedRange<Int>? {
  name.shortestKey <= name.longestKey ? name.shortestKey...name.longestKey : nil
}

extension [NetfsField] {
  /// The value of a field.
  subscript(_ name: String) -> NetfsField.Value? { first { $0.name == name }?.value }
}

/// A generator with a fixed sequence, the same on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// The volume key of a directory name.
func volumeKey(ofName name: [UInt8]) throws -> [UInt8] {
  guard let key = VolumeName.key(ofName: name.span) else { throw MissingVolumeKey(name: name) }
  return key
}

struct MissingVolumeKey: Error { var name: [UInt8] }
