// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

@Suite("Why the daemon does not start")
struct LastWordsTests {
  let scratch = ScratchDirectory()

  @Test(
    "each error of a bind says what to do",
    arguments: [
      (Errno.notSupported, "ext4"), (.resourceBusy, "stop what bound it"),
      (.noSuchFileOrDirectory, "cachefiles-fsck -p"),
      (.notDirectory, "cachefiles-fsck -p"), (.readOnlyFileSystem, "read-only"), (.noSpace, "free some space"),
      (.diskQuotaExceeded, "free some space"), (.permissionDenied, "lsattr"), (.notPermitted, "lsattr"),
      (.invalidArgument, "configuration"), (.ioError, "kernel log"), (.noMemory, "memory"), (.tooManyLinks, "doctor"),
    ])
  func binding(error: Errno, words: String) {
    let line = LastWords.binding("/var/cache/fs\u{1}", error)
    #expect(line.hasPrefix("cannot bind /var/cache/fs\\x01: \(error): "))
    #expect(line.contains(words) && !line.contains("\n"))
  }

  @Test(
    "so does each error of the device",
    arguments: [
      (Errno.noSuchFileOrDirectory, "modprobe cachefiles"), (.resourceBusy, "another process has it open"),
      (.notPermitted, "CAP_SYS_ADMIN"), (.permissionDenied, "CAP_SYS_ADMIN"),
      (.noSuchAddressOrDevice, "modprobe cachefiles"), (Errno(rawValue: 19), "modprobe cachefiles"),
    ])
  func opening(error: Errno, words: String) {
    var sources = LivenessSources(processes: scratch.path("nothing"))
    sources.device = "/dev/cachefiles"
    #expect(LastWords.opening(error, sources).contains(words))
  }

  @Test("a line that the kernel refuses is named")
  func configuring() {
    #expect(LastWords.configuring(Array("brun 7%".utf8), .invalidArgument).contains("brun 7%"))
    #expect(LastWords.configuring(Array("secctx a:b:c".utf8), .invalidArgument).contains("security module"))
  }

  private func prepare(_ path: FilePath) throws(StartFailure) {
    try DirectoryPreparation(path: path, log: DaemonLog(.closure { _, _ in })).run()
  }

  @Test("a directory that is not there, or none, is an error of the configuration")
  func directory() throws {
    #expect(throws: StartFailure.self) { try prepare(scratch.path("nowhere")) }
    try scratch.write("file")
    do throws(StartFailure) {
      try prepare(scratch.path("file"))
      Issue.record("a file was taken")
    } catch {
      #expect(error.status == .configuration && error.description.contains("not a directory"))
    }
  }

  @Test("a file system in memory is refused before the kernel is asked", .enabled(if: Mount.isPossible))
  func memory() throws {
    try scratch.makeDirectory("m")
    let mount = try Mount(["-t", "tmpfs", "tmpfs", "\(scratch.path)/m"])
    do throws(StartFailure) {
      try prepare(scratch.path("m"))
      Issue.record("tmpfs was taken")
    } catch {
      #expect(error.status == .system && error.description.contains("no kernel binds a cache here"))
    }
    mount.unmount()
  }

  @Test("a read-only one too", .enabled(if: FileSystemImage.isPossible))
  func readOnly() throws {
    let image = FileSystemImage(at: "\(scratch.path)/m")
    try prepare(FilePath(image.path))
    _ = try Command.run("/usr/bin/mount", ["-o", "remount,ro", image.path])
    #expect(throws: StartFailure.self) { try prepare(FilePath(image.path)) }
  }
}
