// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// `cachefiles record`: cache attributes from and to hexadecimal.
struct Record: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Parse or build the cache attribute of an object or a volume.",
    discussion: """
      Parses values of user.CacheFiles.cache in any of the three forms of getfattr: hexadecimal, base64 (0s…) and text \
      ("…"). Without HEX, each line of standard input is one, and the whole output of 'getfattr -d -m - -e hex' can be \
      piped into it: the file that it names before an attribute tells the netfs. Records of kernels before 5.17 are \
      recognised. No file is touched.

        cachefiles record --netfs 9p 00000000000017700000000000000000010047ad176b
        cachefiles record --build --size 6000 --aux 47ad176b

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.values }

  @Flag(help: "The value is that of a volume.")
  var volumeRecord = false

  @Option(
    help: ArgumentHelp(
      "The network file system of its coherency data: nfs, afs, cifs, 9p, ceph or erofs.", valueName: "type"))
  var netfs: NetfsType?

  @Option(help: ArgumentHelp("The byte order of the machine that wrote it: little or big.", valueName: "order"))
  var byteOrder: ByteOrder?

  @Flag(help: "Print the hexadecimal form of a record instead.")
  var build = false

  @Option(help: ArgumentHelp("With --build: the netfs file's size.", valueName: "size"))
  var size: SizeArgument?

  @Option(help: ArgumentHelp("With --build: NO_DATA, SINGLE, ALL, BACKFS_MAP, DIRTY or a number.", valueName: "name"))
  var content: ContentArgument?

  @Option(help: ArgumentHelp("With --build: the coherency data of the object.", valueName: "hex"))
  var aux: HexArgument?

  @Option(help: ArgumentHelp("With --build --volume-record: the coherency data of the volume.", valueName: "hex"))
  var coherency: HexArgument?

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Attribute values.", valueName: "hex"))
  var values: [ByteArgument] = []

  func validate() throws {
    if !build {
      if size != nil || content != nil || aux != nil || coherency != nil {
        throw ValidationError("--size, --content, --aux and --coherency go with --build")
      }
      return
    }
    if !values.isEmpty { throw ValidationError("--build takes no values") }
    if volumeRecord {
      if size != nil || content != nil || aux != nil {
        throw ValidationError("a volume record has no size, content or aux: use --coherency")
      }
    } else {
      if coherency != nil { throw ValidationError("--coherency goes with --volume-record") }
      if size == nil { throw ValidationError("--build needs --size") }
    }
    if (aux?.bytes.count ?? 0) > 255 || (coherency?.bytes.count ?? 0) > 255 {
      throw ValidationError("coherency data has at most 255 bytes")
    }
  }

  func run() throws {
    let output = Output(output)
    if values.isEmpty { output.stream.endsWithReader() }
    if build {
      write(built, output)
      return
    }
    let reader = RecordReader(
      netfs: netfs, isVolume: volumeRecord, byteOrder: byteOrder, output,
      // A filter answers as it reads; a document is one piece.
      isFilter: values.isEmpty && output.format != .document)
    var stopped: Errno?
    if values.isEmpty {
      do throws(Errno) { try LineInput.forEach { reader.read($0.array) } } catch { stopped = error }
    } else {
      for value in values { reader.readArgument(value.bytes) }
    }
    reader.end()
    output.stream.flush()
    if let stopped { throw Failure("cannot read standard input: \(stopped)") }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if reader.failures > 0 { throw ExitStatus.failure }
  }

  /// Prints a record that was built: its hexadecimal form alone, or all that is known of it.
  private func write(_ record: [UInt8], _ output: Output) {
    if output.format == .text {
      output.stream.line(Hex.string(record))
    } else {
      let view = RecordView(
        value: record, type: netfs ?? .unknown, isVolume: volumeRecord, byteOrder: byteOrder, layout: .volumes)
      output.render([RecordAnswer(view: view, isBuilt: true)], command: "record", key: "records")
    }
    output.stream.flush()
  }

  /// The record that the options describe.
  private var built: [UInt8] {
    if volumeRecord { return VolumeRecord(coherency: coherency?.bytes ?? []).bytes }
    return ObjectRecord(
      objectSize: size?.bytes ?? 0, content: content?.content ?? .noData, coherency: aux?.bytes ?? []
    ).bytes
  }
}

extension StorePath {
  /// The netfs that the path names.
  var netfs: NetfsType? {
    switch self {
    case .object(let key, _, _), .fanout(let key, _), .volume(let key): NetfsType(volumeKey: key.span)
    case .legacy(let components): (try? LegacyPath(components: components))?.type
    case .buried, .bare, .other: nil
    }
  }

  /// The layout of the tree that it is in; `mixed` where the path does not tell.
  var layout: FormatGeneration {
    switch self {
    case .object, .fanout, .volume: .volumes
    case .legacy: .legacy
    case .buried, .bare, .other: .mixed
    }
  }

  /// Whether it is a volume directory.
  var isVolume: Bool {
    if case .volume = self { return true }
    return false
  }
}
