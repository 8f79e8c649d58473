// SPDX-License-Identifier: Apache-2.0
import CachefilesDaemon
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCommands
@testable import CachefilesUpkeep

@Suite("The daemon's metrics and settings")
struct DaemonMetricsTests {
  let scratch = ScratchDirectory()

  @Test("each family has its help and type, and each name stands once")
  func metrics() {
    var status = DaemonStatus()
    (status.culls, status.culledObjects, status.culledBytes) = (3, 50, 1 << 40)
    status.obstacle = "pinned"
    status.share = 0.02
    status.started = Timestamp(seconds: 1_700_000_000, nanoseconds: 5)
    let text = String(decoding: MetricsText(status).text, as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(text.hasSuffix("\n"))
    let helps = lines.filter { $0.hasPrefix("# HELP ") }.map { $0.split(separator: " ")[2] }
    let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    #expect(helps == types && Set(helps).count == helps.count && helps.count > 15)
    for line in lines where !line.hasPrefix("#") {
      let name = line.prefix { $0 != " " && $0 != "{" }
      #expect(helps.contains { name == $0 }, "\(line)")
    }
    #expect(lines.contains("cachefiles_daemon_culled_bytes_total 1099511627776"))
    #expect(lines.contains("cachefiles_daemon_obstructed 1"))
    #expect(lines.contains("cachefiles_daemon_share_ratio 0.020000"))
    #expect(lines.contains("cachefiles_daemon_start_timestamp_seconds 1700000000.000000005"))
  }

  @Test("settings are what the file says; pins are read again when their file has changed")
  func settings() throws {
    try scratch.makeCache(objects: 1)
    let file = DaemonSettingsFile(scratch.path("conf"))
    try scratch.write(
      "conf", Array("max-size 1G\nquota 9P*=2M\nquota *=3M\ninterval 5m\nlog-level error\ncheck yes\n\n# end".utf8))
    let settings = try file.read()
    #expect(settings.limits.map(\.name) == ["max-size", "quota of 9P*", "quota of *"])
    #expect(settings.limits.map(\.maximumBytes) == [1 << 30, 2 << 20, 3 << 20])
    #expect(settings.limits[1].volumes?(Array("9p,p9src,hosttag".utf8)) == true)
    #expect(settings.limits[1].volumes?(Array("nfs,x".utf8)) == false)
    #expect(settings.interval == .seconds(300) && settings.level == .error && settings.checksFirst)
    // Without a file all is as usual; one that was named must be there.
    #expect(throws: SettingsFailure.self) { try DaemonSettingsFile(scratch.path("nowhere")).read() }
  }

  @Test("a list of pins that was there and is gone is no list without pins")
  func gonePins() throws {
    let root = scratch.path("cache-root").bytes
    let place = PinPlace(path: scratch.path("x.pins"), root: root, isGiven: false)
    let pins = PinCache()
    #expect(try pins.load(place) == nil && pins.load(nil) == nil)
    try scratch.write("x.pins", PinFile.bytes(of: PinList(root: root)))
    let list = try #require(try pins.load(place))
    #expect(try pins.load(place) === list)
    unlink(place.path.string)
    #expect(throws: Failure.self) { try pins.load(place) }
    #expect(throws: Failure.self) { try pins.load(nil) }
    try scratch.write("x.pins", PinFile.bytes(of: PinList(root: root)))
    #expect(try pins.load(place) != nil)
    // A link to what is not there is no missing file.
    unlink(place.path.string)
    symlink("/missing/disk", place.path.string)
    #expect(throws: Failure.self) { try PinCache().load(place) }
  }
}
