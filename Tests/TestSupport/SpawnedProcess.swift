// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization

/// A program that runs beside the tests.
///
/// Foundation's `Process` reads behind its buffer when this process has some hundred files open, which the address sanitizer reports.
public final class SpawnedProcess: Sendable {
  /// Its number.
  public let processIdentifier: Int32
  private let ended: Mutex<Int32?> = Mutex(nil)
  private let end = DispatchSemaphore(value: 0)

  /// Starts a program with its standard streams; of what else is open here it gets nothing.
  public init(
    _ program: String, _ arguments: [String], directory: String? = nil, environment: [String: String] = [:],
    streams: (input: Int32, output: Int32, errors: Int32) = (0, 1, 2)
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [streams.input, streams.output, streams.errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
    }
    _ = Self.closeOthers?(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads of this process block signals, which a program would inherit.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
    var number: pid_t = 0
    let words = (directory.map { ["/usr/bin/env", "-C", $0] } ?? []) + [program] + arguments
    let code = Self.withPointers(words) { pointers in
      Self.withPointers(all) { posix_spawn(&number, words[0], &actions, &attributes, pointers, $0) }
    }
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    processIdentifier = number
    Thread.detachNewThread { [self] in
      var word: Int32 = 0
      while waitpid(processIdentifier, &word, 0) < 0, errno == EINTR {}
      let status = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
      ended.withLock { $0 = status }
      end.signal()
    }
  }

  /// Whether it runs.
  public var isRunning: Bool { ended.withLock { $0 } == nil }

  /// Waits for its end. The exit status; 128 + signal when a signal ended it.
  @discardableResult
  public func waitUntilExit() -> Int32 {
    end.wait()
    end.signal()
    return ended.withLock { $0 } ?? -1
  }

  /// `posix_spawn_file_actions_addclosefrom_np` of glibc 2.34 and later, which Swift does not see.
  private static let closeOthers: (@convention(c) (UnsafeMutableRawPointer, Int32) -> Int32)? =
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
      unsafeBitCast($0, to: (@convention(c) (UnsafeMutableRawPointer, Int32) -> Int32).self)
    }

  private static func withPointers<R>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(&pointers)
  }
}
