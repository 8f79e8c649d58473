// SPDX-License-Identifier: Apache-2.0

/// The classes that an object belongs to in the distributions of a cache.
package struct ObjectClasses: Sendable, Equatable {
  /// The number of its fanout directory.
  package var fanout: UInt8
  /// Its ``SizeClass``, by the length of the file.
  package var size: UInt8
  /// Its ``AgeClasses``, by its last use.
  package var age: UInt8
  /// Its encoding: the place of the first letter of its name in `D S T E`, 4 for all others.
  package var encoding: UInt8

  /// For files with several names: which name stands for the file, whatever order they were seen in.
  func precedes(_ other: ObjectClasses) -> Bool {
    (fanout, encoding, size, age) < (other.fanout, other.encoding, other.size, other.age)
  }
}
