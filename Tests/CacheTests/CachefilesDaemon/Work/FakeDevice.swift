// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// The device of a cache that is not there: commands go to a ``FakeKernel``, and what it tells is made up.
final class FakeDevice: CacheDevice {
  let kernel: FakeKernel
  private let news: Event
  private let tell: @Sendable (Int) throws(Errno) -> CacheStateLine?
  private let readings = Atomic<Int>(0)

  init(_ kernel: FakeKernel, _ tell: @escaping @Sendable (Int) throws(Errno) -> CacheStateLine?) throws {
    self.kernel = kernel
    self.tell = tell
    news = try Event()
  }

  func command(_ bytes: [UInt8]) throws(Errno) { try kernel.command(bytes) }
  func state() throws(Errno) -> CacheStateLine? { try tell(readings.add(1, ordering: .relaxed).newValue) }
  func join(_ set: inout PollSet) -> Int { set.add(news.descriptor) }
}
