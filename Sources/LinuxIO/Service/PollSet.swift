// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Descriptors that are waited for together.
public struct PollSet {
  private var requests: [pollfd] = []

  /// Waits for nothing.
  public init() {}

  /// Adds a descriptor that is to become readable, and gives its place. It must stay open as long as this is used.
  @discardableResult
  public mutating func add(_ descriptor: borrowing OwnedDescriptor) -> Int {
    requests.append(pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0))
    return requests.count - 1
  }

  /// Whether a descriptor has something to read, or has failed.
  public func isReady(_ place: Int) -> Bool { requests[place].revents != 0 }

  /// Waits until one of them is readable, at most so long; nil for ever. A signal ends the wait too.
  ///
  /// The corresponding C function is `poll`.
  /// - Throws: `Errno`.
  public mutating func wait(milliseconds: Int?) throws(Errno) {
    #if FAULTS
      if let forced = FaultPlan.fault(for: .poll), forced != .interrupted { throw forced }
    #endif
    for index in requests.indices { requests[index].revents = 0 }
    let count = poll(&requests, nfds_t(requests.count), milliseconds.map { CInt(clamping: $0) } ?? -1)
    if count < 0, errno != EINTR { throw Errno(rawValue: errno) }
  }
}
