// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Synchronization

/// How many objects of a sample have been written.
final class SampleProgress: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .relaxed) }
  func set(_ count: Int) { value.store(count, ordering: .relaxed) }
}
