// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// How much a pipe holds (`fcntl(2)`, `F_SETPIPE_SZ`).
enum PipeCapacity {
  /// The most that a process without privileges may ask for, as the kernel is set up; in bytes.
  static let usual: CInt = 1 << 20

  /// Asks for a pipe that holds what is moved at once, so that the two sides wait for each other less often. Where the descriptor is no
  /// pipe, or the kernel gives no more, it stays as it is.
  static func widen(_ descriptor: CInt) {
    _ = clinux_widen_pipe(descriptor, usual)
  }
}
