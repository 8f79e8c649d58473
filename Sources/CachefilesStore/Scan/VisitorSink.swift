// SPDX-License-Identifier: Apache-2.0

/// Hands entries to a visitor that it holds.
final class VisitorSink<V: ScanVisitor>: EntrySink {
  // One thread has it; the check of exclusive access would be made for each entry.
  @exclusivity(unchecked) private(set) var visitor: V

  init(_ visitor: V) { self.visitor = visitor }

  override func visit(_ entry: borrowing ScanEntry) { visitor.visit(entry) }
}
