// SPDX-License-Identifier: Apache-2.0

/// The name of a directory in the graveyard: when it was buried, and a counter.
public struct GraveyardName: Equatable, Sendable {
  /// Who buried it.
  public enum Undertaker: String, Sendable {
    /// The kernel: `%08x%08x` in `cachefiles_bury_object` (fs/cachefiles/namei.c).
    case kernel
    /// cachefilesd 0.10.x: `x%lxx%xx`.
    case daemon
  }

  /// Who buried it.
  public var undertaker: Undertaker
  /// Seconds of the wall clock, for kernel names modulo 2³² (they wrap in 2106).
  public var seconds: UInt64
  /// The counter: from 1 at each bind in the kernel, from 0 in the daemon.
  public var counter: UInt32

  /// Makes a name from its parts.
  public init(undertaker: Undertaker, seconds: UInt64, counter: UInt32) {
    self.undertaker = undertaker
    self.seconds = seconds
    self.counter = counter
  }

  /// Reads a name, nil when it has neither form.
  public init?(_ name: Span<UInt8>) {
    for index in 0..<name.count where name[index] >= 65 && name[index] <= 90 { return nil }
    // One of cachefilesd has this length, too, where it has buried 65,536 times and more.
    if name.count == 16, let seconds = Hex.number(name.extracting(0..<8)),
      let counter = Hex.number(name.extracting(8..<16))
    {
      self.init(undertaker: .kernel, seconds: seconds, counter: UInt32(counter))
      return
    }
    guard name.count >= 5, name[0] == UInt8(ascii: "x"), name[name.count - 1] == UInt8(ascii: "x") else { return nil }
    var middle = 1
    while name[middle] != UInt8(ascii: "x") { middle += 1 }
    guard middle < name.count - 1, let seconds = Hex.number(name.extracting(1..<middle)),
      let counter = Hex.number(name.extracting(middle + 1..<name.count - 1), limit: 8)
    else { return nil }
    self.init(undertaker: .daemon, seconds: seconds, counter: UInt32(counter))
  }

  /// The name as bytes.
  public var bytes: [UInt8] {
    switch undertaker {
    case .kernel:
      var name: [UInt8] = []
      Hex.append(seconds, digits: 8, to: &name)
      Hex.append(UInt64(counter), digits: 8, to: &name)
      return name
    case .daemon:
      return Array("x\(String(seconds, radix: 16))x\(String(counter, radix: 16))x".utf8)
    }
  }
}
