// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@testable import CachefilesCommands

/// What goes to a database's client, what comes back, and what a scheduler is told.
@Suite("Asking a fleet")
struct FleetTests {
  @Test("a literal is read back as it was, whatever quotes and backslashes it has")
  func literals() {
    #expect(FleetQuestion.literal("/a") == "'/a'")
    #expect(FleetQuestion.literal("it's '' x") == "'it''s '''' x'")
    #expect(FleetQuestion.literal("'); DROP TABLE manifest; --") == "'''); DROP TABLE manifest; --'")
    #expect(FleetQuestion.literal("\\") == "'\\'")
    // Nothing but an even number of apostrophes stands between the outer two.
    for text in ["", "'", "''", "a'b", "\\'", "%_"] {
      let inner = FleetQuestion.literal(text).dropFirst().dropLast()
      #expect(inner.split(separator: "''", omittingEmptySubsequences: false).joined(separator: "'") == text)
      #expect(inner.count { $0 == "'" } % 2 == 0)
    }
  }

  @Test(
    "a parameter of ClickHouse has its backslashes doubled; a path is escaped first, so that nothing else means anything"
  )
  func parameters() {
    #expect(FleetQuestion.clickHouseParameter("/a\\b") == "/a\\\\b")
    #expect(FleetQuestion.parameter(Array("/a/\n'\u{e9}//".utf8)) == "/a/\\x0a'\\xc3\\xa9")
    #expect(FleetQuestion.parameter(Array("/a\\".utf8)) == "/a\\\\")
    // Everything, whose paths are those behind a slash.
    #expect(FleetQuestion.parameter(Array("/".utf8)).isEmpty && FleetQuestion.parameter(Array("//".utf8)).isEmpty)
  }

  @Test("the statements have no parameter left that an engine does not know")
  func statements() {
    #expect(!FleetQuestion.clickHouse.contains(":'") && FleetQuestion.clickHouse.contains("{path:String}"))
    #expect(!FleetQuestion.duckDBPython.contains(":'") && FleetQuestion.duckDBPython.contains("$path"))
    let whole = FleetQuestion.duckDB("/it's")
    #expect(!whole.contains(":'") && whole.contains("SET VARIABLE path = '/it''s';"))
    #expect(whole.utf8.count < 60 << 10)
  }

  @Test("a source is a directory, or the address of a database that is known")
  func engines() throws {
    #expect(try FleetEngine(Array("/srv/fleet".utf8)) == .parquet(directory: Array("/srv/fleet".utf8)))
    #expect(try FleetEngine(Array("a:b".utf8)) == .parquet(directory: Array("a:b".utf8)))
    for address in ["postgresql://h/db", "postgres://h"] {
      #expect(try FleetEngine(Array(address.utf8)) == .postgreSQL(address: Array(address.utf8)))
    }
    #expect(try FleetEngine(Array("clickhouse://h".utf8)) == .clickHouse(address: Array("clickhouse://h".utf8)))
    #expect(throws: Failure.self) { try FleetEngine(Array("mysql://h".utf8)) }
  }

  @Test("an answer is read as the clients print it, and one that is cut off or strange is an error")
  func answers() throws {
    let header = "host,files,cached_bytes,stale_bytes,total_files,total_bytes\n"
    let rows = "node1,2,100,0,4,200\r\n\"no\"\"de,2\",1,0,5,4,200\n"
    let nodes = try FleetNode.list(parsing: Array((header + rows).utf8))
    #expect(nodes.map(\.host) == ["node1", "no\"de,2"] && nodes.map(\.share) == [0.5, 0])
    #expect(try FleetNode.list(parsing: []) == [])
    #expect(try FleetNode.list(parsing: Array(header.utf8)) == [])
    for bad in ["node1,2,100,0,4,", "node1,2\n", "node1,x,1,1,1,1\n", "\"node1,1,1,1,1,1\n"] {
      #expect(throws: CSVReader.Failure.self) { try FleetNode.list(parsing: Array((header + bad).utf8)) }
    }
  }

  @Test("labels are words that the schedulers take, and different paths have different ones")
  func labels() {
    let node = FleetNode(host: "n1", files: 3, cachedBytes: 76, staleBytes: 0, totalFiles: 4, totalBytes: 100)
    let path = Array("/proj/showA".utf8)
    #expect(
      DataSetLabel.slurm.lines([(path, [node])]) == [
        "NodeName=n1 Features=cached_proj_showA,cached_proj_showA_25,cached_proj_showA_50,cached_proj_showA_75"
      ])
    #expect(DataSetLabel.kubernetes.lines([(path, [node])]) == ["n1 cachefiles/proj.showA=76"])
    #expect(DataSetLabel.flux.lines([(path, [node])]).prefix(2) == ["[[resource.config]]", "hosts = \"n1\""])
    let hard = ["/proj/a-b", "/proj/a b", "/proj/a.b", "/" + String(repeating: "x", count: 300), "/", "/.hidden", "/ü"]
    for separator: Character in ["_", "."] {
      let words = hard.map { DataSetLabel.word(Array($0.utf8), separator: separator, limit: 63) }
      #expect(Set(words).count == hard.count)
      for word in words {
        #expect(word.count <= 63 && !word.isEmpty, "\(word)")
        #expect(word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }, "\(word)")
        #expect(word.last?.isLetter == true || word.last?.isNumber == true)
        #expect(word.first?.isLetter == true || word.first?.isNumber == true)
      }
    }
    #expect(DataSetLabel.word(Array("/proj/a-b".utf8), separator: "_", limit: 60).contains("-") == false)
  }

  @Test("a node is named once for several data sets, with what it has of each")
  func severalSets() {
    func node(_ host: String, _ cached: UInt64) -> FleetNode {
      FleetNode(host: host, files: 1, cachedBytes: cached, staleBytes: 0, totalFiles: 1, totalBytes: 100)
    }
    let sets = [
      (path: Array("/a".utf8), nodes: [node("n1", 30), node("n2", 0)]),
      (path: Array("/b".utf8), nodes: [node("n1", 10)]),
      (path: Array("/a".utf8), nodes: [node("n1", 30)]),
    ]
    #expect(
      DataSetLabel.slurm.lines(sets) == [
        "NodeName=n1 Features=cached_a,cached_a_25,cached_b", "NodeName=n2 Features=cached_a",
      ])
    #expect(DataSetLabel.kubernetes.lines(sets) == ["n1 cachefiles/a=30 cachefiles/b=10", "n2 cachefiles/a=0"])
    #expect(
      DataSetLabel.flux.lines(sets).filter { $0.hasPrefix("properties") } == [
        "properties = [\"cached_a\", \"cached_a_25\", \"cached_b\"]", "properties = [\"cached_a\"]",
      ])
  }
}
