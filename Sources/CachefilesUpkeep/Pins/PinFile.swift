// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore

/// The file that pins are kept in, version 1: lines of text, paths escaped as ``EscapedBytes`` does. Docs/Maintenance.md describes it.
///
/// ```
/// cachefiles-pins 1
/// root /var/cache/fscache
/// tree /proj/showA
/// cache/Infs,…/@05/T1010001,,45,eaad5eda<TAB>shot/plate.exr
/// end 1 1 9c1e33f0b5d2a784
/// ```
///
/// The last line has the numbers of pins and objects and the FNV-1a hash, 64 bits, of all bytes before it: a file that was cut or
/// changed is not read, since what it was to keep is not known.
package enum PinFile {
  /// The version that is written, and the only one that is read.
  package static let version = 1
  /// The most bytes that are read.
  package static let sizeLimit = 1 << 30

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let objectStart = Array("cache/I".utf8)

  /// The bytes of a file.
  package static func bytes(of list: PinList) -> [UInt8] {
    var bytes = Array("cachefiles-pins \(version)\nroot ".utf8)
    EscapedBytes.append(list.root.span, to: &bytes)
    bytes.append(newline)
    for pin in list.pins {
      bytes += "\(pin.kind.rawValue) ".utf8
      EscapedBytes.append(pin.path.span, to: &bytes)
      bytes.append(newline)
      for object in pin.objects {
        EscapedBytes.append(object.path.span, to: &bytes)
        if !object.file.isEmpty {
          bytes.append(tab)
          EscapedBytes.append(object.file.span, to: &bytes)
        }
        bytes.append(newline)
      }
    }
    bytes += end(list, hash: hash(bytes[...])).utf8
    return bytes
  }

  /// Reads a file whole.
  ///
  /// - Throws: ``PinFileDefect`` for everything that was not written as ``bytes(of:)`` writes.
  package static func list(parsing bytes: [UInt8]) throws(PinFileDefect) -> PinList {
    let head = bytes.prefix { $0 != newline }
    guard head.starts(with: Array("cachefiles-pins ".utf8)) else { throw PinFileDefect("it is no file of pins") }
    guard head.elementsEqual(Array("cachefiles-pins \(version)".utf8)) else {
      throw PinFileDefect("its version is not known here: \(EscapedBytes.string(Array(head)))")
    }
    guard bytes.last == newline, let break0 = bytes.dropLast().lastIndex(of: newline) else {
      throw PinFileDefect("it is cut off")
    }
    let (body, last) = (bytes[...break0], bytes[(break0 + 1)...])
    guard last.starts(with: Array("end ".utf8)) else { throw PinFileDefect("it is cut off: its last line is missing") }
    let list = try lines(of: body.dropFirst(head.count + 1))
    guard last.elementsEqual(Array(end(list, hash: hash(body)).utf8)) else {
      throw PinFileDefect("it is damaged: its last line does not fit what is above")
    }
    return list
  }

  private static func lines(of body: ArraySlice<UInt8>) throws(PinFileDefect) -> PinList {
    var list: PinList?
    var number = 1
    for line in body.split(separator: newline, omittingEmptySubsequences: false).dropLast() {
      number += 1
      if line.starts(with: objectStart) {
        guard let object = object(line), let last = list?.pins.indices.last else { throw damaged(number) }
        list?.pins[last].objects.append(object)
        continue
      }
      let word = line.prefix { $0 != space }
      let path = EscapedBytes.unescape(Array(line.dropFirst(word.count + 1)).span)
      guard !path.isEmpty else { throw damaged(number) }
      if list == nil, word.elementsEqual(Array("root".utf8)) {
        list = PinList(root: path)
      } else if list != nil, let kind = Pin.Kind(rawValue: String(decoding: word, as: UTF8.self)) {
        list?.pins.append(Pin(kind, path: path))
      } else {
        throw damaged(number)
      }
    }
    guard let list else { throw PinFileDefect("it is damaged: it names no cache") }
    return list
  }

  private static func object(_ line: ArraySlice<UInt8>) -> Pin.Object? {
    let path = EscapedBytes.unescape(Array(line.prefix { $0 != tab }).span)
    guard let location = ObjectLocation(path), location.root.isEmpty, location.path == path else { return nil }
    let file = line.drop { $0 != tab }.dropFirst()
    return Pin.Object(path: path, file: EscapedBytes.unescape(Array(file).span))
  }

  private static func damaged(_ line: Int) -> PinFileDefect { PinFileDefect("it is damaged: line \(line)") }

  private static func end(_ list: PinList, hash: UInt64) -> String {
    let objects = list.pins.reduce(0) { $0 + $1.objects.count }
    let digits = String(hash, radix: 16)
    return "end \(list.pins.count) \(objects) \(String(repeating: "0", count: 16 - digits.count))\(digits)\n"
  }

  /// FNV-1a, 64 bits.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
