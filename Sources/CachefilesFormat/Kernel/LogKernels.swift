// SPDX-License-Identifier: Apache-2.0

/// The kernels that print a line of the log.
public enum LogKernels: String, Sendable, CaseIterable {
  /// Up to 5.16: the key is one of the legacy layout.
  case before517 = "before 5.17"
  /// From 5.17 on.
  case since517 = "5.17 and later"
  /// The line alone does not tell.
  case any = "any"
}
