// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import TestSupport
import Testing

@Suite("A forecast")
struct ForecastTests {
  private static let gigabyte: UInt64 = 1 << 30

  /// Some nights: what is available shrinks from 100 GiB by the given GiB a night; culling begins at 10 GiB.
  private static func nights(
    _ count: Int, shrinks: Double = 3, hours: Double = 24, _ change: (Int, inout HistoryRecord) -> Void = { _, _ in }
  ) -> [HistoryRecord] {
    (0..<count).map { night in
      let time = Timestamp(seconds: 1_700_000_000) + .seconds(Double(night) * hours * 3600)
      let available = UInt64(100 * Double(gigabyte) - shrinks * Double(night) * Double(gigabyte))
      var record = HistoryRecord(
        root: Array("/var/cache/fscache".utf8), time: time, objects: 100, diskBytes: gigabyte,
        space: HistoryRecord.Room(total: 200 * gigabyte, available: available, run: 20 * gigabyte, cull: 10 * gigabyte),
        files: nil, hasAccessTimes: true, culled: 0, refused: 0,
        heldSince: time - .seconds(40 * 86_400),
        use: HistoryRecord.spans.map { HistoryRecord.Use(days: $0, bytes: UInt64($0) * gigabyte) }, errors: 0)
      change(night, &record)
      return record
    }
  }

  private static func reason(_ culling: Forecast.Culling) -> String? {
    if case .unknown(let reason) = culling { reason } else { nil }
  }

  @Test("cannot tell from fewer than three records, and from three of one day", arguments: 0...2)
  func tooFew(count: Int) {
    #expect(Self.reason(Forecast(Self.nights(count)).culling) != nil)
    #expect(
      Self.reason(Forecast(Self.nights(40, shrinks: 1, hours: 0.8)).culling)?.contains("a day and a half") == true)
  }

  @Test("of an even rate names the day, whatever the order of the records")
  func even() {
    let records = Self.nights(15)
    // 58 GiB are left, 48 above the limit.
    #expect(Forecast(records).culling == .expected(earliest: 16, likely: 16, latest: 16))
    #expect(Forecast(records.reversed()).culling == Forecast(records).culling)
  }

  @Test("goes no further than three times the days that the records cover")
  func horizon() {
    // 94 GiB, 84 above the limit: 28 days, of which three nights say nothing.
    #expect(Forecast(Self.nights(3)).culling == .beyondHorizon)
    let slow = Self.nights(15, shrinks: 0.5) { night, record in record.space?.available += UInt64(night % 2) << 30 }
    #expect(Forecast(slow).culling == .beyondHorizon)
  }

  @Test("gives the earliest day alone where the rate may as well be nothing")
  func mayNotCome() {
    let swings = Self.nights(10, shrinks: 0) { night, record in
      record.space?.available = UInt64(night % 2 == 0 ? 14 : 12) << 30
    }
    guard case .expected(let earliest, nil, nil) = Forecast(swings).culling else {
      Issue.record("\(Forecast(swings).culling)")
      return
    }
    #expect(earliest >= 1 && earliest <= 27)
    #expect(Forecast(Self.nights(10, shrinks: -1)).culling == .notForeseen)
  }

  @Test("says that culling goes on: below the limit, or with a count of the kernel that grew")
  func ongoing() {
    #expect(Forecast(Self.nights(32)).culling == .ongoing)
    #expect(Forecast(Self.nights(9) { night, record in record.culled = night == 8 ? 5 : 0 }).culling == .ongoing)
    // A count that fell is that of another start of the machine: nothing was culled since, or something was.
    #expect(Forecast(Self.nights(9) { night, record in record.culled = night == 8 ? 0 : 5 }).culling != .ongoing)
    #expect(Forecast(Self.nights(9) { night, record in record.culled = night == 8 ? 3 : 5 }).culling == .ongoing)
  }

  @Test("a pause of a year is one, though with three records there are only two distances")
  func pauseOfThree() {
    let paused = Self.nights(3) { night, record in if night == 2 { record.time = record.time + .seconds(400 * 86_400) }
    }
    #expect(Forecast(paused).current.count == 1)
    #expect(Self.reason(Forecast(paused).culling)?.hasPrefix("1 record since") == true)
  }

  @Test("records are believed in the order in which they were written; those that a wrong clock dated are left out")
  func writtenOrder() {
    let good = Self.nights(12)
    for index in 0..<12 {
      for wrong in [Timestamp(seconds: 0), good[11].time + .seconds(60 * 86_400), .distantFuture] {
        var records = good
        records[index].time = wrong
        // As the first record a time before all others is in order, and so is one behind them as the last.
        let isInOrder = index == 0 && wrong < good[0].time || index == 11 && wrong > good[11].time
        let believed = HistoryOrder.withoutWrongClocks(records, now: .distantFuture)
        #expect(believed.count == (isInOrder ? 12 : 11), "\(index) \(wrong)")
        // Of the first two, either may be the one that is wrong.
        if !isInOrder, index != 1 || wrong > good[0].time { #expect(believed.allSatisfy { $0.time != wrong }) }
      }
    }
    #expect(HistoryOrder.withoutWrongClocks([], now: .distantFuture).isEmpty)
    // Clocks that stood still.
    #expect(HistoryOrder.withoutWrongClocks([good[0], good[0], good[0]], now: .distantFuture).count == 3)
    // The greater part is believed.
    #expect(
      HistoryOrder.withoutWrongClocks(Array(good[6...]) + Array(good[0..<3]), now: .distantFuture) == Array(good[6...]))
    #expect(
      HistoryOrder.withoutWrongClocks(Array(good[9...]) + Array(good[0..<9]), now: .distantFuture) == Array(good[0..<9])
    )
  }

  @Test("however many records a clock that was ahead has dated, those that are right are believed once it is right")
  func ahead() {
    let good = Self.nights(4)
    let wrong = Self.nights(12).map { record in
      var record = record
      record.time = record.time + .seconds(400 * 86_400)
      return record
    }
    #expect(HistoryOrder.withoutWrongClocks(wrong + good, now: good[3].time) == good)
    // The clock may be a little behind by now.
    #expect(HistoryOrder.withoutWrongClocks(good, now: good[3].time - .seconds(3600)) == good)
  }

  @Test("leaves out what was before the last culling, and before the file system had its size")
  func breaks() {
    let culled = Forecast(Self.nights(12) { night, record in record.culled = night < 6 ? 0 : 9 })
    #expect(culled.current.count == 6)
    let grown = Forecast(Self.nights(12) { night, record in if night < 10 { record.space?.total = 1 } })
    #expect(grown.current.count == 2)
    #expect(Self.reason(grown.culling)?.contains("since the last culling, long pause, or change") == true)
  }

  @Test(
    "a record of a wrong clock, far before all others or behind them, makes no span and no promise", arguments: [0, 14])
  func wrongClock(index: Int) {
    let records = Self.nights(15) { night, record in
      if night == index { record.time = Timestamp(seconds: index == 0 ? 0 : 4_700_000_000) }
    }
    let (forecast, sound) = (Forecast(records), Forecast(Self.nights(15)))
    guard index == 0 else {
      #expect(forecast.current.count == 1 && Self.reason(forecast.culling) != nil)
      return
    }
    #expect(forecast.current.count == 14 && forecast.horizon < sound.horizon)
  }

  @Test("counts files where they end first")
  func files() {
    let records = Self.nights(15) { night, record in
      record.files = HistoryRecord.Room(total: 10_000, available: UInt64(2000 - 100 * night), run: 200, cull: 100)
    }
    let forecast = Forecast(records)
    #expect(forecast.isForFiles)
    #expect(forecast.culling == .expected(earliest: 5, likely: 5, latest: 5))
  }

  @Test("tells how large a cache must be from records that held those days, with what lies between two spans as range")
  func sizes() {
    let forecast = Forecast(Self.nights(5))
    #expect(forecast.size(days: 7) == .told(7 << 30...7 << 30, records: 5))
    #expect(forecast.size(days: 6) == .told(5 << 30...7 << 30, records: 5))
    let varied = Forecast(Self.nights(5) { night, record in record.use[4].bytes += UInt64(night) << 30 })
    #expect(varied.size(days: 7) == .told(7 << 30...11 << 30, records: 5))
  }

  @Test("does not tell the size for more days than the cache held, and what it must be more than")
  func tooMany() {
    guard case .unknown(let reason, let atLeast) = Forecast(Self.nights(5)).size(days: 60) else {
      Issue.record("told")
      return
    }
    #expect(reason.contains("60 days") && atLeast == 60 << 30)
    guard case .unknown = Forecast(Self.nights(5)).size(days: 400) else {
      Issue.record("told")
      return
    }
  }

  @Test("takes no size from records that lack something", arguments: [0, 1, 2, 3])
  func lacking(what: Int) {
    let records = Self.nights(6) { night, record in
      switch what {
      case 0: record.errors = 1
      case 1: record.hasAccessTimes = false
      case 2: record.refused = night
      default: record.heldSince = nil
      }
    }
    guard case .unknown = Forecast(records).size(days: 7) else {
      Issue.record("told")
      return
    }
  }
}
