// SPDX-License-Identifier: Apache-2.0

/// What the doctor looks at.
package enum SymptomGroup: String, Sendable, CaseIterable {
  /// Modules, device, daemon, the kernel's tables.
  case kernel
  /// The cache directory and what is in it.
  case directory
  /// The file system below it.
  case fileSystem = "file system"
  /// Free space against the limits.
  case limits
  /// The daemon's configuration.
  case configuration
  /// Mounts of network file systems.
  case mounts
  /// What the logs say.
  case log
}
