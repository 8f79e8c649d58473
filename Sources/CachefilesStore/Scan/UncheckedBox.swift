// SPDX-License-Identifier: Apache-2.0

/// Hands a value from the thread that made it to the one that joined it.
struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
