// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// The kernel's leave for one cache, as a right to remove things of it. One thread at a time works under it: the kernel takes one
/// command at a time.
package final class SharedLiveHold: RemovalRight {
  /// The cache.
  package let live: LiveCache

  /// Shares it.
  package init(_ cache: consuming LiveCache) { live = cache }

  package var isLive: Bool { true }
  package func checkStillHeld() throws(Refusal) { try live.checkStillHeld() }
  package func requireStillHeld() throws(Refusal) { try live.checkStillHeld() }

  package func withRemovers<R: Sendable>(
    threads: Int, _ body: @escaping @Sendable (any EntryRemover) -> R
  ) throws(Refusal) -> [R] { [try withRemover { body($0) }] }

  /// Runs a body on a thread with a working directory of its own.
  package func withRemover<R: Sendable>(_ body: @escaping @Sendable (LiveRemover) -> R) throws(Refusal) -> R {
    let result: Result<R, Errno>
    do throws(Errno) {
      result = try WorkingDirectory.runApart { here in
        do throws(Errno) { return .success(body(try LiveRemover(self, in: here))) } catch { return .failure(error) }
      }
    } catch {
      throw .noLeave(.failed(error))
    }
    do throws(Errno) { return try result.get() } catch { throw .noLeave(.failed(error)) }
  }
}
