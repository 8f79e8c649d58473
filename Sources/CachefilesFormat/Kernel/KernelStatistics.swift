// SPDX-License-Identifier: Apache-2.0

/// `/proc/fs/fscache/stats`: what the kernel has counted since its modules were loaded.
///
/// Lines of the form `section: key=number key=number …`; a section may have several lines. Made by
/// `fscache_stats_show` (fs/fscache/stats.c, from 6.8 fs/netfs/fscache_stats.c) and `netfs_stats_show`
/// (fs/netfs/stats.c). Sections and keys have changed often:
///
/// | kernels | ``Form`` | told by |
/// |---|---|---|
/// | up to 5.16 | ``Form/pages`` | `Cookies: idx= dat= spc=`, `Retrvls:`, `CacheEv:` |
/// | 5.17 to 6.7 | ``Form/readHelpers`` | `Cookies: n= v=`, then the netfs library as `RdHelp :` |
/// | 6.8 and later | ``Form/netfs`` | the netfs library first, as `Netfs  :` (to 6.10) or `DownOps:` and others |
///
/// All numbers are kept in order, also those without an accessor.
public struct KernelStatistics: Equatable, Sendable {
  /// One number.
  public struct Counter: Equatable, Sendable {
    /// The word before the colon, without the blanks around it: `RdHelp`.
    public var section: [UInt8]
    /// The word before the equals sign: `DL`.
    public var key: [UInt8]
    /// The number. Most count events and wrap at 2³²; `LRU: at` is a time and may be negative.
    public var value: Int
  }

  /// The kinds of text that kernels have printed.
  public enum Form: Sendable, Equatable {
    /// Up to 5.16: a cache of pages.
    case pages
    /// 5.17 to 6.7.
    case readHelpers
    /// 6.8 and later.
    case netfs
  }

  /// All numbers, in the kernel's order.
  public private(set) var counters: [Counter] = []
  /// The lines that are neither numbers nor the heading; a line with one bad word counts, its other numbers are kept.
  public private(set) var unread = UnreadLines()

  /// Reads the text. Whatever is not understood is put aside in ``unread``.
  public init(parsing text: Span<UInt8>) {
    KernelText.forEachLine(of: text) { add($0) }
  }

  private mutating func add(_ line: Span<UInt8>) {
    if line.isEmpty || LogText.find("FS-Cache statistics", in: line) != nil { return }
    var colon = 0
    while colon < line.count, line[colon] != UInt8(ascii: ":") { colon += 1 }
    var label = LineReader(line.extracting(0..<colon))
    let section = label.word()
    guard colon < line.count, !section.isEmpty, label.word().isEmpty else { return unread.add(line) }
    var reader = LineReader(line.extracting(colon + 1..<line.count))
    var isWhole = true
    while true {
      let word = reader.word()
      if word.isEmpty { break }
      if let equals = word.firstIndex(of: UInt8(ascii: "=")), equals > 0,
        let value = LineNumber.decimal(Array(word[(equals + 1)...]), digits: 18)
      {
        counters.append(Counter(section: section, key: Array(word[..<equals]), value: value))
      } else {
        isWhole = false
      }
    }
    if !isWhole { unread.add(line) }
  }

  /// A number by its section and key; nil when this kernel does not print it.
  public func value(_ section: StaticString, _ key: StaticString) -> Int? {
    let (section, key) = (Array(section.description.utf8), Array(key.description.utf8))
    return counters.first { $0.section == section && $0.key == key }?.value
  }

  /// Which kind of text it is; nil when it is none that is known.
  public var form: Form? {
    if value("Cookies", "idx") != nil { return .pages }
    guard value("Cookies", "v") != nil else { return nil }
    if value("DownOps", "DL") != nil || value("Netfs", "DL") != nil { return .netfs }
    return .readHelpers
  }
}
