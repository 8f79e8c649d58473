// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles show`: everything about one entry.
struct Show: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one object, volume or graveyard entry in plain words.",
    discussion: """
      Tells which server and file an object caches, how large that file is, how much of it is cached and where, what \
      the record says, and whether a kernel would use it. Nothing is changed, access times included.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @Option(help: ArgumentHelp("The byte order of the machine that wrote the cache: little or big.", valueName: "order"))
  var byteOrder: ByteOrder?

  @Option(
    help: ArgumentHelp("The cache that paths without a directory before them are in.", valueName: "dir"),
    completion: .directory)
  var dir: ByteArgument?

  @OptionGroup var output: OutputOptions

  @Argument(
    help: ArgumentHelp(
      "Paths in a cache directory, also as other commands print them: cache/I…/@xx/name, volume/name.",
      valueName: "path"),
    completion: .file())
  var paths: [ByteArgument]

  func run() throws {
    let output = Output(output)
    let place = EntryPath(below: dir)
    var isTold = false
    var views: [ShowView] = []
    var failures = 0
    for path in paths {
      do throws(StoreError) {
        let inspection = try place.inspect(path.bytes)
        if !isTold { UseNote.tell(above: inspection.path, output) }
        isTold = true
        let view = ShowView(inspection, byteOrder: byteOrder)
        for failure in view.failures {
          failures += 1
          StandardError.line("cachefiles: \(failure)")
        }
        views.append(view)
      } catch {
        failures += 1
        StandardError.line("cachefiles: \(error)")
      }
    }
    output.render(views, command: "show", key: "entries")
    output.stream.flush()
    if failures > 0 { throw ExitStatus.failure }
  }
}
