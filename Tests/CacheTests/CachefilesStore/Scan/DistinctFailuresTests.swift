// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import SystemPackage
import Testing

@Suite("Failures that are met twice")
struct DistinctFailuresTests {
  private func failure(_ path: String, _ operation: String, _ error: Errno) -> StoreError {
    StoreError(path: Array(path.utf8), operation: operation, error: error)
  }

  /// Whether each of them, one after another, is new.
  private func answers(_ errors: [StoreError]) -> [Bool] {
    var failures = DistinctFailures()
    return errors.map { failures.isNew($0) }
  }

  @Test("A directory that cannot be opened and a mount without attributes are told once")
  func once() {
    for error in [failure("a", "open", .permissionDenied), failure("c", "read any cache attribute", .notSupported)] {
      #expect(answers([error, error]) == [true, false])
    }
  }

  @Test("Another path, another step and all other failures are told each time")
  func others() {
    let opened = failure("a", "open", .permissionDenied)
    #expect(answers([opened, failure("b", "open", .permissionDenied)]) == [true, true])
    #expect(answers([opened, failure("a", "read the flags", .notSupported)]) == [true, true])
    let kept = failure("a", "remove", .ioError)
    #expect(answers([kept, kept]) == [true, true])
  }
}
