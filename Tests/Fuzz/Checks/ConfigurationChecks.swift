// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesDaemon
  import CachefilesFormat
  @testable import CachefilesHost
  import LinuxIO
  import SystemPackage

  @testable import CachefilesCommands

  /// Configurations: what is taken means one thing, and the commands that are made of it mean the same.
  enum ConfigurationChecks {
    static func check(_ input: [UInt8]) throws {
      try cachefilesd(input)
      try settings(input)
    }

    private static func cachefilesd(_ input: [UInt8]) throws {
      let configuration = DaemonConfiguration(parsing: input)
      try hold(configuration.percentages.isValid, "limits that the kernel never has")
      let lines = input.split(separator: 10, omittingEmptySubsequences: false).count
      for defect in configuration.defects {
        try Fields.printable(defect.description)
        try hold((0...lines).contains(defect.line), "a defect in line \(defect.line) of \(lines)")
      }
      try hold(
        configuration.fatalDefects.count + configuration.mendedDefects.count == configuration.defects.count,
        "a defect is lost")
      guard configuration.fatalDefects.isEmpty, let directory = configuration.meantDirectory else { return }
      // What our daemon tells the kernel, read as the configuration of another.
      let commands = configuration.commands(directory).map(\.line)
      let text = Array(commands.map { $0 + [10] }.joined())
      let again = DaemonConfiguration(parsing: text)
      try hold(again.percentages == configuration.meantPercentages, "other limits")
      try hold(again.tag == configuration.tag, "another tag")
      try hold(again.securityContext == configuration.securityContext, "another label")
      let isSamePath = again.directory.map { FilePath(bytes: $0) } == directory
      try hold(isSamePath, "another directory")
      let surprises = again.defects.filter { ![.trailingBlanks, .quotes, .comment, .tagMarks].contains($0.trap) }
      try hold(surprises.isEmpty, "commands that the kernel refuses: \(surprises)")
    }

    private static func settings(_ input: [UInt8]) throws {
      let file = DaemonSettingsFile(nil)
      let settings: DaemonSettings
      do throws(SettingsFailure) { settings = try file.parse(input) } catch {
        return try Fields.printable("\(error)")
      }
      try hold(settings.interval >= .seconds(1), "an interval of \(settings.interval)")
      for limit in settings.limits {
        try Fields.printable(limit.name)
        try hold((limit.maximumBytes == nil) != (limit.maximumAge == nil), "a limit of nothing")
        _ = limit.volumes?(Array("9p,p9src,hosttag".utf8))
      }
      if let status = try? OwnedDescriptor(directory: "/").fileSystem() {
        _ = (settings.minimumFree?(status), settings.margin)
      }
      let more = try mustNotFail("with a comment") { try file.parse(input + Array("\n# comment\n\n".utf8)) }
      try hold(more.limits.count == settings.limits.count && more.metrics == settings.metrics, "a comment counts")
      try hold((try? file.parse(input + Array("\nnonsense 1\n".utf8))) == nil, "an unknown setting is taken")
    }
  }
#endif
