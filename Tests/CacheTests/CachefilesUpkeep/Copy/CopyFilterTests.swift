// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@testable import CachefilesUpkeep

@Suite("What is left out of a copy")
struct CopyFilterTests {
  private func reason(_ content: Content, type: UInt8 = 1, aux: Int = 4, includesDirty: Bool) -> CopySkipReason? {
    var value = [UInt8](repeating: 0, count: 18 + aux)
    value[16] = type
    value[17] = content.rawValue
    return CopyFilter(includesDirty: includesDirty).objection(toRecord: value.span, in: .ninep)?.reason
  }

  @Test("a record that no kernel uses is unsound; a dirty one is dirty whatever else it is, and taken when asked for")
  func records() {
    #expect(reason(.noData, includesDirty: false) == nil)
    #expect(reason(.noData, type: 2, includesDirty: true) == .unsound)
    #expect(reason(.noData, aux: 5, includesDirty: true) == .unsound)
    for (type, aux) in [(UInt8(1), 4), (2, 4), (1, 5)] {
      #expect(reason(.dirty, type: type, aux: aux, includesDirty: false) == .dirty)
      #expect(reason(.dirty, type: type, aux: aux, includesDirty: true) == nil)
    }
  }
}
