// SPDX-License-Identifier: Apache-2.0
import CachefilesDaemon
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// What the daemon wrote of itself.
struct DaemonStatusView: Renderable {
  let fields: [String: String]
  /// Whether it still runs.
  let isRunning: Bool

  /// The moment of the question.
  var now = Timestamp.now

  /// Whether it does not come forward.
  var isObstructed: Bool {
    isStale || ["obstacle", "limits_not_kept", "settings_failure"].contains { fields[$0] != nil }
  }

  /// It writes once a minute in any case; what is older than this is not of now.
  private static let longestSilence = Duration.seconds(300)

  /// For how long it has not written, where that is too long: it hangs, or cannot write. What is of a moment to come is the clock's doing.
  private var silence: Duration? {
    guard isRunning, let written = fields["written_ns"].flatMap({ Int64($0) }) else { return nil }
    let age = now - Timestamp(nanosecondsSince1970: written)
    return age > Self.longestSilence ? age : nil
  }

  /// Whether what it says is not of now.
  var isStale: Bool { silence != nil }

  private func number(_ name: String) -> UInt64 { fields[name].flatMap { UInt64($0) } ?? 0 }
  private func time(_ name: String) -> Timestamp {
    Timestamp(nanosecondsSince1970: fields[name].flatMap { Int64($0) } ?? 0)
  }
  private func size(_ name: String) -> String { Quantity.size(number(name)) }
  private func isSet(_ name: String) -> Bool { fields[name] == "true" }

  func write(to json: inout JSONWriter) {
    json.bool("running", isRunning)
    json.bool("stale", isStale)
    if let root = fields["directory"] { json.bytes("root", EscapedBytes.unescape(Array(root.utf8).span)) }
    for name in Self.texts {
      // They are escaped in the file, as in a log.
      if let value = fields["\(name)"] { json.bytes(name, EscapedBytes.unescape(Array(value.utf8).span)) }
    }
    for name in Self.booleans { if let value = fields["\(name)"] { json.bool(name, value == "true") } }
    for name in Self.numbers { if let value = fields["\(name)"].flatMap({ Int64($0) }) { json.number(name, value) } }
  }

  private static let texts: [StaticString] = [
    "directory", "tag", "activity", "obstacle", "limits_not_kept", "waiting", "settings_failure",
  ]
  private static let booleans: [StaticString] = [
    "taken_over", "device_kept", "kernel_culling", "culling_off", "last_cull_reached",
  ]
  private static let numbers: [StaticString] = [
    "pid", "share_percent", "started_ns", "written_ns", "settings_read_ns", "available_bytes", "run_bytes",
    "cull_bytes", "stop_bytes", "free_files", "run_files", "cull_files", "stop_files", "culls", "culled_objects",
    "culled_bytes", "failures", "scans", "remembered_objects", "swept_entries", "swept_bytes", "graveyard_left",
    "last_cull_ended_ns", "last_cull_objects", "last_cull_bytes", "last_cull_in_use", "last_cull_dirty",
    "last_cull_scans", "last_cull_ms",
  ]

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let who = "\(fields["directory"] ?? "?"): "
    guard isRunning else { return [who + style.bad("the daemon (process \(number("pid"))) has ended without a word")] }
    var lines = [who + "kept by process \(number("pid")) since \(Quantity.time(time("started_ns")))"]
    if let silence {
      let words = "nothing was written for \(Quantity.span(silence)): it hangs, or cannot write"
      lines.append("  silent      " + style.bad(words + "; below is what it said then"))
    }
    lines.append("  now         " + now(style))
    lines.append(
      "  available   \(size("available_bytes")); culling begins below \(size("cull_bytes")) and ends at \(size("run_bytes"))"
    )
    if fields["last_cull_ended_ns"] != nil {
      let ended = time("last_cull_ended_ns")
      lines.append(
        "  last cull   \(Quantity.time(ended)): \(Quantity.count(Int(clamping: number("last_cull_objects")), "object")), "
          + "\(size("last_cull_bytes")) in \(number("last_cull_ms")) ms; in use \(number("last_cull_in_use")), dirty "
          + "\(number("last_cull_dirty"))")
    }
    lines.append(
      "  so far      \(Quantity.count(Int(clamping: number("culled_objects")), "object")), \(size("culled_bytes")) culled; "
        + "\(number("swept_entries")) entries of the graveyard removed")
    lines.append(
      "  at its end  "
        + (isSet("device_kept") ? "the service manager has the device, for the next start" : "the cache is let go"))
    return lines + troubles(style)
  }

  /// What is not as it should be.
  private func troubles(_ style: Style) -> [String] {
    var lines: [String] = []
    if let limits = fields["limits_not_kept"] { lines.append("  not kept    " + style.bad(limits)) }
    if number("graveyard_left") > 0 {
      let count = Quantity.count(Int(clamping: number("graveyard_left")))
      lines.append("  graveyard   what cannot be removed: \(count); the log names it")
    }
    if let waiting = fields["waiting"] { lines.append("  waiting     \(waiting)") }
    if let failure = fields["settings_failure"] { lines.append("  settings    " + style.bad("as before: \(failure)")) }
    if number("failures") > 0 { lines.append("  failures    \(number("failures")); see the log") }
    return lines
  }

  /// How much of the time that takes.
  private var pace: String {
    guard let percent = fields["share_percent"].flatMap({ UInt64($0) }) else { return "" }
    return ", using \(percent) % of the time"
  }

  private func now(_ style: Style) -> String {
    if let obstacle = fields["obstacle"] { return style.bad("not culling: \(obstacle)") }
    switch fields["activity"] {
    case "scanning": return "looking for what went unused for longest" + pace
    case "culling": return "culling" + pace
    case "limits": return "looking at the limits of its settings" + pace
    default: break
    }
    switch (isSet("kernel_culling"), isSet("culling_off")) {
    case (true, true): return "the kernel wants room; culling is off (nocull)"
    case (true, false): return "the kernel wants room; about to cull"
    case (false, _): return style.good("nothing to cull")
    }
  }
}
