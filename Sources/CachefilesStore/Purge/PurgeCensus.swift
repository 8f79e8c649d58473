import CachefilesFormat
import LinuxIO

/// Adds up what each entry of `cache` holds.
struct PurgeCensus: ScanVisitor {
  /// By the name of the entry of `cache`.
  private(set) var amounts: [[UInt8]: PurgeAmount] = [:]
  /// Files with several names, whose bytes count once in each entry.
  private var linked: [[UInt8]: Set<UInt64>] = [:]
  private var last: (directory: DirectoryNode, name: [UInt8])?

  mutating func visit(_ entry: borrowing ScanEntry) {
    switch entry.place {
    case .root, .cache, .graveyard, .buried: return
    case .volume, .fanout, .object, .legacy, .foreign: break
    }
    guard let name = name(of: entry) else { return }
    var amount = PurgeAmount()
    amount.diskBytes = entry.status.allocatedBytes
    if entry.status.kind == .regular, entry.place == .object || entry.place == .legacy { amount.objects = 1 }
    if entry.place == .object, case .value = entry.attribute, Self.isDirty(entry.attributeValue) {
      amount.dirtyObjects = 1
    }
    if entry.status.links > 1, entry.status.kind != .directory,
      !linked[name, default: []].insert(entry.status.inode).inserted
    {
      amount.diskBytes = 0
    }
    amounts[name, default: PurgeAmount()] += amount
  }

  mutating func merge(_ other: consuming PurgeCensus) {
    for (name, amount) in other.amounts { amounts[name, default: PurgeAmount()] += amount }
  }

  /// Whether a record is that of a dirty object. Legacy records have no such mark.
  static func isDirty(_ record: Span<UInt8>) -> Bool {
    record.count >= ObjectRecord.headerLength && record[17] == Content.dirty.rawValue
  }

  /// The name of the entry of `cache` that it is or lies below; nil for what lies elsewhere.
  private mutating func name(of entry: borrowing ScanEntry) -> [UInt8]? {
    let directory = entry.directory
    if directory.place == .cache { return entry.name.array }
    if let last, last.directory === directory { return last.name }
    var node = directory
    while let above = node.parent {
      if above.place == .cache {
        last = (directory, node.name)
        return node.name
      }
      node = above
    }
    return nil
  }
}
