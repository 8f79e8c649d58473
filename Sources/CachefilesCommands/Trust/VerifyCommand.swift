// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesTrust
import LinuxIO
import SystemPackage

/// `cachefiles verify`: is what is cached what the server has?
struct VerifyCommand: TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare what is cached of mounted files with what their server has.",
    discussion: """
      Wrong bytes in a sound object cannot be seen in the cache, and the kernel serves them. PATH is a file on a mounted \
      network file system, or a directory, whose files are compared; with -r also those of all directories below it on \
      the same mount. Of each file only what its object has data of is read from the server, by a direct read \
      (O_DIRECT), which goes past the page cache and past the cache, and compared byte by byte.

      The record of an object is judged first: a stale copy is no error, and neither it nor a file that is open for \
      writing is compared. A difference counts when it is found twice while neither the file nor its object changed. \
      What cannot be compared is counted as such, and is never right.

      Where a direct read does not go to the server the mount is refused with the reason; --against names a second mount \
      of the same share without caching to compare with.

      The kernel counts the reading as a use: the files that were compared are the last to be culled.

      With --discard objects that are wrong are removed; the kernel fetches the files again. A cache in use is refused \
      without --live; with it the kernel is asked for leave through the daemon that holds the cache.

      EXIT STATUS
        0    what was compared is right
        1    a wrong byte was found, or something failed or cannot be told, or
             nothing was compared
        2    nothing was done, because --discard may not change the cache
        64   the command line is not understood
        128+ ended by that signal, after printing what was found
      """)
  static var many: WritableKeyPath<Self, [ByteArgument]> { \.paths }

  @Flag(name: .shortAndLong, help: "Include all subdirectories.")
  var recursive = false

  @Option(help: ArgumentHelp("Compare about this share of all blocks of 64 KiB, chosen at random.", valueName: "n%"))
  var sample: ShareArgument?

  @Option(help: ArgumentHelp("Choose the same blocks as another run of the same paths.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Read at most this much from the server per second.", valueName: "size"))
  var rate: SizeArgument?

  @Option(help: ArgumentHelp("End after this time.", valueName: "time"))
  var maxTime: SpanArgument?

  @Flag(help: "Continue where the last run with --resume and the same paths ended; it prints absolute ones.")
  var resume = false

  @Option(
    help: ArgumentHelp("Keep the state for --resume in this file; implies --resume.", valueName: "file"),
    completion: .file())
  var journal: ByteArgument?

  @Flag(help: "Remove objects that are wrong.")
  var discard = false

  @Flag(help: "With --discard, also remove them from a cache in use, with the kernel's leave.")
  var live = false

  @Option(
    help: ArgumentHelp("Read the server's bytes from this second mount, which is not cached.", valueName: "mount"),
    completion: .directory)
  var against: ByteArgument?

  @OptionGroup var mapping: MappingOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("Files and directories on mounts.", valueName: "path"), completion: .file())
  var paths: [ByteArgument]

  func validate() throws {
    if live, !discard { throw ValidationError("--live needs --discard") }
    if seed != nil, sample == nil { throw ValidationError("--seed needs --sample") }
    if let sample, sample.share <= 0 { throw ValidationError("--sample takes more than 0%") }
    if let rate, rate.bytes == 0 { throw ValidationError("--rate takes more than 0") }
  }

  func run() throws {
    let output = Output(output)
    let side = try mapping.side(noting: output)
    if discard { try requireRight(side) }
    let printer = VerifyPrinter(output, root: side.path)
    var options = try options(side, printer)
    let paths = try chosenPaths()
    let journal = try openJournal(side, paths, &options)
    let verify = Verify(side, try mapping.patience.source(), options, journal: journal)
    let report = try ProgressLine(output).show(Self.progress(verify)) { () -> Result<VerifyReport, StoreError> in
      do throws(StoreError) {
        let live = live
        let right: (() throws(Refusal) -> any RemovalRight)? =
          discard ? { () throws(Refusal) in try side.store.removalRight(live: live) } : nil
        return .success(try verify.run(paths, isRecursive: recursive, discard: right))
      } catch {
        return .failure(error)
      }
    }.mapError { Failure($0.description) }.get()
    printer.finish(report, hasSample: sample != nil)
    if let refusal = report.refusal { StandardError.line("cachefiles: \(EscapedBytes.string(side.path)): \(refusal)") }
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    switch report.verdict {
    case .right, .unfinished: if output.stream.hasFailed { throw ExitStatus.failure }
    case .wrong, .unknown: throw ExitStatus.failure
    }
  }

  /// Before hours of comparing: whether what is found may be removed at all.
  private func requireRight(_ side: CacheSide) throws {
    do throws(Refusal) {
      try side.store.removalRight(live: live).requireStillHeld()
    } catch {
      StandardError.line(
        "cachefiles: \(EscapedBytes.string(side.path)): \(error)\(LiveHint.words(after: error, live: live))")
      throw error.isOccupied ? ExitStatus.live : ExitStatus.failure
    }
  }

  private func options(_ side: CacheSide, _ printer: VerifyPrinter) throws(Failure) -> VerifyOptions {
    var options = VerifyOptions()
    options.threads = mapping.patience.threadCount
    options.timeout = mapping.patience.wait
    options.kernel = mapping.patience.kernel
    options.rate = rate?.bytes
    options.maximumTime = maxTime?.duration
    options.onFile = printer.add
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    if let sample {
      options.sample = BlockSample(share: sample.share, seed: seed ?? Self.anySeed)
    }
    if let against {
      let source = try mapping.patience.source()
      do throws(StoreError) {
        options.other = try OtherMount(against.bytes, in: side.mounts, source, kernel: options.kernel)
      } catch {
        throw Failure(error.description)
      }
    }
    return options
  }

  /// Another sample each time.
  private static var anySeed: UInt64 { UInt64(bitPattern: Timestamp.now.clampedNanoseconds) % 1_000_000_000 }

  /// The paths as they were given, each once however it is spelled; with a journal in their absolute form, as it may be gone on with from
  /// another directory.
  private func chosenPaths() throws(Failure) -> [[UInt8]] {
    var known: Set<[UInt8]> = []
    var chosen: [[UInt8]] = []
    for path in paths {
      let absolute: [UInt8]
      do throws(Failure) { absolute = try PinMaker.absolute(path.bytes) } catch {
        if hasJournal { throw error }
        // Whatever it is, looking at it says what is wrong with it.
        absolute = path.bytes
      }
      if known.insert(absolute).inserted { chosen.append(hasJournal ? absolute : path.bytes) }
    }
    return chosen
  }

  private var hasJournal: Bool { resume || journal != nil }

  private func openJournal(
    _ side: CacheSide, _ paths: [[UInt8]], _ options: inout VerifyOptions
  ) throws(Failure) -> VerifyJournal? {
    guard hasJournal else { return nil }
    let subject = VerifyJournal.Subject(
      side.store, paths, recursive: recursive, share: options.sample.share)
    let path: FilePath
    if let journal {
      path = FilePath(bytes: journal.bytes)
    } else {
      let state = try StateDirectory.path(orElse: "--journal names a file")
      try StateDirectory.make(state)
      path = state.appending("verify-\(subject.digest).journal")
    }
    do throws(StoreError) {
      let journal = try VerifyJournal(
        path, of: subject, in: side.store, seed: seed, otherwise: options.sample.seed)
      options.sample = BlockSample(share: options.sample.share, seed: journal.seed)
      return journal
    } catch {
      throw Failure(error.description)
    }
  }

  private static func progress(_ verify: Verify) -> @Sendable (Duration) -> String {
    { elapsed in
      let (done, total) = (verify.comparedBytes, verify.totalBytes)
      if done == 0 { return "files looked at: \(Quantity.count(verify.listedCount))" }
      let rate = Double(done) / max(0.001, elapsed.inSeconds)
      var line = "compared: \(Quantity.size(done)) (\(Quantity.size(UInt64(rate)))/s)"
      if done < total { line += ", at most \(Quantity.span(.seconds(Double(total - done) / max(1, rate)))) left" }
      return line
    }
  }
}
