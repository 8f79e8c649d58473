// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Names of machines.
public enum HostName {
  /// The addresses of a machine, as text; none when the name is not known. The corresponding C function is `getaddrinfo`.
  public static func addresses(of name: String) -> [String] {
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, nil, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var found: [String] = []
    var next = first
    while let entry = next {
      var text = [CChar](repeating: 0, count: 256)
      let failed = getnameinfo(
        entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if failed == 0, !found.contains(address) { found.append(address) }
      next = entry.pointee.ai_next
    }
    return found
  }
}
