// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage
import Testing

@Suite("What a read of the attribute says of dirtiness")
struct DirtinessReadingTests {
  @Test("No error that the read can end with counts as clean")
  func errors() {
    for number in CInt(1)...133 {
      for isLegacy in [false, true] {
        #expect(
          Dirtiness(.failed(Errno(rawValue: number)), [UInt8]().span, inLegacyTree: isLegacy) == .cannotTell,
          "\(number)")
      }
    }
    #expect(Dirtiness(.longer(count: 70_000), [UInt8]().span) == .cannotTell)
  }

  @Test("A file without the attribute never held a cached write")
  func absence() {
    #expect(Dirtiness(.absent, [UInt8]().span) == .clean)
  }
}
