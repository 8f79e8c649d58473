// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("Words with commas between")
struct CommaCompletionTests {
  private let words = ["O01", "O06", "V01"]

  @Test("each word is offered behind what has been typed, and none twice")
  func offers() {
    #expect(CommaCompletion.offers(words, after: "") == words)
    #expect(CommaCompletion.offers(words, after: "O0") == words)
    #expect(CommaCompletion.offers(words, after: "o06,") == ["o06,O01", "o06,V01"])
    #expect(CommaCompletion.offers(words, after: "O06,V01,O") == ["O06,V01,O01"])
    #expect(CommaCompletion.offers(words, after: "--only=O06,V") == ["O06,O01", "O06,V01"])
    #expect(CommaCompletion.offers(words, after: "--only=") == words)
  }
}
