// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import Glibc
import LinuxIO
import StoreTestSupport
import SystemPackage

// standing-cull DIR ROUNDS OBJECTS [REMEMBERED]: culls as the daemon does, so many times so many objects, learning between them as it does when it is
// idle; the kernel is made up. Prints a line of JSON for the first look and for each tenth of the rounds: memory in KiB, seconds. The cache
// gets smaller, and has to be on a file system that counts inodes, such as ext4.

/// A value of `/proc/self/status` in KiB.
func memory(_ name: String) -> Int {
  let text = (try? SmallFile.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
  return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
}

func tell(_ rounds: Int, _ objects: Int, _ scans: Int, _ watch: Stopwatch, _ cull: StandingCull) {
  print(
    #"{"rounds":\#(rounds),"culled":\#(objects),"scans_in_culls":\#(scans),"remembered":\#(cull.remembered),"#
      + #""seconds":\#(Double(watch.milliseconds) / 1000),"rss_kib":\#(memory("VmRSS")),"peak_kib":\#(memory("VmHWM"))}"#
  )
}

let words = CommandLine.arguments
guard 4...5 ~= words.count, let rounds = Int(words[2]), let objects = UInt64(words[3]) else {
  print("usage: standing-cull DIR ROUNDS OBJECTS")
  exit(64)
}
// As the daemon does.
ProcessMemory.limitHeaps(to: 1)
let store = try Store(path: FilePath(words[1]))
var scans = 0
var options = StandingCull.Options()
if words.count == 5, let capacity = Int(words[4]) { options.capacity = capacity }
options.onFailure = { print("{\"failed\":\"\($0)\"}") }
let cull = StandingCull(
  SharedLiveHold(try LiveCache(bound: try store.duplicate(), by: FakeKernel(keepsNotes: false))), options)
let watch = Stopwatch()
cull.prepare { false }
tell(0, 0, 0, watch, cull)
var culled = 0
for round in 1...rounds {
  var goal = CullGoal()
  goal.freeFiles = try store.root.fileSystem().freeFiles + objects
  let outcome = cull.run(goal)
  culled += Int(outcome.done.objects)
  scans += outcome.scans
  guard outcome.isReached else {
    print("{\"obstacle\":\"\(outcome)\"}")
    exit(1)
  }
  cull.prepare { false }
  if round % max(1, rounds / 10) == 0 { tell(round, culled, scans, watch, cull) }
}
