// SPDX-License-Identifier: Apache-2.0

/// The program's version and the layouts that it knows.
enum Version {
  static let number = "0.1.0"
  static let text =
    "cachefiles-toolkit \(number) (cachefiles layouts: legacy up to Linux 5.16, volumes from 5.17 to 7.3)"
}
