// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport

@testable import CachefilesUpkeep

/// What one stream came to.
struct ReceiveResult {
  var report: ReceiveReport
  var failures: [StoreError]
  var skips: [CopySkip]
}

extension ScratchDirectory {
  /// Sends the cache below this directory into a file.
  @discardableResult
  func send(
    _ name: String = "cache-root", to file: String = "stream", change: (inout SendOptions) -> Void = { _ in }
  ) throws -> (report: SendReport, failures: [StoreError], skips: [CopySkip]) {
    let failures = Collector<StoreError>()
    let skips = Collector<CopySkip>()
    var options = SendOptions()
    options.threads = 3
    options.onFailure = { failures.add($0) }
    options.onSkip = { skips.add($0) }
    change(&options)
    let descriptor = open("\(path)/\(file)", O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    defer { close(descriptor) }
    let send = try CacheSend(path(name), options)
    let report = send.run(to: try PaxWriter(descriptor: descriptor))
    return (report, failures.all, skips.all)
  }

  /// Puts a stream that is in a file into a cache below this directory.
  func receive(
    _ file: String = "stream", into name: String = "copy", change: (inout ReceiveOptions) -> Void = { _ in }
  ) throws -> ReceiveResult {
    let failures = Collector<StoreError>()
    let skips = Collector<CopySkip>()
    var options = ReceiveOptions()
    options.threads = 3
    options.synchronizes = false
    options.onFailure = { failures.add($0) }
    options.onSkip = { skips.add($0) }
    change(&options)
    let descriptor = open("\(path)/\(file)", O_RDONLY)
    defer { close(descriptor) }
    let receive = try CacheReceive(into: path(name), options)
    let report = try receive.run(try PaxReader(descriptor: descriptor))
    return ReceiveResult(report: report, failures: failures.all, skips: skips.all)
  }

  /// Writes a stream of entries, of which each has bytes that are not zero as data, between the marks that `send` writes.
  func writeStream(_ entries: [PaxEntry], to file: String = "stream", isOurs: Bool = true) throws {
    let descriptor = open("\(path)/\(file)", O_CREAT | O_TRUNC | O_WRONLY, 0o600)
    defer { close(descriptor) }
    let writer = try PaxWriter(descriptor: descriptor)
    func mark(_ path: [UInt8], _ text: [UInt8]) throws {
      try writer.begin(TransferMark.entry(path, text))
      try writer.write(text, at: 0)
      try writer.end()
    }
    if isOurs { try mark(TransferMark.begin, TransferMark.beginText) }
    var objects = 0
    for entry in entries {
      try writer.begin(entry)
      var digest = TransferDigest(entry, record: entry.attributes.first?.value ?? [])
      for run in entry.extents {
        let bytes = [UInt8](repeating: 0x5a, count: Int(run.length))
        digest.add(bytes)
        try writer.write(bytes, at: run.offset)
      }
      try writer.end()
      guard isOurs, entry.kind == .regular || entry.kind == .directory else { continue }
      if entry.kind == .regular { objects += 1 }
      try mark(TransferMark.sums, TransferMark.sumsText([digest.sum.value]))
    }
    if isOurs { try mark(TransferMark.end, TransferMark.endText(objects: objects)) }
    try writer.finish()
  }
}
