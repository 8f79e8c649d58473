// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// Who is asked about a fleet: a database behind an address, or the Parquet files below a directory; through the engine's own client.
enum FleetEngine: Equatable {
  /// `psql`.
  case postgreSQL(address: [UInt8])
  /// `clickhouse-client`.
  case clickHouse(address: [UInt8])
  /// `duckdb`, or Python's module of that name.
  case parquet(directory: [UInt8])

  /// What an argument names.
  init(_ text: [UInt8]) throws(Failure) {
    let scheme = Self.scheme(of: text)
    switch scheme {
    case nil: self = .parquet(directory: text)
    case "postgresql", "postgres": self = .postgreSQL(address: text)
    case "clickhouse", "clickhouses": self = .clickHouse(address: text)
    case let other?:
      throw Failure("--fleet takes a directory, postgresql://… or clickhouse://…; \(other):// is none of them")
    }
  }

  private static func scheme(of text: [UInt8]) -> String? {
    let name = text.prefix { (97...122).contains($0) || (65...90).contains($0) }
    guard !name.isEmpty, text.dropFirst(name.count).starts(with: Array("://".utf8)) else { return nil }
    return String(decoding: name, as: UTF8.self).lowercased()
  }

  /// So many bytes of an answer are read: a line for each node.
  private static let limit = 64 << 20

  /// Asks for a data set, by its path as manifests have it.
  func nodes(of path: String) throws(Failure) -> [FleetNode] {
    let answer = try ask(path)
    do throws(CSVReader.Failure) { return try FleetNode.list(parsing: answer) } catch {
      throw Failure("\(name): \(error)")
    }
  }

  private var name: String {
    switch self {
    case .postgreSQL: "psql"
    case .clickHouse: "clickhouse-client"
    case .parquet: "duckdb"
    }
  }

  private func ask(_ path: String) throws(Failure) -> [UInt8] {
    switch self {
    case .postgreSQL(let address):
      let command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "path=\(path)", "--csv", "-f", "-", "-d"]
      return try Self.run(command.map { Array($0.utf8) } + [address], FleetQuestion.postgreSQL)
    case .clickHouse(let address):
      let parameter = "--param_path=\(FleetQuestion.clickHouseParameter(path))"
      let question = ["--format", "CSVWithNames", parameter, "--query", FleetQuestion.clickHouse]
      return try Self.run([Array("clickhouse-client".utf8), address] + question.map { Array($0.utf8) }, "")
    case .parquet(let directory): return try Self.askDuckDB(directory, path)
    }
  }

  /// Reads the files through DuckDB. Its client works in the directory, so that no statement has a name of it.
  private static func askDuckDB(_ directory: [UInt8], _ path: String) throws(Failure) -> [UInt8] {
    do throws(Errno) { _ = try OwnedDescriptor(directory: FilePath(bytes: directory), keepsAccessTime: false) } catch {
      throw Failure("\(EscapedBytes.string(directory)): cannot open the directory: \(error)")
    }
    let there = ["sh", "-c", enter, "sh"].map { Array($0.utf8) } + [directory]
    let nothing = "\(EscapedBytes.quoted(directory)): no file *.parquet is in it or below it"
    if SearchPath.has("duckdb") {
      let client = ["duckdb", "-bail", "-csv"].map { Array($0.utf8) }
      return try run(there + client, FleetQuestion.duckDB(path), nothing: nothing)
    }
    let client = ["python3", "-c", python, path].map { Array($0.utf8) }
    return try run(there + client, FleetQuestion.duckDBPython, nothing: nothing)
  }

  /// The exit status where there is no file to ask: EX_NOINPUT of `sysexits.h`.
  private static let noInput: Int32 = 66

  private static let enter = """
    cd -- "$1" && shift || exit
    [ -n "$(find -L . -name '*.parquet' 2>/dev/null | head -n 1)" ] || exit \(noInput)
    exec "$@"
    """

  private static let python = """
    import csv, sys
    try:
        import duckdb
    except ImportError:
        sys.exit("cachefiles: neither the client of DuckDB nor Python's module duckdb is installed (pip install duckdb)")
    views, question = sys.stdin.read().split("-- question\\n")
    try:
        connection = duckdb.connect()
        connection.execute("SET enable_progress_bar = false")
        connection.execute(views)
        cursor = connection.execute(question, {"path": sys.argv[1]})
        output = csv.writer(sys.stdout)
        output.writerow([column[0] for column in cursor.description])
        output.writerows(cursor.fetchall())
    except duckdb.Error as error:
        sys.exit("duckdb: " + str(error).split("\\n")[0])
    """

  /// Runs a client.
  ///
  /// - Parameter nothing: what ``noInput`` means.
  private static func run(
    _ command: [[UInt8]], _ input: String, nothing: String? = nil
  ) throws(Failure) -> [UInt8] {
    let name = EscapedBytes.string(command[0])
    let child: ChildProcess
    do throws(Errno) {
      child = try ChildProcess(command, input: Array(input.utf8), limit: limit)
    } catch {
      throw Failure(error == .noSuchFileOrDirectory ? "\(name) is not installed" : "\(name): \(error)")
    }
    if let nothing, child.status == noInput { throw Failure(nothing) }
    // It has said why.
    guard child.status == 0 else { throw Failure("the database gave no answer (exit status \(child.status))") }
    // Only DuckDB's own client prints nothing, not even the names of columns, where there is no row.
    if child.output.isEmpty, command.first != Array("sh".utf8) {
      throw Failure("the database gave no answer (nothing)")
    }
    return child.output
  }
}
