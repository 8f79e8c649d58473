// SPDX-License-Identifier: Apache-2.0
internal import CZlib

/// Text that was compressed by gzip: `/proc/config.gz`.
public enum Gzip {
  /// What one compressed member stands for; nil where it is none, is damaged or cut off, or is longer than the limit.
  ///
  /// The corresponding C function is `inflate` (zlib).
  /// - Parameter limit: the most bytes that it can sensibly have: a few kilobytes can stand for gigabytes.
  public static func expand(_ compressed: [UInt8], limit: Int) -> [UInt8]? {
    var input = compressed
    var output = [UInt8](repeating: 0, count: limit)
    return input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output -> [UInt8]? in
        var stream = z_stream()
        // 31: a window of 32 KiB, and the header of gzip.
        guard inflateInit2_(&stream, 31, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(clamping: output.count)
        guard inflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return Array(output[..<Int(clamping: stream.total_out)])
      }
    }
  }
}
