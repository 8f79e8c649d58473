// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What objects come to.
package struct CullSum: Sendable, Equatable {
  /// Names of objects.
  package var objects = 0
  /// Files that go with them: an object with another name somewhere frees nothing.
  package var files = 0
  /// Allocated bytes of those files.
  package var bytes: UInt64 = 0

  /// Nothing.
  package init() {}

  /// What one object comes to.
  @inline(__always)
  package init(_ status: FileStatus) {
    objects = 1
    if status.links <= 1 {
      files = 1
      bytes = status.allocatedBytes
    }
  }

  /// Whether nothing is left of it.
  package var isNothing: Bool { objects == 0 && files == 0 && bytes == 0 }

  /// Whether it is at least as much as another in everything.
  package func covers(_ other: CullSum) -> Bool {
    objects >= other.objects && files >= other.files && bytes >= other.bytes
  }

  /// What is left of it without another, nothing where that has more.
  package func remaining(after other: CullSum) -> CullSum {
    var rest = CullSum()
    rest.objects = max(0, objects - other.objects)
    rest.files = max(0, files - other.files)
    rest.bytes = bytes > other.bytes ? bytes - other.bytes : 0
    return rest
  }

  /// Adds another.
  @inline(__always)
  package static func += (left: inout CullSum, right: CullSum) {
    left.objects += right.objects
    left.files += right.files
    left.bytes &+= right.bytes
  }
}
