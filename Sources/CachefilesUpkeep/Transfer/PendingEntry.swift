// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// An entry of a stream whose sum has not come yet.
struct PendingEntry: Sendable {
  /// The path in the stream.
  var path: [UInt8]
  /// What is known of it.
  var state = State.leftOut

  /// What becomes of it when its sum is right.
  enum State: Sendable {
    /// Nothing: it was named and left out, whatever its sum.
    case leftOut
    /// A directory: it is made.
    case directory(PaxEntry, UInt32)
    /// A thread writes it.
    case read(ReceivedObject, UInt32)
    /// It is written, but for its name.
    case written(ReceivedObject, SharedDescriptor, UInt32)
  }
}
