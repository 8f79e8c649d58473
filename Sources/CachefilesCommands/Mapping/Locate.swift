// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// `cachefiles locate`: where is the object of a file?
struct Locate: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "locate",
    abstract: "Print the path of the object of a mounted file, whether it exists or not.",
    discussion: """
      One line a file: the path of its object in the cache. Other places where an object of the file lies, from earlier \
      mounts with other options, follow with -v and in JSON. What cannot be told is one line on stderr.

      A file that is open for the first time has no object with a name yet: its path stands all the same, and the \
      object will.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @OptionGroup var mapping: MappingOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Files on mounts.", valueName: "file"), completion: .file())
  var paths: [ByteArgument]

  func run() throws {
    let output = Output(output)
    let failures = FailureLines()
    let side = try mapping.side(noting: output)
    let survey = CachedFileSurvey(
      side, try mapping.patience.source(), threads: 1, timeout: mapping.patience.wait, failed: failures.add)
    var views: [LocationView] = []
    for path in paths {
      if Interruption.signal != nil { break }
      guard let mapping = survey.locate(path.bytes) else {
        failures.note()
        continue
      }
      if mapping.main == nil {
        failures.note()
        let reason = mapping.verdict?.reason ?? "it has no place in the cache"
        StandardError.line("cachefiles: \(EscapedBytes.string(path.bytes)): \(reason)")
      }
      views.append(LocationView(mapping: mapping, root: side.path))
    }
    output.render(views, command: "locate", key: "files", apart: false, root: side.path)
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures.count > 0 { throw ExitStatus.failure }
  }
}
