// SPDX-License-Identifier: Apache-2.0
import CLinux

/// The memory of this process: what is given back to the system, for a process that lives for months.
public enum ProcessMemory {
  /// All threads take memory from at most so many heaps from now on. Otherwise each thread that begins may get a heap of its own, up to
  /// eight for a processor, and what a thread frees that has ended is no use to the next one.
  ///
  /// The corresponding C function is `mallopt` with `M_ARENA_MAX`.
  public static func limitHeaps(to count: Int32) { clinux_limit_heaps(count) }

  /// Gives what is free back to the system.
  ///
  /// The corresponding C function is `malloc_trim`.
  public static func giveBack() { clinux_give_back_memory() }
}
