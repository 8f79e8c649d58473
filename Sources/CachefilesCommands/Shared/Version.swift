// SPDX-License-Identifier: Apache-2.0
import CDocuments

/// The program's version and the layouts that it knows.
enum Version {
  static let number = "0.1.0"
  /// What follows the number in a program that is no release: `+git354.gcaa767df` in packages, `+development` in what was built otherwise.
  static let suffix = String(cString: cachefiles_revision())
  static let text =
    "cachefiles-toolkit \(number)\(suffix) (cachefiles layouts: legacy up to Linux 5.16, volumes from 5.17 to 7.3)"
}
