// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The schemas that are installed name every key that the commands print: a part that two documents share, such as the totals of `stats`
/// and of `demo`, is described in both. `Tests/schemas.py` holds what all golden cases print to the whole of the schemas.
@Suite("Schemas of JSON output")
struct SchemaTests {
  let scratch = ScratchDirectory()

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Packaging/schemas")

  /// The keys of a document that its schema does not name. An object whose schema names none, or says so, may have any.
  private func undescribed(_ value: JSONValue, _ schema: JSONValue?, _ place: String) -> [String] {
    if case .list(let elements) = value {
      return elements.flatMap { undescribed($0, schema?["items"], place + "[]") }
    }
    guard case .object(let members) = value, case .object(let named)? = schema?["properties"] else { return [] }
    let mayHaveMore =
      schema?["patternProperties"] != nil || schema?["additionalProperties"].map { $0.bool != false } == true
    return members.flatMap { key, below in
      if let known = named[key] { return undescribed(below, known, "\(place)/\(key)") }
      return mayHaveMore ? [] : ["\(place)/\(key)"]
    }
  }

  @Test(
    "Every key that a command prints of a cache is in its schema",
    arguments: [
      ["copy", "c", "d"], ["cull", "-n", "c"], ["cull", "-n", "--max-size", "1M", "--margin", "1%", "c"],
      ["cull", "-n", "--quota", "*=1M", "--quota", "9p*=2M", "c"], ["decode", "T1", "T01", "@2e", "I9p,p9src,hosttag"],
      ["demo"],
      ["doctor", "c"], ["du", "c", "--records", "--extents"], ["du", "c", "--by", "netfs", "--records", "--extents"],
      ["du", "c", "--by", "volume", "--records"], ["du", "c", "--by", "age", "--extents"], ["du", "c", "--by", "size"],
      ["du", "c", "--by", "encoding", "--records"], ["du", "c", "--by", "fanout"],
      ["du", "c", "--top", "3", "--records"],
      ["encode", "01", "--volume", "9p,p9src,hosttag"], ["fsck", "-n", "c"], ["fsck", "--deep", "c"], ["ls", "c"],
      ["ls", "c", "--volumes"], ["manifest", "c"], ["purge", "-n", "--all", "c"],
      ["purge", "-n", "--volume", "9p*", "c"],
      ["record", "00"], ["show", "c", "c/cache/I9p,p9src,hosttag", "c/graveyard"], ["stats", "c"],
      ["stats", "c", "--records", "--extents", "--what-if"], ["sweep", "-n", "c"], ["top", "c", "--count", "1"],
    ])
  func everyKey(arguments: [String]) throws {
    #expect(try Command.cachefiles(["sample", "--quiet", "c"], directory: scratch.path).status == 0)
    let file = Self.folder.appending(path: "\(arguments[0]).1.schema.json")
    let schema = try JSONValue(parsing: Array(Data(contentsOf: file)))
    let isLines = ["manifest", "top"].contains(arguments[0])
    let output = try Command.cachefiles(arguments + [isLines ? "--jsonl" : "--json"], directory: scratch.path).output
    let documents =
      try isLines
      ? output.split(separator: 0x0a).map { try JSONValue(parsing: Array($0)) } : [JSONValue(parsing: output)]
    #expect(!documents.isEmpty)
    for document in documents {
      #expect(document["schema"]?.text == "cachefiles.\(arguments[0])/1")
      #expect(undescribed(document, schema, "").isEmpty)
    }
  }
}
