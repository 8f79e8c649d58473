// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// `cachefiles whatis`: which file is this object?
struct WhatIs: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "whatis",
    abstract: "Show which file an object belongs to; with --search, its path on a mount.",
    discussion: """
      OBJECT is the path of an object in a cache directory, existing or not; volume/name; an object's name; or a \
      cookie key in lower-case hexadecimal or with 0x. A name or key alone needs --volume or --netfs.

      The key tells what the server calls the file: see Docs/Mapping.md. Its path nobody keeps. With --search the \
      files of a mount are asked for their keys, by several threads, until all objects are found. NFS is first asked \
      by the handle, which finds files that were in use lately at once.

      \(ExitStatus.table)
      An object whose file is not found by --search is a failure, too.
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.objects }

  @Option(help: ArgumentHelp("The volume key of names and keys, without the I of its directory.", valueName: "key"))
  var volume: ByteArgument?

  @Option(help: ArgumentHelp("The network file system of names and keys: nfs, afs, cifs, 9p, ceph.", valueName: "type"))
  var netfs: NetfsType?

  @Option(help: ArgumentHelp("The byte order of the machine that wrote the cache: little or big.", valueName: "order"))
  var byteOrder: ByteOrder?

  @Option(
    help: ArgumentHelp("Search this directory of a mount for the files.", valueName: "mount"), completion: .directory)
  var search: ByteArgument?

  @OptionGroup var patience: PatienceOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Objects.", valueName: "object"), completion: .file())
  var objects: [ByteArgument]

  func validate() throws {
    if volume != nil, netfs != nil {
      throw ValidationError("--volume tells the network file system; leave out --netfs")
    }
  }

  func run() throws {
    let output = Output(output)
    let failures = FailureLines()
    var subjects: [ObjectSubject] = []
    for object in objects {
      do throws(Failure) {
        subjects.append(
          try ObjectSubject(object.bytes, volume: volume?.bytes, netfs: netfs, byteOrder: byteOrder ?? .host))
      } catch {
        failures.note()
        StandardError.line("cachefiles: \(object.bytes.isEmpty ? "''" : EscapedBytes.string(object.bytes)): \(error)")
      }
    }
    var paths: [Int: [UInt8]] = [:]
    var ending = ObjectSubjectView.Search.none
    if let search, !subjects.isEmpty {
      let walk = KeySearch(for: subjects.map(\.target), try patience.source(), patience.view)
      let (threads, timeout) = (patience.threadCount, patience.wait)
      let before = failures.count
      let isDone = ProgressLine(output).show("files looked at:", count: { walk.count }) {
        walk.run(search.bytes, threads: threads, timeout: timeout, failed: failures.add)
      }
      ending = !isDone || Interruption.signal != nil ? .cut : failures.count > before ? .incomplete : .complete
      paths = walk.paths
    }
    var views: [ObjectSubjectView] = []
    for (index, subject) in subjects.enumerated() {
      views.append(
        ObjectSubjectView(
          subject: subject, search: ending, path: paths[index]))
      if search != nil, paths[index] == nil { failures.note() }
    }
    output.render(views, command: "whatis", key: "objects")
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures.count > 0 { throw ExitStatus.failure }
  }
}
