// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
import Synchronization

/// A descriptor that several threads use; it closes with the last of them.
package final class SharedDescriptor: Sendable {
  /// How many are open.
  static let openCount = Atomic<Int>(0)

  /// The descriptor.
  package let value: OwnedDescriptor

  package init(_ value: consuming OwnedDescriptor) {
    self.value = value
    Self.openCount.add(1, ordering: .relaxed)
  }

  deinit { Self.openCount.subtract(1, ordering: .relaxed) }
}
