// SPDX-License-Identifier: Apache-2.0

/// The two ways in which kernels treat an unreadable or over-long attribute.
public enum KernelEra: String, Sendable, CaseIterable {
  /// Before 6.10 without the fix: the object is replaced, the volume buried.
  case before6_10
  /// 6.10 and later, and the stable series that got commit 0ece614a52bc (6.9, 6.6, 6.1): refused forever.
  case since6_10
}
