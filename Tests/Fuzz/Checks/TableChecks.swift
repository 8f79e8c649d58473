// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  @testable import CachefilesFormat
  import CachefilesHost

  /// Whole tables, each read as every one that there is: a line that is not understood is put aside, and nothing else is lost.
  enum TableChecks {
    static func check(_ input: [UInt8]) throws {
      let lines = input.split(separator: 10).map { Array($0) }
      try table(input, lines, CookieLine.self)
      try table(input, lines, VolumeLine.self)
      try table(input, lines, CacheLine.self)
      try table(input, lines, NFSVolumeLine.self)
      try table(input, lines, NFSServerLine.self)
      try table(input, lines, MountEntry.self)
      try table(input, lines, LockLine.self)
      try statistics(input)
      for line in lines { try rows(line) }
      for line in FstabLine.lines(of: input.span) { _ = line.asksForCache }
      let configuration = KernelConfiguration(parsing: input.span)
      for type in NetfsType.allCases { _ = KernelConfiguration.option(of: type).flatMap { configuration.has($0) } }
      if let state = CacheStateLine(input.span) {
        try hold(CacheStateLine(Array(written(state).utf8).span) == state, "another state of the cache")
      }
    }

    private static func table<Line: KernelTableLine>(_ text: [UInt8], _ lines: [[UInt8]], _ type: Line.Type) throws {
      let table = KernelTable<Line>(parsing: text.span)
      var headings = 0
      for line in lines {
        do throws(Line.Failure) { _ = try Line(parsing: line.span) } catch {
          if Line.isHeading(error) { headings += 1 }
        }
      }
      try hold(table.rows.count + table.unread.count + headings == lines.count, "lines are lost or twice")
      try hold(table.unread.first.count == min(table.unread.count, UnreadLines.keptLines), "not the first ones")
      try hold(table.unread.first.allSatisfy { $0.count <= UnreadLines.keptBytes }, "too much of a line")
    }

    private static func rows(_ line: [UInt8]) throws {
      // A line feed at its end changes nothing.
      try hold(
        (try? CookieLine(parsing: line.span)) == (try? CookieLine(parsing: (line + [10]).span)), "a line feed counts")
      if let row = try? CookieLine(parsing: line.span) {
        try hold(Set(row.setFlags).count == row.setFlags.count, "a flag twice")
      }
      if let row = try? VolumeLine(parsing: line.span) {
        try hold(Set(row.setFlags).count == row.setFlags.count, "a flag twice")
        _ = (row.isRefused, row.isBeingMade, row.namesCache)
      }
      if let mount = try? MountEntry(parsing: line.span) { try self.mount(mount) }
      if let row = LegacyTableLine(parsing: line.span), let key = row.key {
        let cookie = LegacyCookie(key: key, definition: row.definition, coherency: row.coherency, byteOrder: nil)
        for level in cookie.levels { try Fields.check(level.fields) }
        try Fields.check(cookie.coherencyFields)
        _ = cookie.paths
      }
    }

    /// Written as the kernel does, it is the same mount.
    private static func mount(_ mount: MountEntry) throws {
      _ = (mount.netfs, mount.asksForCache, mount.value(of: "addr"))
      // Commas within an option, and what is empty, have no form of their own.
      guard (mount.options + mount.superOptions).allSatisfy({ !$0.contains(UInt8(ascii: ",")) && !$0.isEmpty }),
        !mount.options.isEmpty, !mount.superOptions.isEmpty, !mount.tags.contains([UInt8(ascii: "-")])
      else { return }
      var columns = [
        Array("\(mount.number)".utf8), Array("\(mount.parent)".utf8), Array(mount.device.description.utf8),
        mangled(mount.root), mangled(mount.mountPoint), list(mount.options),
      ]
      columns += mount.tags
      columns += [[UInt8(ascii: "-")], mangled(mount.type), mangled(mount.source), list(mount.superOptions)]
      let text = Array(columns.joined(separator: [0x20]))
      let again = try mustNotFail("a mount") { try MountEntry(parsing: text.span) }
      try hold(again == mount, "another mount: \(String(decoding: text, as: UTF8.self))")
    }

    private static func list(_ options: [[UInt8]]) -> [UInt8] {
      Array(options.map(mangled).joined(separator: [UInt8(ascii: ",")]))
    }

    /// As `mangle_path` (fs/seq_file.c) does.
    private static func mangled(_ bytes: [UInt8]) -> [UInt8] {
      bytes.flatMap { byte -> [UInt8] in
        guard byte == 0x20 || byte == 9 || byte == 10 || byte == UInt8(ascii: "\\") else { return [byte] }
        return [UInt8(ascii: "\\"), 48 + (byte >> 6), 48 + (byte >> 3 & 7), 48 + (byte & 7)]
      }
    }

    private static func statistics(_ text: [UInt8]) throws {
      let statistics = KernelStatistics(parsing: text.span)
      try hold(statistics.unread.first.count <= UnreadLines.keptLines, "too many lines are kept")
      if let count = statistics.hitCount {
        try hold((0...1).contains(count.ratio) || count.hits < 0 || count.misses < 0, "a ratio of \(count.ratio)")
      }
      _ = (statistics.form, statistics.cookiesMade, statistics.failedAcquisitions, statistics.refusedForSpace)
      _ = (statistics.readsOutsideLibrary, statistics.culled, statistics.creationsWithoutSpace, statistics.downloads)
      for counter in statistics.counters { try hold(!counter.key.isEmpty, "a counter without a name") }
    }

    private static func written(_ state: CacheStateLine) -> String {
      let limits = state.limits
      let numbers: [(String, UInt64)] = [
        ("cull", state.isCulling ? 1 : 0), ("frun", limits.frun), ("fcull", limits.fcull), ("fstop", limits.fstop),
        ("brun", limits.brun), ("bcull", limits.bcull), ("bstop", limits.bstop), ("freleased", state.releasedFiles),
        ("breleased", state.releasedBlocks),
      ]
      return numbers.map { "\($0.0)=\(String($0.1, radix: 16))" }.joined(separator: " ")
    }
  }
#endif
