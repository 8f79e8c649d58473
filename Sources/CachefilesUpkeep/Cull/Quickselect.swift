// SPDX-License-Identifier: Apache-2.0

/// Finds a value by its place in an order without sorting (Hoare's selection).
enum Quickselect {
  /// The value that would stand in a place if all were sorted. The pivots are drawn, so that no order of them takes long.
  static func value<Value: Comparable>(of unsorted: [Value], inPlace place: Int) -> Value {
    var values = unsorted
    var (low, high) = (0, values.count - 1)
    while low < high {
      let pivot = values[Int.random(in: low...high)]
      var (left, right) = (low, high)
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if place <= right {
        high = right
      } else if place >= left {
        low = left
      } else {
        return pivot
      }
    }
    return values[place]
  }
}
