// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// A program that is run for its output. Its errors go where ours go.
public struct ChildProcess {
  /// The bytes that it wrote.
  public let output: [UInt8]
  /// Its exit status; 128 and the number of the signal that ended it.
  public let status: Int32

  /// More bytes of input than this would not fit the pipe while nobody reads it.
  public static let inputLimit = 60 << 10

  /// Runs a program, found through `PATH`, until its end.
  ///
  /// The corresponding C functions are `posix_spawnp`, `read` and `waitpid`.
  /// - Parameters:
  ///   - arguments: its name and its arguments. No shell reads them.
  ///   - input: what it reads, at most ``inputLimit`` bytes.
  ///   - limit: at most so many bytes of output are read; with more it is ended.
  /// - Throws: `Errno`; ENOENT where there is no such program, EFBIG for more output; ECHILD where its status cannot be had, because this
  ///   process ignores SIGCHLD.
  public init(_ arguments: [[UInt8]], input: [UInt8], limit: Int) throws(Errno) {
    guard input.count <= Self.inputLimit else { throw .fileTooLarge }
    let (toChild, fromChild) = (Pipe(), Pipe())
    let process = try Self.spawn(arguments, input: try toChild.open().source, output: try fromChild.open().sink)
    // The child's ends were ours only while it was made; with them no end would ever be seen.
    toChild.closeSource()
    fromChild.closeSink()
    do throws(Errno) { try toChild.write(input) } catch {
      // It did not want to hear it all; its status tells why.
      guard error == .brokenPipe else { throw error }
    }
    toChild.closeSink()
    var bytes: [UInt8] = []
    var failure: Errno?
    do throws(Errno) { bytes = try fromChild.read(limit) } catch { failure = error }
    if failure != nil { kill(process, SIGTERM) }
    fromChild.closeSource()
    var word: Int32 = 0
    do throws(Errno) { try perform(.waitpid) { waitpid(process, &word, 0) } } catch { failure = failure ?? error }
    if let failure { throw failure }
    output = bytes
    status = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
  }

  /// Has the kernel keep the status of a child until it is asked for, also in a process whose parent ignored SIGCHLD, which is inherited. The
  /// corresponding C function is `signal`.
  public static func keepStatuses() { signal(SIGCHLD, SIG_DFL) }

  private static func spawn(_ arguments: [[UInt8]], input: CInt, output: CInt) throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What we ignore or catch is no business of it.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { bytes in
      (bytes + [0]).withUnsafeBufferPointer { buffer in
        buffer.baseAddress.flatMap { strdup(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) }
      }
    }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    guard let name = pointers[0] else { throw .noMemory }
    var process: pid_t = 0
    let error = posix_spawnp(&process, name, &actions, &attributes, pointers, clinux_environment())
    guard error == 0 else { throw Errno(rawValue: error) }
    return process
  }
}

/// A pipe, of which either end can be closed.
private final class Pipe {
  private var ends: (source: CInt, sink: CInt) = (-1, -1)

  deinit {
    closeSource()
    closeSink()
  }

  func open() throws(Errno) -> (source: CInt, sink: CInt) {
    var pair: [CInt] = [-1, -1]
    try perform(.open) { clinux_pipe(&pair) }
    ends = (pair[0], pair[1])
    return ends
  }

  func closeSource() {
    if ends.source >= 0 { _ = close(ends.source) }
    ends.source = -1
  }

  func closeSink() {
    if ends.sink >= 0 { _ = close(ends.sink) }
    ends.sink = -1
  }

  /// Writes all of it. A reader that is gone is EPIPE, also in a process that does not ignore SIGPIPE: that goes to the thread that
  /// writes, which takes it.
  func write(_ bytes: [UInt8]) throws(Errno) {
    var (signals, before) = (sigset_t(), sigset_t())
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    defer {
      var none = timespec()
      sigtimedwait(&signals, nil, &none)
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    try OwnedDescriptor.appendPatiently(bytes.span, to: ends.sink)
  }

  func read(_ limit: Int) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try call(.read) {
        buffer.withUnsafeMutableBytes { Glibc.read(ends.source, $0.baseAddress, $0.count) }
      }
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else { throw .fileTooLarge }
      bytes += buffer[..<count]
    }
  }
}
