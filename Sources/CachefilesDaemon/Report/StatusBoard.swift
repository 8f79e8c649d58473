// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import Synchronization

/// The status, shared by the threads of the daemon, and the files that it is written to.
package final class StatusBoard: Sendable {
  private let status: Guarded<DaemonStatus>
  private let isNew = Atomic<Bool>(true)

  /// Makes one.
  package init(_ status: DaemonStatus) { self.status = Guarded(status) }

  /// What is known now.
  package var current: DaemonStatus { status.withLock { $0 } }

  /// Changes it.
  func update(_ body: (inout DaemonStatus) -> Void) {
    let changed = status.withLock { status in
      let before = status
      body(&status)
      return before != status
    }
    if changed { isNew.store(true, ordering: .relaxed) }
  }

  /// What is known is as good as new: it is still so.
  func renew() { isNew.store(true, ordering: .relaxed) }

  /// Whether there is something to be written.
  var hasNews: Bool { isNew.load(ordering: .relaxed) }

  /// Whether it has changed since this was asked.
  func takeNews() -> Bool { isNew.exchange(false, ordering: .relaxed) }
}
