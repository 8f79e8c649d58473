// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import Testing

@Suite("The trend of some points")
struct TrendTests {
  private static func points(_ values: [Double]) -> [Trend.Point] {
    values.enumerated().map { Trend.Point(time: Double($0.offset), value: $0.element) }
  }

  @Test("is the slope of a line, with no range")
  func line() throws {
    let trend = try #require(Trend(Self.points((0..<30).map { 100 - 2.5 * Double($0) })))
    #expect(trend.slope == -2.5 && trend.range == -2.5 ... -2.5)
  }

  @Test("does not exist for no point, for one, and for one moment")
  func none() {
    #expect(Trend([]) == nil && Trend(Self.points([3])) == nil)
    #expect(Trend([Trend.Point(time: 1, value: 2), Trend.Point(time: 1, value: 9)]) == nil)
  }

  @Test("of three points has the least and the greatest of all slopes as its range")
  func three() throws {
    let trend = try #require(Trend(Self.points([10, 8, 1])))
    #expect(trend.range == -7 ... -2)
    #expect(trend.slope == -4.5)
  }

  @Test("is not moved by one purge that frees a lot")
  func purge() throws {
    var values = (0..<20).map { 1000 - 3 * Double($0) }
    values[7] += 500
    let trend = try #require(Trend(Self.points(values)))
    #expect(trend.slope == -3)
  }

  @Test("contains the true slope in nearly all of 400 noisy histories, and its range narrows with more nights")
  func coverage() throws {
    var random = SplitMix64(seed: 18)
    func noise() -> Double { Double(random.next() % 2001) / 100 - 10 }
    var widths: [Int: Double] = [:]
    for nights in [5, 30] {
      var hits = 0
      for _ in 0..<400 {
        let values = (0..<nights).map { 500 - 4 * Double($0) + noise() }
        let trend = try #require(Trend(Self.points(values)))
        if trend.range.contains(-4) { hits += 1 }
        widths[nights, default: 0] += trend.range.upperBound - trend.range.lowerBound
      }
      #expect(hits >= 360)
    }
    #expect((widths[30] ?? .infinity) < (widths[5] ?? 0) / 4)
  }

  @Test("of many thousand points is found from some of them, the last among them")
  func many() throws {
    let trend = try #require(Trend(Self.points((0..<20_000).map { -Double($0) })))
    #expect(trend.slope == -1)
  }
}
