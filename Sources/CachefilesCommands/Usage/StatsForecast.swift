// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles stats forecast`: what the records of some nights tell of the days to come.
struct StatsForecast: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "When culling begins and how large a cache must be, from what 'stats --record' kept.",
    discussion: """
      Tells from the lines of stats.jsonl how fast free space shrinks and when culling begins, with the range in which \
      that lies, and how large a cache that holds so many days of use must be. Nothing is told of more days to come \
      than three times those that the records cover. Fewer than three records, or records of less than a day and a \
      half, tell nothing: "cannot tell", and status 1.

      \(ExitStatus.table)
      """)

  @Argument(
    help: ArgumentHelp("The directory that was given to --record, or a file of such lines.", valueName: "dir"),
    completion: .directory)
  var history: ByteArgument

  @Option(help: ArgumentHelp("Tell how large a cache for so many days must be; several times.", valueName: "n"))
  var days: [Int] = []

  @Option(
    help: ArgumentHelp("Of several caches in the records, the one at this path.", valueName: "path"),
    completion: .file())
  var cache: ByteArgument?

  @Option(
    help: ArgumentHelp(
      "Of several machines in the records, the one of this name; a machine that was renamed has several names.",
      valueName: "name"))
  var host: [ByteArgument] = []

  @OptionGroup var form: OutputOptions

  func validate() throws {
    if days.contains(where: { !(1...36500).contains($0) }) { throw ValidationError("--days takes 1 or more") }
  }

  func run() throws {
    let output = Output(form)
    let path = FilePath(bytes: history.bytes)
    let file = (try? FileStatus.of(path))?.kind == .directory ? path.appending(History.name) : path
    let read = try Self.read(file)
    var written = try chosen(read.records, file)
    if host.isEmpty {
      try Self.requireOneHost(written, file)
    } else {
      written = try ofHosts(written, file)
    }
    let believed = HistoryOrder.withoutWrongClocks(written, now: .now)
    let view = ForecastView(forecast: Forecast(believed), days: days, misdated: written.count - believed.count)
    output.render(view, command: "stats-forecast")
    output.stream.flush()
    if let (line, words) = read.firstUnknown {
      let more = read.unknown == 1 ? "" : ", and \(Quantity.count(read.unknown - 1, "later line"))"
      StandardError.line("cachefiles: \(EscapedBytes.string(file.bytes)):\(line): \(words)\(more)")
    }
    if read.unknown > 0 || !view.canTell { throw ExitStatus.failure }
  }

  private static func read(
    _ path: FilePath
  ) throws(Failure) -> (records: [HistoryRecord], unknown: Int, firstUnknown: (line: Int, words: String)?) {
    var (records, number, unknown): ([HistoryRecord], Int, Int) = ([], 0, 0)
    var firstUnknown: (line: Int, words: String)?
    do throws(Errno) {
      try UserFile.forEachLine(of: path, longest: History.longestLine) { line in
        number += 1
        if let known = HistoryLine(line) {
          records.append(known.record)
        } else {
          unknown += 1
          let words =
            HistoryLine.isOfSomeVersion(line) ? "a record of another version, or a damaged one" : "not a record"
          firstUnknown = firstUnknown ?? (number, words)
        }
        return true
      }
    } catch {
      throw Failure("\(EscapedBytes.string(path.bytes)): cannot read: \(error)")
    }
    return (records, unknown, firstUnknown)
  }

  /// The records of one cache.
  private func chosen(_ records: [HistoryRecord], _ file: FilePath) throws(Failure) -> [HistoryRecord] {
    let name = EscapedBytes.string(file.bytes)
    if let cache {
      let root = Array(EscapedBytes.string(cache.bytes).utf8)
      let own = records.filter { $0.root == root }
      guard !own.isEmpty else { throw Failure("\(name): no record of \(EscapedBytes.string(cache.bytes))") }
      return own
    }
    let roots = Set(records.map(\.root)).sorted { $0.lexicographicallyPrecedes($1) }
    guard roots.count < 2 else {
      let list = roots.prefix(4).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
      throw Failure("\(name): it has records of \(roots.count) caches (\(list)): choose one with --cache")
    }
    return records
  }

  /// The records of the machines that were asked for.
  private func ofHosts(_ records: [HistoryRecord], _ file: FilePath) throws(Failure) -> [HistoryRecord] {
    for name in host where !records.contains(where: { $0.host == Self.escaped(name) }) {
      throw Failure("\(EscapedBytes.string(file.bytes)): no record of the machine \(EscapedBytes.string(name.bytes))")
    }
    let names = Set(host.map(Self.escaped))
    return records.filter { names.contains($0.host) }
  }

  /// A name as the records have it.
  private static func escaped(_ name: ByteArgument) -> [UInt8] { Array(EscapedBytes.string(name.bytes).utf8) }

  /// Records of one machine: others have caches of the same path. Older records name none, and are of the one that the others name.
  private static func requireOneHost(_ records: [HistoryRecord], _ file: FilePath) throws(Failure) {
    let hosts = Set(records.map(\.host)).filter { !$0.isEmpty }.sorted { $0.lexicographicallyPrecedes($1) }
    guard hosts.count > 1 else { return }
    let list = hosts.prefix(4).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
    throw Failure(
      "\(EscapedBytes.string(file.bytes)): it has records of \(hosts.count) machines (\(list)): choose one with --host, "
        + "or give all names of one that was renamed")
  }
}
