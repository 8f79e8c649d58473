// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesTrust
import LinuxIO

/// What a verification came to.
struct VerifyView: Renderable {
  let report: VerifyReport
  /// Files that could not be compared although they may have a copy.
  let others: [VerifiedFile]
  let hasSample: Bool

  private var tally: VerifyTally { report.tally }

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.text("verdict", report.verdict.rawValue)
    json.bool("finished", report.isFinished)
    json.object("files") { json in
      for state in VerifiedFile.State.allCases {
        json.key(state.rawValue)
        json.number(nil, tally.count(state))
      }
    }
    json.number("compared_bytes", tally.comparedBytes)
    json.number("wrong_bytes", tally.wrongBytes)
    json.number("wrong_ranges", tally.wrongRanges)
    json.number("left_files", report.left)
    json.number("resumed_files", report.resumed)
    json.number("errors", report.errors)
    json.number("run_bytes", report.runBytes)
    json.nanoseconds("duration_ns", report.duration)
    if hasSample { json.object("sample", writeSample) } else { json.null("sample") }
    json.array("wrong") { json in
      for file in report.wrong { json.object { VerifiedFileView(file: file).write(to: &$0) } }
    }
    json.array("not_compared") { json in
      for file in others { json.object { VerifiedFileView(file: file).write(to: &$0) } }
    }
    if let refusal = report.refusal { json.text("refusal", refusal.description) }
  }

  private func writeSample(to json: inout JSONWriter) {
    json.decimal("share", report.sample.share)
    json.number("seed", report.sample.seed)
    json.number("block_bytes", BlockSample.blockSize)
    json.number("blocks", tally.allBlocks)
    json.number("compared_blocks", tally.blocks)
    json.decimal("confidence", BlockSample.confidence)
    if let blocks = report.sample.detectableBlocks {
      json.number("detectable_blocks", blocks)
    } else {
      json.null("detectable_blocks")
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(report.root), style)
    card.add("compared", compared)
    if hasSample { addSample(to: &card) }
    if tally.count(.right) > 0 { card.add("right", style.good(Quantity.count(tally.count(.right), "file"))) }
    if tally.count(.wrong) > 0 {
      let amount = VerifiedFileView.amount(tally.wrongBytes, tally.wrongRanges)
      card.add("wrong", style.bad("\(Quantity.count(tally.count(.wrong), "file")): \(amount)"))
    }
    addOthers(to: &card)
    if !report.isFinished {
      let why = report.isInterrupted ? "ended by a signal" : report.isOverdue ? "the time is over" : "given up"
      card.add(
        "left", report.left > 0 ? "\(Quantity.count(report.left, "file")): \(why)" : "files not looked at: \(why)")
    }
    if report.resumed > 0 {
      card.add("before", "\(Quantity.count(report.resumed, "file")) by an earlier run, counted in")
    }
    if report.errors > 0 { card.add("failed", style.bad(Quantity.count(report.errors, "error"))) }
    card.add("verdict", verdict(style))
    var lines = card.lines
    let files = report.wrong + (verbose ? others : [])
    if !files.isEmpty { lines.append("") }
    for file in files { lines += VerifiedFileView(file: file).lines(style, verbose: verbose) }
    return lines
  }

  private var compared: String {
    let seconds = report.duration.inSeconds
    let size = Quantity.size(tally.comparedBytes)
    guard report.runBytes > 0, seconds > 0.05 else { return size }
    return "\(size), \(Quantity.size(UInt64(Double(report.runBytes) / seconds)))/s"
  }

  /// What the sample says, and what it does not.
  private func addSample(to card: inout Card) {
    let blocks = Quantity.count(tally.allBlocks, "block")
    let size = Quantity.round(BlockSample.blockSize)
    card.add(
      "sample",
      "\(Quantity.percent(report.sample.share)), seed \(report.sample.seed): \(Quantity.count(tally.blocks)) of \(blocks) of \(size)"
    )
    guard let least = report.sample.detectableBlocks, tally.blocks > 0 else { return }
    if report.sample.share >= 1 { return card.go(on: "every wrong block is found") }
    let chance = Quantity.percent(BlockSample.confidence)
    if least > UInt64(tally.allBlocks) {
      card.go(
        on: "too few for a statement: \(Quantity.count(Int(clamping: least), "wrong block")) are found with \(chance)")
    } else {
      let share = Quantity.percent(Double(least) / Double(max(1, tally.allBlocks)))
      card.go(
        on:
          "\(Quantity.count(Int(clamping: least), "wrong block")) (\(share)) or more are found with a probability of \(chance)"
      )
    }
  }

  private func addOthers(to card: inout Card) {
    let states: [(VerifiedFile.State, String)] = [
      (.stale, "stale: the kernel does not use the copy"),
      (.dirty, "open for writing, now or when the cache went down"),
      (.uncommitted, "being cached for the first time"), (.empty, "without cached data"),
      (.absent, "without an object"), (.unsampled, "of which no block was chosen"), (.changing, "changing"),
      (.refused, "on mounts whose server cannot be read"), (.unknown, "that cannot be told"),
      (.failed, "that could not be read"),
    ]
    var isFirst = true
    for (state, words) in states where tally.count(state) > 0 {
      let text = "\(Quantity.count(tally.count(state), "file")) \(words)"
      if isFirst { card.add("not compared", text) } else { card.go(on: text) }
      isFirst = false
      for (reason, count) in report.reasons.sorted(by: { $0.key < $1.key })
      where reason.hasPrefix("\(state.rawValue): ") {
        card.go(on: "  \(Quantity.count(count)): \(reason.dropFirst(state.rawValue.count + 2))")
      }
    }
  }

  private func verdict(_ style: Style) -> String {
    switch report.verdict {
    case .right:
      style.good(
        hasSample && report.sample.share < 1 ? "nothing wrong was found" : "what was compared is what the server has")
    case .wrong: style.bad("the cache has bytes that the server has not")
    case .unfinished: style.warning("nothing wrong was found so far")
    case .unknown:
      style.warning(
        tally.comparedBytes == 0
          ? "nothing was compared" : "nothing wrong was found, but not all could be compared")
    }
  }
}
