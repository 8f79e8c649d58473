// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("Quantities")
struct QuantityTests {
  @Test(
    "a share is 0 or 100 % only when it is nothing or all",
    arguments: [
      (0, "0 %"), (1e-9, "<0.1 %"), (0.001, "0.1 %"), (0.5, "50.0 %"), (0.9994, "99.9 %"), (0.9996, "99.9 %"),
      (0.999999999, "99.9 %"), (1, "100 %"), (1.5, "150 %"),
    ])
  func shares(share: Double, text: String) {
    #expect(Quantity.percent(share) == text)
  }
}
