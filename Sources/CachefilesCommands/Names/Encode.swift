// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles encode`: cookie keys into file names.
struct Encode: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn cookie keys into the file names of their objects.",
    discussion: """
      A KEY is hexadecimal ('0x' is allowed), with --text the bytes themselves. Without KEY, each line of standard \
      input is one, and one line answers it. With --volume the whole path below the cache directory is printed.

        cachefiles encode 01000101000000003b000000721eb8ff
        cachefiles encode --volume 9p,p9src,hosttag ea25f80000000000

      A key that the kernel refuses, or whose name would be too long, is one line on stderr; the others are answered.

      \(ExitStatus.table)
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.keys }

  @Option(help: ArgumentHelp("The volume key, without the I of its directory.", valueName: "key"))
  var volume: ByteArgument?

  @Flag(help: "Keys are text, not hexadecimal.")
  var text = false

  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Cookie keys.", valueName: "key"))
  var keys: [ByteArgument] = []

  func run() throws {
    let output = Output(output)
    if keys.isEmpty { output.stream.endsWithReader() }
    var encoder = KeyEncoder(isText: text, format: output.format)
    if let volume { encoder.volume = try Self.read(volume.bytes, output) }
    encoder.begin(output.stream)
    var failure: Errno?
    if keys.isEmpty {
      do throws(Errno) { try LineInput.forEach { encoder.answer($0, output.stream) } } catch { failure = error }
    } else {
      for key in keys { encoder.answer(key.bytes.span, output.stream) }
    }
    // A document has its end, also where not all could be read.
    encoder.finish(output.stream)
    output.stream.flush()
    if let failure { throw Failure("cannot read standard input: \(failure)") }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if encoder.failures > 0 { throw ExitStatus.failure }
  }
}

extension [UInt8] {
  /// Appends the name of a key.
  mutating func makeName(of key: [UInt8]) throws(CookieKey.Failure) -> NameScheme {
    try ObjectName.append(nameOf: key.span, to: &self)
  }
}

extension Encode {
  /// The volume of a key that the kernel accepts.
  private static func read(_ key: [UInt8], _ output: Output) throws -> KeyEncoder.Volume {
    do throws(VolumeName.Failure) {
      try VolumeName.check(key: key.span)
    } catch {
      throw Failure("volume key \(EscapedBytes.quoted(key)): \(error)")
    }
    if let inner = VolumeName.key(ofName: key), NetfsType(volumeKey: inner.span) != .unknown {
      output.note("cachefiles: note: the volume key starts with I; without it, it would be that of a known netfs")
    }
    return KeyEncoder.Volume(key: key)
  }
}
