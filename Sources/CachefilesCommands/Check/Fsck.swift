// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles fsck`, also the program `cachefiles-fsck`: checks and repairs a cache.
struct Fsck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck",
    abstract: "Check a cache, and repair it.",
    discussion: """
      Without an option nothing is changed: the report says what is wrong, what the kernel does with it, and what the \
      repair would be. A cache in use can be checked too, but findings may then be in motion, and dirty objects are \
      normal.

      Repairs need a cache that no kernel holds. With -p --live objects that no kernel would use are removed from one in use, \
      with the kernel's leave, for good; what needs an offline cache is listed as such. They discard and never invent: what is removed goes to the graveyard, \
      where it stays until 'sweep' or cachefilesd empties it, and every step is written to a journal first. Until then --undo puts \
      everything back.

      What no check can see: whether a copy is still that of the server's file, and wrong bytes in a well-formed object. \
      'cachefiles verify' compares the files of a mount with their server.

      EXIT STATUS (the sum of what applies)
        0    clean; notes alone are clean
        1    problems were repaired
        4    problems are left
        8    something could not be read, done or printed, there is no cache,
             or a repair was asked for and the cache is in use
        16   the command line is not understood
        32   ended by a signal or by --max-time
      """)

  @OptionGroup var store: StoreOptions

  @Flag(name: [.customShort("n")], help: "Check only; the default.")
  var check = false

  @Flag(
    name: [.customShort("p")],
    help: "Make only repairs that lose nothing but copies the kernel would refuse or never find.")
  var preen = false

  @Flag(name: [.customShort("y")], help: "Repair everything that has a repair, except dirty objects.")
  var yes = false

  @Flag(help: "With -p, also repair a cache in use, as far as the kernel gives leave; this cannot be undone.")
  var live = false

  @Flag(help: "With -y, bury dirty objects too; they may hold writes that the server never got.")
  var includeDirty = false

  @Flag(help: "Remove for good what is otherwise moved to the graveyard; this cannot be undone.")
  var delete = false

  @Option(help: ArgumentHelp("Write the undo journal to this new file.", valueName: "file"), completion: .file())
  var journal: ByteArgument?

  @Option(help: ArgumentHelp("Undo the repairs in this journal.", valueName: "file"), completion: .file())
  var undo: ByteArgument?

  @Option(
    help: ArgumentHelp("Change the severity of a problem: ID=ignore, note, warning or error.", valueName: "id=severity")
  )
  var set: [SeverityArgument] = []

  @Option(help: ArgumentHelp("Check only for these problems, such as O06,O07.", valueName: "ids"))
  var only: ProblemsArgument?

  @Option(
    help: ArgumentHelp("Check only the volumes whose key or description matches.", valueName: "glob"),
    completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Option(
    help: ArgumentHelp(
      "Start no further volume after this time; the report says where to continue.", valueName: "time"))
  var maxTime: SpanArgument?

  @Option(
    help: ArgumentHelp("Check volume by volume, starting at this volume key, as reports print it.", valueName: "key"))
  var startAt: ByteArgument?

  @Flag(help: "Also open every object and look at its data (O17, O20); slow.")
  var deep = false

  @Option(help: ArgumentHelp("Judge for this kernel instead of the running one, such as 6.12.", valueName: "release"))
  var kernel: ReleaseArgument?

  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if [check, preen, yes].count(where: { $0 }) > 1 { throw ValidationError("-n, -p and -y exclude each other") }
    let repairs = preen || yes
    if includeDirty, !yes { throw ValidationError("--include-dirty needs -y") }
    if delete, !repairs { throw ValidationError("--delete needs -p or -y") }
    if live, !preen { throw ValidationError("--live needs -p") }
    if journal != nil, !repairs { throw ValidationError("--journal needs -p or -y") }
    if undo != nil,
      repairs || check || only != nil || volume != nil || maxTime != nil || startAt != nil || deep || !set.isEmpty
        || kernel != nil || scan.threads != nil
    {
      throw ValidationError("--undo takes no other option than DIR and the form of output")
    }
  }

  func run() throws {
    let output = Output(output)
    // The status says what was found and done; what becomes of the output neither ends the work nor changes that.
    output.stream.endsOnFailure(false)
    if let undo {
      try UndoCommand.run(FilePath(bytes: undo.bytes), in: store, output)
    } else {
      try runCheck(output)
    }
  }

  private func runCheck(_ output: Output) throws {
    let status: Int32
    do throws(Failure) {
      let path = try store.path()
      var options = try checkOptions(output)
      try requireMatch(path, options, output)
      options.isCacheOfThisMachine = store.isCacheOfThisMachine(path)
      status = CheckCommand.run(path, options, output)
    } catch {
      throw Failure.ofFsck(error.description)
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// Says what comes near to a volume that there is none of. Where the cache cannot be read, the check has more to say; and a
  /// document says it with what else was found.
  private func requireMatch(_ path: FilePath, _ options: CheckOptions, _ output: Output) throws(Failure) {
    guard output.format == .text, volume != nil || options.firstVolume != nil,
      let cache = try? Store(damaged: path)
    else { return }
    if (try? cache.hasVolume(where: { options.volumes?($0) ?? true })) == false {
      try cache.requireVolume(matching: volume)
    }
    guard let first = options.firstVolume, let startAt,
      (try? cache.hasVolume(where: { !$0.lexicographicallyPrecedes(first) })) == false
    else { return }
    throw Failure(
      "\(EscapedBytes.string(path.bytes)): no volume comes at or after --start-at "
        + "\(EscapedBytes.quoted(startAt.bytes)): 'cachefiles ls --volumes' has their keys")
  }

  private func checkOptions(_ output: Output) throws(Failure) -> CheckOptions {
    var options = CheckOptions(now: Timestamp.now)
    options.policy.severities = Dictionary(set.map { ($0.id, $0.severity) }) { $1 }
    options.policy.only = only.map { Set($0.ids) }
    options.policy.consent = yes ? (includeDirty ? .allAndDirty : .all) : preen ? .safe : .none
    if let kernel { options.kernel = kernel.release }
    options.threads = scan.threads ?? ScanOptions.defaultThreads
    options.isThorough = deep
    if let volume { options.volumes = VolumeGlob(volume.bytes).matches }
    options.firstVolume = startAt.map { EscapedBytes.unescape($0.bytes.span) }
    options.timeLimit = maxTime?.duration
    options.deletes = delete
    options.isLive = live
    let note =
      "cachefiles-fsck: the cache is in use: what is removed goes with the kernel's leave and cannot be taken back"
    options.onLive = { StandardError.line(note) }
    if preen || yes {
      options.journal =
        if let journal { FilePath(bytes: journal.bytes) } else { try StateDirectory.newJournal(for: "fsck") }
    }
    return options
  }
}
