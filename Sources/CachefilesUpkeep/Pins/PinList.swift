// SPDX-License-Identifier: Apache-2.0

/// All pins of a cache.
package struct PinList: Sendable, Equatable {
  /// The path of the cache's root when the list was made.
  package var root: [UInt8]
  /// The pins, no two for the same path.
  package var pins: [Pin]

  /// Makes a list.
  package init(root: [UInt8], pins: [Pin] = []) {
    self.root = root
    self.pins = pins
  }

  /// Puts a pin in the place of the one for its path, or at the end.
  package mutating func put(_ pin: Pin) {
    if let index = pins.firstIndex(where: { $0.path == pin.path }) { pins[index] = pin } else { pins.append(pin) }
  }

  /// Adds the objects of a pin to those of the one for its path.
  package mutating func add(_ pin: Pin) {
    guard let index = pins.firstIndex(where: { $0.path == pin.path }) else { return pins.append(pin) }
    let known = Set(pins[index].objects.map(\.path))
    pins[index].objects += pin.objects.filter { !known.contains($0.path) }
  }
}
