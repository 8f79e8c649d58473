// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// Compares a part of one file with the server, on one thread.
///
/// A difference counts only when it is found twice, with some time between, while neither the file nor its object changed: the file is
/// opened anew, the server is asked for its status, and the record is judged again each time.
struct FileComparison {
  /// What came of one look.
  private enum Look {
    /// Pieces were compared.
    case compared(Found)
    /// Something was another than before, or became so meanwhile.
    case changed(String)
    /// There is nothing to compare.
    case other(VerifiedFile.State, String?)
    /// It was to end.
    case ended
  }

  /// What was found in one look.
  private struct Found {
    var bytes: UInt64 = 0
    var blocks = 0
    var differences: [Difference] = []
    var fileBytes: UInt64 = 0
    var object: WrongObject?
    /// Whether the mount believes what it knows of files for some time, whatever is asked.
    var isLazy = false
  }

  /// What came of a part.
  struct Answer {
    var file: VerifiedFile
    /// Blocks that were compared.
    var blocks = 0
    /// What is wrong, as it was when that was certain.
    var wrong: WrongObject?
  }

  /// The bytes that are read at a time.
  static let pieceSize: UInt64 = 1 << 20
  /// How much of a file is one part: threads share large files.
  static let partSize: UInt64 = 256 << 20

  private let context: VerifyContext
  private let cache = AlignedBuffer(capacity: Int(pieceSize) + 2 * AlignedBuffer.alignment)
  private let server = AlignedBuffer(capacity: Int(pieceSize) + 2 * AlignedBuffer.alignment)

  init(_ context: VerifyContext) { self.context = context }

  /// Compares a part; nil when it was to end before it was done.
  func compare(_ path: [UInt8], _ part: Range<UInt64>) -> Answer? {
    var answer = Answer(file: VerifiedFile(path: path, state: .changing))
    var before: Found?
    for attempt in 0..<context.options.attempts {
      context.step()
      if attempt > 0 {
        context.options.beforeRecheck(path)
        context.rest(isLong: before?.isLazy == true)
      }
      let look: Look
      do throws(StoreError) { look = try self.look(at: path, part, again: before) } catch {
        context.fail(error)
        answer.file.state = .failed
        return answer
      }
      switch look {
      case .ended: return nil
      case .other(let state, let reason):
        answer.file.state = state
        answer.file.reason = reason
        return answer
      case .changed(let reason):
        answer.file.reason = reason
        before = nil
      case .compared(let found):
        if let first = before, first.differences == found.differences { return wrong(first, &answer) }
        if before == nil, found.differences.isEmpty { return right(found, &answer) }
        answer.file.reason = "what differed did not differ in the same way a moment later"
        before = found.differences.isEmpty ? nil : found
      }
    }
    return answer
  }

  private func right(_ found: Found, _ answer: inout Answer) -> Answer {
    answer.file.state = found.bytes > 0 ? .right : .unsampled
    answer.file.reason = nil
    answer.file.object = found.object?.path
    answer.file.fileBytes = found.fileBytes
    answer.file.comparedBytes = found.bytes
    answer.blocks = found.blocks
    return answer
  }

  private func wrong(_ found: Found, _ answer: inout Answer) -> Answer {
    _ = right(found, &answer)
    answer.file.state = .wrong
    answer.file.wrongBytes = found.differences.reduce(0) { $0 + $1.bytes }
    answer.file.wrongRanges = found.differences.rangeCount
    answer.file.ranges = Array(found.differences.ranges.prefix(WrongRange.mostRanges))
    answer.wrong = found.object
    return answer
  }

  // MARK: One look

  /// Looks at the part, or only at the pieces that differed.
  private func look(at path: [UInt8], _ part: Range<UInt64>, again before: Found?) throws(StoreError) -> Look {
    let found = try context.source.file(path, in: context.side.mounts)
    let server: ServerFile
    do throws(Errno) { server = try ServerFile(found, context.options.other) } catch {
      switch error {
      case .staleNFSFileHandle, .noSuchFileOrDirectory: return .changed("another file has its path")
      case .invalidArgument:
        return .other(.refused, "its file system does not read directly (O_DIRECT)")
      default: throw StoreError(path: path, operation: "open", error: error)
      }
    }
    let cookies = try context.cookies(isFresh: before != nil)
    let (judgement, open) = context.side.examine(context.side.mapping(of: server.file), cookies, within: part)
    if !(judgement.state == .empty && part != 0..<UInt64.max), let left = Self.left(judgement, open) { return left }
    guard let open else { return .other(.unknown, judgement.reason) }
    var result = Found()
    result.fileBytes = server.file.facts.size
    result.object = WrongObject(open)
    result.isLazy = server.file.netfs == .cifs
    let pieces: [Range<UInt64>]
    if let before {
      pieces = before.differences.map(\.piece)
      guard result.object == before.object,
        pieces.allSatisfy({ piece in judgement.runs.contains { $0.clamped(to: piece) == piece } })
      else { return .changed("its object was replaced meanwhile") }
    } else {
      pieces = self.pieces(of: judgement.runs, path, part)
    }
    for piece in pieces {
      if context.isEnded { return .ended }
      if let look = try compare(piece, open, server, &result) { return look }
    }
    guard open.isUnchanged else { return .changed("its object was replaced meanwhile") }
    if result.differences.isEmpty, before == nil { return .compared(result) }
    do throws(Errno) {
      return try server.isUnchanged() ? .compared(merged(result, before)) : .changed("it was changed meanwhile")
    } catch {
      throw StoreError(path: path, operation: "look at", error: error)
    }
  }

  /// The second look compares the pieces that differed; what the first one compared counts.
  private func merged(_ again: Found, _ before: Found?) -> Found {
    guard let before else { return again }
    var result = before
    result.differences = again.differences
    result.object = again.object
    return result
  }

  /// What a judgement says when there is nothing to compare.
  private static func left(_ judgement: CachedFileJudgement, _ open: OpenObject?) -> Look? {
    switch judgement.state {
    case .cached, .partial: nil
    case .empty: .other(.empty, judgement.reason)
    case .absent: .other(.absent, judgement.reason)
    case .stale: .other(.stale, judgement.reason)
    case .dirty: .other(.dirty, judgement.reason)
    case .unknown: .other(VerifiedFile.State(unknown: judgement), judgement.reason)
    }
  }

  private func pieces(of runs: [Range<UInt64>], _ path: [UInt8], _ part: Range<UInt64>) -> [Range<UInt64>] {
    let hash = BlockSample.PathHash(path)
    var pieces: [Range<UInt64>] = []
    for run in runs {
      let inside = run.clamped(to: part)
      if inside.isEmpty { continue }
      context.options.sample.forEachPiece(of: inside, in: hash, longest: Self.pieceSize) {
        pieces.append($0)
        return true
      }
    }
    return pieces
  }

  /// Compares one piece; a look where that ends the whole.
  private func compare(
    _ piece: Range<UInt64>, _ open: OpenObject, _ server: ServerFile, _ result: inout Found
  ) throws(StoreError) -> Look? {
    let mask = UInt64(AlignedBuffer.alignment - 1)
    let start = piece.lowerBound & ~mask
    let needed = Int(piece.upperBound - start)
    context.pace.wait(for: needed) { context.isEndedOrWaited }
    if context.isEnded { return .ended }
    let path = server.file.path
    let count: Int
    do throws(Errno) { count = try server.read(into: self.server, at: start, needed: needed) } catch {
      if error == .staleNFSFileHandle { return .changed("the server has another file by now") }
      throw StoreError(path: path, operation: "read the server's bytes of", error: error)
    }
    context.step()
    let stored: Int
    do throws(Errno) { stored = try open.file.read(into: cache, at: start, needed: needed) } catch {
      let object = open.path.bytes(below: context.side.path)
      throw StoreError(path: object, operation: "read", error: error)
    }
    guard count >= needed, stored >= needed else { return .changed("it became shorter meanwhile") }
    let length = piece.upperBound - piece.lowerBound
    result.bytes += length
    result.blocks += BlockSample.blocks(of: piece)
    context.compared(length)
    if let difference = Difference(cache, self.server, piece: piece, at: Int(piece.lowerBound - start)) {
      result.differences.append(difference)
    }
    return nil
  }
}

extension VerifiedFile.State {
  /// A file of which it cannot be told what is cached: one that is being cached for the first time is no riddle.
  init(unknown judgement: CachedFileJudgement) { self = judgement.isUncommitted ? .uncommitted : .unknown }
}
