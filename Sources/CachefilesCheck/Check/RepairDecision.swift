// SPDX-License-Identifier: Apache-2.0

/// What is to become of a problem: whether there is a repair, and why one that there is stays undone.
package enum RepairDecision: Sendable, Equatable {
  /// Nothing mends it, or a kernel does so by itself.
  case none
  /// It can be mended, if the user wants it.
  case offered(RepairVerb)
  /// It could be mended, but not here, for this reason.
  case withheld(RepairVerb, WithholdingReason)

  /// What would mend it, where that is offered.
  package var offered: RepairVerb? {
    if case .offered(let verb) = self { return verb }
    return nil
  }
}
