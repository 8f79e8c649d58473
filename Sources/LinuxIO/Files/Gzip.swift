// SPDX-License-Identifier: Apache-2.0
internal import CDeflate

/// Text that was compressed by gzip: `/proc/config.gz`.
public enum Gzip {
  /// What one compressed member stands for; nil where it is none, is damaged or cut off, or is longer than the limit.
  ///
  /// The corresponding C function is `libdeflate_gzip_decompress`.
  /// - Parameter limit: the most bytes that it can sensibly have: a few kilobytes can stand for gigabytes.
  public static func expand(_ compressed: [UInt8], limit: Int) -> [UInt8]? {
    guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
    defer { libdeflate_free_decompressor(decompressor) }
    var isWhole = false
    let text = [UInt8](unsafeUninitializedCapacity: limit) { output, count in
      let result = compressed.withUnsafeBytes { input in
        libdeflate_gzip_decompress(decompressor, input.baseAddress, input.count, output.baseAddress, limit, &count)
      }
      isWhole = result == LIBDEFLATE_SUCCESS
      if !isWhole { count = 0 }
    }
    return isWhole ? text : nil
  }
}
