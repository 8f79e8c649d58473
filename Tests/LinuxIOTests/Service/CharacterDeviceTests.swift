// SPDX-License-Identifier: Apache-2.0
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import LinuxIO

@Suite("Character devices")
struct CharacterDeviceTests {
  let scratch = ScratchDirectory()

  @Test("one is told by its number, not by its path")
  func number() throws {
    let null = try #require(CharacterDevice.number("/dev/null"))
    #expect(CharacterDevice.number(of: try OwnedDescriptor(device: "/dev/null")) == null)
    #expect(CharacterDevice.number("/dev/zero") != null)
    #expect(CharacterDevice.number("/") == nil && CharacterDevice.number("/nowhere") == nil)
    try scratch.write("file", [1])
    #expect(CharacterDevice.number(of: try OwnedDescriptor(device: scratch.path("file"))) == nil)
  }

  @Test("a process that has it open by another path is found", .enabled(if: geteuid() == 0))
  func otherPath() throws {
    let path = "\(scratch.path)/null"
    guard mknod(path, S_IFCHR | 0o600, 0x103) == 0 else { return }
    let file = open(path, O_RDWR)
    // No device node may be opened on some file systems.
    guard file >= 0 else { return }
    defer { close(file) }
    // Some processes of a container's host may be closed to it.
    let holders = try OpenFiles.search(for: "/dev/null").holders
    #expect(holders.contains { $0.process == CurrentProcess.identifier })
    // Another device, whose name ends in the same way, is not meant.
    #expect(rename(path, "\(scratch.path)/zero") == 0)
    #expect(
      !(try OpenFiles.search(for: "/dev/zero")).holders.contains {
        $0.process == CurrentProcess.identifier && $0.descriptor == Int(file)
      })
  }
}
