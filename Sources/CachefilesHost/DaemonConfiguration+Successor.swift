// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore
import LinuxIO
package import SystemPackage

/// How this package's own daemon reads the file: every line means what it meant, and the traps that only stop cachefilesd are
/// stepped over.
extension DaemonConfiguration {
  /// What stops our daemon too.
  package var fatalDefects: [Defect] { defects.filter { !isMended($0) } }
  /// What only cachefilesd stumbles over.
  package var mendedDefects: [Defect] { defects.filter(isMended) }

  /// The limits as they are meant, whatever the order of their lines.
  package var meantPercentages: CullPercentages { wanted.isValid ? wanted : percentages }

  private func isMended(_ defect: Defect) -> Bool {
    switch defect.trap {
    case .unterminated, .leadingBlanks, .trailingBlanks, .nocull: true
    case .limitOrder: wanted.isValid
    case .resumeThresholds: resumeThresholds != nil
    default: false
    }
  }

  /// The directory that is meant: without blanks behind it, unless there is one that has them in its name.
  package var meantDirectory: FilePath? {
    guard let directory else { return nil }
    let literal = FilePath(bytes: directory)
    guard defects.contains(where: { $0.trap == .trailingBlanks }), (try? FileStatus.of(literal)) == nil else {
      return literal
    }
    var name = directory[...]
    while let last = name.last, last == 0x20 || (0x09...0x0d).contains(last) { name.removeLast() }
    return FilePath(bytes: Array(name))
  }

  /// The commands that make the kernel's configuration this one, in an order that it takes: it compares each limit with its
  /// neighbours as they are at that moment.
  package func commands(_ directory: FilePath) -> [(line: [UInt8], isOptional: Bool)] {
    var commands: [(line: [UInt8], isOptional: Bool)] = [(Array("dir ".utf8) + directory.bytes, false)]
    if let tag { commands.append((Array("tag ".utf8) + tag, false)) }
    if let securityContext { commands.append((Array("secctx ".utf8) + securityContext, false)) }
    if let debugMask { commands.append((Array("debug ".utf8) + debugMask, true)) }
    for (name, value) in CullPercentages().steps(to: meantPercentages) {
      commands.append((Array("\(name) \(value)%".utf8), false))
    }
    return commands
  }
}
