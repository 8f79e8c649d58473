// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The names in JSON output that scripts depend on: each is there, of its kind, wherever it is promised.
@Suite("Keys of JSON output")
struct ContractKeyTests {
  let scratch = ScratchDirectory()

  /// What a value must be.
  enum Kind: String {
    case text, hex, hash, fanout, bool, number, object, list

    func holds(_ value: JSONValue) -> Bool {
      func matches(_ pattern: String) -> Bool {
        value.text?.range(of: "^\(pattern)$", options: .regularExpression) != nil
      }
      switch (self, value) {
      case (.text, .text), (.bool, .bool), (.number, .integer), (.object, .object), (.list, .list): return true
      case (.hex, _): return matches("([0-9a-f]{2})*")
      case (.hash, _): return matches("[0-9a-f]{8}")
      case (.fanout, _): return matches("@[0-9a-f]{2}")
      default: return false
      }
    }
  }

  private func expect(_ object: JSONValue?, _ keys: [String: Kind], _ comment: Comment) {
    for (key, kind) in keys {
      guard let value = object?[key] else {
        Issue.record("\(comment): no '\(key)'")
        continue
      }
      #expect(kind.holds(value), "\(comment): '\(key)' is no \(kind.rawValue): \(value)")
    }
  }

  private func lines(_ arguments: [String]) throws -> [JSONValue] {
    let result = try Command.cachefiles(arguments + ["--jsonl"], directory: scratch.path)
    let objects = try result.output.split(separator: 0x0a).map { try JSONValue(parsing: Array($0)) }
    #expect(!objects.isEmpty, "\(arguments): \(result.errorText)")
    for object in objects { #expect(object["schema"]?.text == "cachefiles.\(arguments[0])/1") }
    return objects
  }

  private func document(_ arguments: [String]) throws -> JSONValue {
    let result = try Command.cachefiles(arguments + ["--json"], directory: scratch.path)
    let object = try JSONValue(parsing: result.output)
    #expect(object["schema"]?.text == "cachefiles.\(arguments[0])/1")
    return object
  }

  private func sample() throws {
    #expect(try Command.cachefiles(["sample", "--quiet", "c"], directory: scratch.path).status == 0)
    try scratch.write("c/graveyard/6b00e87700000001/T1", [1])
  }

  private func objectPath() throws -> String {
    let entry = try #require(
      NaiveWalk.entries("\(scratch.path)/c").first { $0.isRegular && $0.components.count == 4 })
    return "c/" + String(decoding: entry.path, as: UTF8.self)
  }

  static let decoded: [String: Kind] = [
    "name": .text, "scheme": .text, "key": .hex, "key_lengths": .list, "canonical": .bool,
  ]
  static let inVolume: [String: Kind] = [
    "volume": .text, "volume_hash": .hash, "key_hash": .hash, "fanout": .fanout, "placed": .bool, "netfs": .object,
  ]
  static let record: [String: Kind] = [
    "object_size_bytes": .number, "zero_point": .number, "type": .number, "content": .number, "content_name": .text,
    "aux": .hex,
  ]

  @Test("encode")
  func encode() throws {
    let plain: [String: Kind] = ["key": .hex, "name": .text, "scheme": .text]
    expect(try lines(["encode", "01000101"])[0], plain, "encode")
    let volume: [String: Kind] = [
      "volume": .text, "volume_hash": .hash, "key_hash": .hash, "fanout": .fanout, "path": .text,
    ]
    let object = try lines(["encode", "--volume", "9p,p9src,hosttag", "ea25f80000000000"])[0]
    expect(object, plain.merging(volume) { $1 }, "encode --volume")
    #expect(object["path"]?.text == "cache/I9p,p9src,hosttag/@28/Tf825ea,")
  }

  @Test("decode: names, paths and what is wrong with them")
  func decode() throws {
    expect(try lines(["decode", "T1"])[0], Self.decoded, "decode")
    let path = "cache/I9p,p9src,hosttag/@28/Tf825ea,"
    for arguments in [["decode", path], ["decode", "--volume", "9p,p9src,hosttag", "Tf825ea,"]] {
      let object = try lines(arguments)[0]
      expect(object, Self.decoded, "\(arguments)")
      expect(object, Self.inVolume.filter { arguments.count == 2 || $0.key != "placed" }, "\(arguments)")
      #expect(object["netfs"]?["type"]?.text == "9p")
    }
    let misplaced = try lines(["decode", "cache/I9p,p9src,hosttag/@29/Tf825ea,"])[0]
    #expect(misplaced["placed"]?.bool == false)
    #expect(misplaced["fanout"]?.text == "@28")
    let wrong = try lines(["decode", "T01"])[0]
    #expect(wrong["canonical"]?.bool == false)
    expect(wrong, ["reason": .text], "decode of a name that is not canonical")
  }

  @Test("decode names the netfs of each kind of volume key")
  func netfsTypes() throws {
    for (key, type) in [
      ("nfs,4.2,2,108,100007f,,,,,80000,80000,2ee,3a98,1d4c,3a98,1", "nfs"), ("afs,example.com,100058", "afs"),
      ("cifs,192.168.6.1:445,scratch", "cifs"), ("9p,hostshare,;", "9p"), ("erofs,test.img", "erofs"),
      ("ceph,3b6f1d2e-55aa-4c0e-9a77-001122334455", "ceph"), ("other", "unknown"),
    ] {
      let object = try lines(["decode", "--volume", key, "T1"])[0]
      #expect(object["netfs"]?["type"]?.text == type)
    }
  }

  @Test("record, and the record of show")
  func records() throws {
    let value = "0000000000001770000000000000000001" + "00" + "47ad176b"
    let object = try lines(["record", "--netfs", "9p", value])[0]
    expect(object, ["record": .object], "record")
    expect(object["record"], Self.record, "record")
    expect(object["record"], ["coherency": .object], "record --netfs")
    try sample()
    let shown = try lines(["show", try objectPath()])[0]
    expect(shown, Self.decoded.merging(Self.inVolume) { $1 }, "show")
    expect(shown["record"], Self.record.merging(["coherency": .object]) { $1 }, "show")
  }

  @Test("stats")
  func stats() throws {
    try sample()
    let totals = [
      "volumes", "objects", "disk_bytes", "file_bytes", "graveyard_entries", "graveyard_bytes", "foreign_entries",
      "errors",
    ]
    let numbers = { (keys: [String]) in Dictionary(uniqueKeysWithValues: keys.map { ($0, Kind.number) }) }
    for (options, more) in [
      ([], []), (["--records"], ["object_bytes", "dirty_objects"]), (["--extents"], ["data_bytes", "extents"]),
    ] as [([String], [String])] {
      let object = try document(["stats", "c"] + options)["totals"]
      expect(object, numbers(totals + more), "stats \(options)")
      for key in ["object_bytes", "dirty_objects", "data_bytes", "extents"] {
        #expect((object?[key] != nil) == more.contains(key), "\(key) \(options)")
      }
    }
  }

  @Test("du, by everything")
  func usage() throws {
    try sample()
    for by in ["netfs", "server", "volume", "fanout", "age", "size", "encoding"] {
      let object = try document(["du", "c", "--by", by, "--records", "--extents"])
      let totals = [
        "volumes", "objects", "disk_bytes", "file_bytes", "graveyard_entries", "graveyard_bytes", "foreign_entries",
        "errors", "object_bytes", "dirty_objects", "data_bytes", "extents",
      ]
      expect(object["totals"], Dictionary(uniqueKeysWithValues: totals.map { ($0, Kind.number) }), "du --by \(by)")
      guard case .list(let groups)? = object["groups"] else {
        Issue.record("du --by \(by): no groups")
        continue
      }
      for group in groups {
        expect(
          group, ["name": .text, "objects": .number, "disk_bytes": .number, "file_bytes": .number], "du --by \(by)")
      }
    }
  }

  @Test("sweep and purge, with and without -n")
  func makingRoom() throws {
    try sample()
    let amount: [String: Kind] = ["volumes": .number, "objects": .number, "disk_bytes": .number]
    for options in [["-n"], []] {
      let sweep: [String: Kind] = [
        "removed_entries": .number, "freed_bytes": .number, "left_entries": .number, "errors": .number,
      ]
      expect(try document(["sweep", "c"] + options), sweep, "sweep \(options)")
      let purge = try document(["purge", "--yes", "--volume", "9p,*", "c"] + options)
      expect(
        purge, ["planned": .object, "done": .object, "errors": .number, "dry_run": .bool], "purge \(options)")
      expect(purge["planned"], amount, "purge \(options)")
      expect(purge["done"], amount, "purge \(options)")
      #expect(purge["dry_run"]?.bool == !options.isEmpty)
      #expect((purge["done"]?["objects"]?.integer == purge["planned"]?["objects"]?.integer) == options.isEmpty)
    }
  }

  @Test("verify and prefill, of a directory that a table calls a mount")
  func trust() throws {
    try scratch.write("c/graveyard/x")
    try scratch.makeDirectory("c/cache/I9p,p9src,hosttag")
    try scratch.write("mnt/f", [1, 2, 3])
    let mount = "36 1 0:52 / \(scratch.path)/mnt rw - 9p p9src rw,cache=fscache,cachetag=hosttag\n"
    try scratch.write("p/self/mountinfo", Array(mount.utf8))
    let side = ["--dir", "c", "--proc", "p", "mnt"]
    let verify: [String: Kind] = [
      "root": .text, "verdict": .text, "finished": .bool, "files": .object, "compared_bytes": .number,
      "wrong_bytes": .number, "left_files": .number, "errors": .number, "wrong": .list, "not_compared": .list,
    ]
    expect(try document(["verify"] + side), verify, "verify")
    let line: [String: Kind] = ["file": .text, "state": .text, "compared_bytes": .number, "ranges": .list]
    expect(try lines(["verify"] + side)[0], line, "verify --jsonl")
    let prefill: [String: Kind] = [
      "root": .text, "done": .bool, "files": .object, "read_bytes": .number, "left_bytes": .number, "errors": .number,
      "not_cached": .list,
    ]
    let quick = ["--wait", "0", "--allow-culling"]
    expect(try document(["prefill"] + quick + side), prefill, "prefill")
    expect(try lines(["prefill"] + quick + side)[0], ["file": .text, "state": .text, "left_bytes": .number], "prefill")
  }

  @Test("doctor")
  func doctor() throws {
    try sample()
    try scratch.write("c/cache/pipe")
    let object = try document(["doctor", "c"])
    let keys: [String: Kind] = ["root": .text, "status": .text, "summary": .text, "checks": .list]
    expect(object, keys, "doctor")
    let words: Set = ["ok", "warning", "critical", "unknown"]
    #expect(words.contains(object["status"]?.text ?? ""))
    guard case .list(let checks)? = object["checks"] else { return }
    #expect(checks.count > 3)
    for check in checks {
      expect(check, ["id": .text, "status": .text, "subject": .text, "message": .text, "advice": .text], "doctor")
      #expect(words.contains(check["status"]?.text ?? ""))
    }
    let status = try Command.cachefiles(["doctor", "--json", "c"], directory: scratch.path).status
    #expect(status == ["ok": 0, "warning": 1, "critical": 2, "unknown": 3][object["status"]?.text ?? ""])
  }

  @Test("copy")
  func copy() throws {
    try sample()
    let keys = ["copied_objects", "copied_bytes", "skipped", "errors", "verified"]
    expect(
      try document(["copy", "--verify", "c", "d"]), Dictionary(uniqueKeysWithValues: keys.map { ($0, Kind.number) }),
      "copy")
  }

  private func mappingOptions() throws -> [String] {
    let sample = ["sample", "--quiet", "--capture", "6.12", "c"]
    #expect(try Command.cachefiles(sample, directory: scratch.path).status == 0)
    try scratch.write("p/self/mountinfo", Fixtures.bytes("mapping/6.12.mountinfo"))
    try scratch.write("p/fs/nfsfs/volumes", Fixtures.bytes("mapping/6.12.nfs-volumes"))
    try scratch.write("p/fs/fscache/volumes", Fixtures.bytes("proc/6.12.117+deb12-amd64.volumes"))
    try scratch.write("facts", Fixtures.bytes("mapping/6.12.facts"))
    return ["--proc", "p", "--facts", "facts"]
  }

  @Test("cached, locate, whatis")
  func mapping() throws {
    let options = try mappingOptions()
    let numbers: [String: Kind] = ["file_bytes": .number, "cached_bytes": .number]
    let file = numbers.merging(["file": .text, "object": .text, "volume": .text, "state": .text]) { $1 }
    let cached = try lines(
      ["cached", "--dir", "c", "/srv/v3/one-part", "/srv/v4/d/changed", "/srv/v4/d/long-handle"] + options)
    expect(cached[0], file, "cached")
    #expect(cached.count == 3)
    let share = cached[0]["share"]
    #expect(share != nil && share?.text == nil && share?.integer == nil)
    expect(cached.first { $0["state"]?.text == "stale" }, file.merging(["reason": .text]) { $1 }, "cached, stale")
    expect(
      cached.first { $0["state"]?.text == "unknown" }, numbers.merging(["reason": .text]) { $1 }, "cached, unknown")
    let located = try lines(["locate", "--dir", "c", "/srv/v4/whole", "/srv/v4/d/absent"] + options)
    for object in located {
      expect(object, ["file": .text, "object": .text, "exists": .bool, "volume": .text, "key": .hex], "locate")
    }
    #expect(located.map { $0["exists"]?.bool } == [true, false])
    let found = try lines(["whatis", "--netfs", "9p", "--search", "/srv/9p", "ea25f80000000000"] + options)[0]
    expect(found, ["object": .text, "key": .hex, "netfs": .object, "file": .text], "whatis")
    #expect(found["file"]?.text == "/srv/9p/part")
  }

  @Test("Keys that end in _ns and _bytes are whole numbers everywhere, and every key is lower case with underscores")
  func units() throws {
    try sample()
    let path = try objectPath()
    let mapping = ["--proc", "p", "--facts", "facts"]
    try scratch.write("p/self/mountinfo", Fixtures.bytes("mapping/6.12.mountinfo"))
    try scratch.write("facts", Fixtures.bytes("mapping/6.12.facts"))
    let documents = try [
      document(["cached", "--dir", "c", "-r", "/srv/v4", "/srv/smb"] + mapping),
      document(["locate", "--dir", "c", "/srv/v4/whole"] + mapping),
      document(["whatis", "--netfs", "9p", "ea25f80000000000"]),
      document(["stats", "c", "--records", "--extents", "--what-if"]), document(["du", "c", "--top", "3"]),
      document(["ls", "c"]), document(["ls", "c", "--volumes"]), document(["doctor", "c"]),
      document(["show", path, "c", "c/cache/I9p,p9src,hosttag", "c/graveyard/6b00e87700000001"]), document(["demo"]),
      document(["decode", path]), document(["encode", "01"]), document(["record", "00"]),
    ]
    var seen = 0
    func look(_ value: JSONValue, _ place: String) {
      if case .list(let elements) = value { for element in elements { look(element, place) } }
      guard case .object(let members) = value else { return }
      for (key, below) in members {
        if key.hasSuffix("_ns") || key.hasSuffix("_bytes") {
          seen += 1
          #expect(below.integer != nil, "\(place).\(key): \(below)")
        }
        let isScheme = ["D", "S", "T", "E"].contains(key)
        #expect(isScheme || key.range(of: "^[a-z][a-z0-9_]*$", options: .regularExpression) != nil, "\(place).\(key)")
        look(below, "\(place).\(key)")
      }
    }
    for document in documents { look(document, document["schema"]?.text ?? "") }
    #expect(seen > 100)
  }
}
