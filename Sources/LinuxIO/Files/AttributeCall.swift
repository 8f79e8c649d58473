// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Whether the kernel has `getxattrat`; found out at the first call.
public enum AttributeCall {
  static let isAvailable = Atomic<Bool>(true)

  /// Remembers that the kernel does not know the call. One that a test made fail says nothing about the kernel.
  static func noteMissing() {
    #if FAULTS
      if !FaultPlan.current.isEmpty { return }
    #endif
    useFallback()
  }

  /// Makes the module use the fallback for kernels before 6.13, as benchmarks do.
  public static func useFallback() { isAvailable.store(false, ordering: .relaxed) }
}
