// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Programs that others wrote read what is written for them. Each test is left out where its program is not installed.
@Suite("Other programs' readers")
struct OtherReaderTests {
  let scratch = ScratchDirectory()

  static let hasNcdu = FileManager.default.fileExists(atPath: "/usr/bin/ncdu")
  static let hasPromtool = FileManager.default.fileExists(atPath: "/usr/bin/promtool")
  static let hasParser =
    (try? Command.run("/usr/bin/env", ["python3", "-c", "import prometheus_client.openmetrics.parser"]))?.status == 0

  private func sample(_ capture: String) throws {
    #expect(
      try Command.cachefiles(["sample", "--quiet", "--capture", capture, "c"], directory: scratch.path).status == 0)
  }

  /// The entries of a tree as ncdu has it: an array is a directory, its first element its own entry.
  private func sum(_ value: JSONValue) -> (entries: Int, bytes: Int64) {
    guard case .list(let elements) = value else { return (1, value["dsize"]?.integer ?? 0) }
    return elements.map(sum).reduce(into: (0, 0)) { all, part in
      all.0 += part.entries
      all.1 += part.bytes
    }
  }

  @Test(
    "ncdu takes the exported tree in and has every entry and byte of it", .enabled(if: hasNcdu, "needs ncdu"),
    .enabled(if: geteuid() == 0, "needs root: some of 5.10 may be read by nobody else"),
    arguments: ["5.10", "6.12", "6.1-afs"])
  func ncdu(capture: String) throws {
    try sample(capture)
    let export = try Command.cachefiles(["du", "--export", "ncdu", "c"], directory: scratch.path)
    #expect(export.status == 0)
    try scratch.write("tree.json", export.output)
    let result = try Command.run(
      "/usr/bin/ncdu", ["-f", "tree.json", "-o", "again.json"], directory: scratch.path, environment: ["TERM": "dumb"])
    #expect(result.status == 0, "\(result.errorText)")
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/again.json")))
    guard case .list(let parts) = try JSONValue(parsing: bytes), parts.count == 4 else {
      Issue.record("ncdu wrote something else")
      return
    }
    let read = sum(parts[3])
    let du = try Command.run("/usr/bin/du", ["-s", "--block-size=1", "c"], directory: scratch.path)
    #expect(read.entries == NaiveWalk.entries("\(scratch.path)/c").count)
    #expect("\(read.bytes)\tc\n" == String(decoding: du.output, as: UTF8.self))
  }

  @Test(
    "The parsers of Prometheus' Python client take the metrics in, the new format and the old",
    .enabled(if: hasParser, "needs prometheus_client of Python"))
  func metrics() throws {
    try sample("6.12")
    // A volume whose key needs escapes.
    try scratch.makeDirectory("c/cache/I9p,\"quo\\te\"\u{fc},x")
    for format in ["openmetrics", "prometheus"] {
      let arguments = ["stats", "--records", "--extents", "--format", format, "--output", format, "c"]
      #expect(try Command.cachefiles(arguments, directory: scratch.path).status == 0)
    }
    let script = """
      from prometheus_client.openmetrics.parser import text_string_to_metric_families as new
      from prometheus_client.parser import text_string_to_metric_families as old
      for parse, name in (new, "openmetrics"), (old, "prometheus"):
          text = open(name, encoding="utf-8").read()
          families = {family.name: family for family in parse(text)}
          objects = families["cachefiles_objects"].samples
          print(int(sum(sample.value for sample in objects)), len(objects))
          print([sample.labels["volume"] for sample in objects if "quo" in sample.labels["volume"]][0])
          print(int(max(sample.value for sample in families["cachefiles_objects_by_age"].samples)))
      """
    let result = try Command.run("/usr/bin/env", ["python3", "-c", script], directory: scratch.path)
    #expect(result.status == 0, "\(result.errorText)")
    let once = "178 5\n9P  \"quo\\\\te\"\\xc3\\xbc  tag x\n178\n"
    #expect(String(decoding: result.output, as: UTF8.self) == once + once)
  }

  @Test("Prometheus' own linter has nothing to say about the metrics", .enabled(if: hasPromtool, "needs promtool"))
  func promtool() throws {
    try sample("6.12")
    try scratch.write("proc/stats", Array(Self.statistics.utf8))
    for arguments in [["--records", "--extents"], ["--no-walk"], ["--no-kernel"]] {
      let written = try Command.cachefiles(
        ["stats", "--format", "prometheus", "--proc", "proc"] + arguments + ["c"], directory: scratch.path)
      #expect(written.status == 0, "\(written.errorText)")
      try scratch.write("metrics", written.output)
      let result = try Command.run(
        "/bin/sh", ["-c", "promtool check metrics <metrics 2>&1"], directory: scratch.path)
      #expect(result.status == 0 && result.output.isEmpty, "\(String(decoding: result.output, as: UTF8.self))")
    }
  }

  /// Counts of a kernel in use.
  static let statistics = """
    Reads  : DR=0 RA=9 RF=0 RS=0 WB=0 WBZ=0
    DownOps: DL=4 ds=4 df=0 di=0
    CaRdOps: RD=5 rs=5 rf=0
    CaWrOps: WR=4 ws=4 wf=0
    Cookies: n=2 v=1 vcol=0 voom=0
    Acquire: n=2 ok=2 oom=0
    NoSpace: nwr=0 ncr=0 cull=7
    IO     : rd=5 wr=4 mis=0

    """
}
