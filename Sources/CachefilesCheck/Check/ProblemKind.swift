/// How bad a problem is.
package enum Severity: String, Sendable, CaseIterable, Comparable {
  /// Not reported at all; only by `--set`.
  case ignore
  /// Worth knowing; the cache counts as clean.
  case note
  /// The kernel discards it by itself, or it wastes space.
  case warning
  /// The kernel refuses to cache something, or wrong bytes may be served.
  case error

  private var rank: Int {
    switch self {
    case .ignore: 0
    case .note: 1
    case .warning: 2
    case .error: 3
    }
  }

  /// Whether one is less bad than the other.
  package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// What a repair does; the word in JSON and in reports.
package enum RepairVerb: String, Sendable, CaseIterable {
  /// Move into the graveyard, from where it can be put back until the graveyard is emptied.
  case bury
  /// Give a volume directory the constant header that the kernel wrote.
  case setHeader = "set-header"
  /// Take the immutable and append-only flags away.
  case clearFlag = "clear-flag"
  /// Give a directory to root, with mode 0700.
  case setMode = "set-mode"
  /// Remove the cache attribute.
  case removeAttribute = "remove-attribute"
  /// Cut a file down to a whole number of pages.
  case truncate
  /// Set the time of the last access to now.
  case resetAccessTime = "reset-atime"
  /// Put an empty directory in its place and bury what was there.
  case replace

  /// Whether it leaves place, name, data and attribute of an object as they are: nothing that a dirty one holds is in danger.
  var keepsContent: Bool {
    switch self {
    case .clearFlag, .setMode, .resetAccessTime: true
    case .bury, .setHeader, .removeAttribute, .truncate, .replace: false
    }
  }

  /// What is done, after "cannot" or "will".
  package var infinitive: String {
    switch self {
    case .bury: "move it to the graveyard"
    case .setHeader: "write the constant header"
    case .clearFlag: "clear the flag"
    case .setMode: "give it to root alone"
    case .removeAttribute: "remove the attribute"
    case .truncate: "cut it to whole pages"
    case .resetAccessTime: "set its last use to now"
    case .replace: "put a directory in its place"
    }
  }
}

/// What it takes for a repair to be done.
package enum RepairConsent: Sendable {
  /// `-p`: it loses nothing but copies that the kernel would refuse or could never find, or restores access.
  case safe
  /// `-y`.
  case asked
  /// `-y --include-dirty`.
  case dirty
}

/// One line of the table of problems.
package struct ProblemKind: Sendable {
  /// Its name, fixed for ever.
  package var id: ProblemID
  /// How bad it is unless the user says otherwise.
  package var severity: Severity
  /// What it is, in a few words that follow a number: "3 objects without the cache's attribute".
  package var summary: String
  /// What the kernel does with it.
  package var kernel: String
  /// The repair; nil when it is only reported.
  package var repair: RepairVerb?
  /// What the repair needs.
  package var consent: RepairConsent
  /// What is lost by the repair.
  package var loss: String

  init(
    _ id: ProblemID, _ severity: Severity, _ summary: String, kernel: String, _ repair: RepairVerb? = nil,
    _ consent: RepairConsent = .asked, loss: String = "nothing"
  ) {
    self.id = id
    self.severity = severity
    self.summary = summary
    self.kernel = kernel
    self.repair = repair
    self.consent = consent
    self.loss = loss
  }

  /// The kind with this id.
  package static func of(_ id: ProblemID) -> ProblemKind { table[id.index] }

  /// All kinds, in the order of ``ProblemID``. Docs/Problems.md says more about each.
  package static let table: [ProblemKind] = {
    let kinds = rootAndVolumeKinds + objectKinds + graveyardKinds
    precondition(kinds.map(\.id) == ProblemID.allCases, "the table has each problem once, in order")
    return kinds
  }()
}

/// The names of the problems. Other programs depend on them: a name never changes its meaning.
package enum ProblemID: String, Sendable, CaseIterable {
  case r01 = "R01", r02 = "R02", r03 = "R03", r04 = "R04", r05 = "R05", r06 = "R06", r07 = "R07", r08 = "R08"
  case r09 = "R09", r10 = "R10", r11 = "R11"
  case v01 = "V01", v02 = "V02", v03 = "V03", v04 = "V04", v05 = "V05", v06 = "V06", v07 = "V07", v08 = "V08"
  case v09 = "V09", v10 = "V10", v11 = "V11", v12 = "V12"
  case f01 = "F01", f02 = "F02", f03 = "F03"
  case o01 = "O01", o02 = "O02", o03 = "O03", o04 = "O04", o05 = "O05", o06 = "O06", o07 = "O07", o08 = "O08"
  case o09 = "O09", o10 = "O10", o11 = "O11", o12 = "O12", o13 = "O13", o14 = "O14", o15 = "O15", o16 = "O16"
  case o17 = "O17", o18 = "O18", o19 = "O19", o20 = "O20", o21 = "O21", o22 = "O22", o23 = "O23", o24 = "O24"
  case o25 = "O25", o26 = "O26", o27 = "O27"
  case g01 = "G01", g02 = "G02", g03 = "G03"
  case l01 = "L01", l02 = "L02"

  /// Its place among all cases.
  package var index: Int { Self.indices[self] ?? 0 }
  private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
