// SPDX-License-Identifier: Apache-2.0

/// How fast something changes, told from what it was at several moments, with a range.
///
/// The median of the slopes between any two points (Theil 1950, Sen 1968), which one purge or one large job does not
/// move, and the slopes between which the true one lies with a probability of 95 % (Sen's interval, from Kendall's
/// variance). With few points these are the least and the greatest of all slopes.
package struct Trend: Sendable, Equatable {
  /// One point.
  package struct Point: Sendable, Equatable {
    /// In days, from any moment on.
    package var time: Double
    /// What it was.
    package var value: Double

    /// Makes one from its parts.
    package init(time: Double, value: Double) {
      self.time = time
      self.value = value
    }
  }

  /// The change in a day.
  package var slope: Double
  /// Between which slopes the true one lies.
  package var range: ClosedRange<Double>

  /// More points than this are thinned out: the slopes are as many as pairs.
  static let mostPoints = 400

  /// The trend of points; nil where no two differ in time.
  package init?(_ points: [Point]) {
    let count = min(points.count, Self.mostPoints)
    // The last point is always among them.
    let some = (0..<count).map { points[points.count - 1 - $0 * points.count / count] }
    var slopes: [Double] = []
    for (index, point) in some.enumerated() {
      for other in some[(index + 1)...] where other.time != point.time {
        slopes.append((point.value - other.value) / (point.time - other.time))
      }
    }
    guard !slopes.isEmpty else { return nil }
    slopes.sort()
    let middle = slopes.count / 2
    slope = slopes.count % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2
    let number = Double(count)
    let reach = 1.96 * (number * (number - 1) * (2 * number + 5) / 18).squareRoot()
    let margin = max(0, (Double(slopes.count) - reach) / 2)
    let lower = min(Int(margin), slopes.count - 1)
    range = slopes[lower]...slopes[max(lower, slopes.count - 1 - lower)]
  }
}
