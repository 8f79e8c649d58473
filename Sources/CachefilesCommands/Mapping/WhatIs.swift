import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// `cachefiles whatis`: which file is this object?
struct WhatIs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatis",
    abstract: "Say which file an object is of; with --search, its path on a mount.",
    discussion: """
      OBJECT is the path of an object in a cache directory, existing or not; an object's name; or a cookie key in \
      lower-case hexadecimal or with 0x. A name or key needs --volume or --netfs.

      The key tells what the server calls the file: see Docs/Mapping.md. Its path nobody keeps. With --search the \
      files of a mount are asked for their keys, by several threads, until all objects are found. NFS is first asked \
      by the handle, which finds files that were in use lately at once.

      \(ExitStatus.table)
      An object whose file is not found by --search is a failure, too.
      """)

  @Option(help: ArgumentHelp("The volume key of names and keys, without the I of its directory.", valueName: "key"))
  var volume: ByteArgument?

  @Option(help: ArgumentHelp("The network file system of names and keys: nfs, afs, cifs, 9p, ceph.", valueName: "type"))
  var netfs: NetfsType?

  @Option(help: ArgumentHelp("The byte order of the machine that wrote the cache: little or big.", valueName: "order"))
  var byteOrder: ByteOrder?

  @Option(help: ArgumentHelp("Search this directory of a mount for the files.", valueName: "mount"))
  var search: ByteArgument?

  @OptionGroup var patience: PatienceOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Objects.", valueName: "object"))
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
        StandardError.line("cachefiles: \(EscapedBytes.string(object.bytes)): \(error)")
      }
    }
    var paths: [Int: [UInt8]] = [:]
    var isComplete = true
    if let search, !subjects.isEmpty {
      let walk = KeySearch(for: subjects.map(\.target), try patience.source(), patience.view)
      let (threads, timeout) = (patience.threadCount, patience.nanoseconds)
      isComplete = ProgressLine(output).show("files looked at:", count: { walk.count }) {
        walk.run(search.bytes, threads: threads, timeout: timeout, failed: failures.add)
      }
      if Interruption.signal != nil { isComplete = false }
      paths = walk.paths
    }
    var views: [ObjectSubjectView] = []
    for (index, subject) in subjects.enumerated() {
      views.append(
        ObjectSubjectView(
          subject: subject, search: search == nil ? .none : isComplete ? .complete : .cut, path: paths[index]))
      if search != nil, paths[index] == nil { failures.note() }
    }
    output.render(views, command: "whatis", key: "objects")
    output.stream.flush()
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if failures.count > 0 { throw ExitStatus.failure }
  }
}

/// What was asked about: an object by its path, name or key.
struct ObjectSubject {
  /// What was given.
  let given: [UInt8]
  /// The volume key; nil when only the network file system is known.
  let volume: [UInt8]?
  /// The object's name.
  let name: [UInt8]
  /// The key, for `S` and `T` names padded to whole words.
  let key: [UInt8]
  /// What the key says.
  let object: NetfsObject
  let byteOrder: ByteOrder

  init(_ given: [UInt8], volume: [UInt8]?, netfs: NetfsType?, byteOrder: ByteOrder) throws(Failure) {
    self.given = given
    self.byteOrder = byteOrder
    let reading = try Self.read(given, volume)
    self.volume = reading.volume
    name = reading.name
    key = reading.key
    let bytes = reading.key
    let type = reading.volume.map { NetfsType(volumeKey: $0.span) } ?? netfs ?? .unknown
    object = NetfsObject(cookieKey: bytes.span, keyLengths: reading.lengths, in: type, byteOrder: byteOrder)
    if reading.volume == nil, netfs == nil { throw Failure("a name or key needs --volume or --netfs") }
  }

  /// What the argument is by its form.
  private struct Reading {
    var volume: [UInt8]?
    var name: [UInt8]
    var key: [UInt8]
    var lengths: ClosedRange<Int>?
  }

  private static func read(_ given: [UInt8], _ volume: [UInt8]?) throws(Failure) -> Reading {
    if given.contains(UInt8(ascii: "/")) {
      guard case .object(let volumeKey, _, let name) = StorePath(given.span) else {
        throw Failure("no path of an object: I<volume>/@xx/<name> at its end")
      }
      let (key, lengths) = try decode(name)
      return Reading(volume: volumeKey, name: name, key: key, lengths: lengths)
    }
    if let first = given.first, NameScheme(rawValue: first) != nil {
      let (key, lengths) = try decode(given)
      return Reading(volume: volume, name: given, key: key, lengths: lengths)
    }
    let key: [UInt8]
    do throws(Hex.Failure) { key = try Hex.bytes(given.span) } catch {
      throw Failure("neither a path, nor a name, nor a key: \(error)")
    }
    do throws(CookieKey.Failure) { return Reading(volume: volume, name: try ObjectName.name(of: key), key: key) } catch
    {
      throw Failure("\(error)")
    }
  }

  private static func decode(_ name: [UInt8]) throws(Failure) -> ([UInt8], ClosedRange<Int>?) {
    var key: [UInt8] = []
    let decoded: DecodedName
    do throws(NameFailure) { decoded = try ObjectName.decode(name.span, into: &key) } catch {
      throw Failure("its name stands for no key: \(error)")
    }
    if let defect = decoded.defect { throw Failure("no kernel looks for it: its name is not canonical: \(defect)") }
    return (key, decoded.lengthRange)
  }

  /// What a search looks for.
  var target: KeySearch.Target {
    KeySearch.Target(
      volume: volume, type: object.type, name: name, key: object.keyLength.map { Array(key.prefix($0)) })
  }
}
