// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Docs/Architecture.md and Package.swift, held against the tree of sources.
@Suite("The plan of the house")
struct ArchitectureTests {
  private static let document = text("Docs/Architecture.md")

  private static func text(_ path: String) -> String {
    (try? String(contentsOf: Fixtures.package.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }

  /// The Swift files below a folder, by their paths from there.
  private static func files(_ folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: Fixtures.package.appendingPathComponent(folder).path)
    return (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
  }

  private static let modules = files("Sources").reduce(into: Set<String>()) { modules, file in
    modules.insert(String(file.prefix { $0 != "/" }))
  }

  @Test("the table of folders has each folder with sources, and no other")
  func folders() {
    let listed = Self.document.matches(of: /(?m)^\| `Sources\/([A-Za-z]+\/[A-Za-z]+)` \|/).map { String($0.1) }
    let existing = Self.files("Sources").compactMap { file -> String? in
      let parts = file.split(separator: "/")
      return parts.count > 2 ? parts.prefix(2).joined(separator: "/") : nil
    }
    #expect(Set(listed) == Set(existing))
    #expect(listed.count == Set(listed).count)
  }

  @Test("the table of modules has the dependencies that Package.swift has")
  func dependencies() throws {
    let package = Self.text("Package.swift")
    let store = Self.quoted(try #require(package.firstMatch(of: /let store: \[Target\.Dependency\] = \[(.*?)\]/)).1)
    var declared: [String: Set<String>] = [:]
    for text in package.split(separator: "target(") {
      guard let name = text.firstMatch(of: /^\s*name: "([A-Za-z]+)"/).map({ String($0.1) }), Self.modules.contains(name)
      else { continue }
      let target = text.prefix { $0 != "/" }
      var names = Self.quoted(target.replacing(/, package: "[^"]*"/, with: "")).subtracting([name])
      if target.contains("dependencies: store") { names.formUnion(store) }
      declared[name] = names
    }
    var documented: [String: Set<String>] = [:]
    for row in Self.document.matches(of: /(?m)^\| `([A-Za-z]+)` \|([^|]*)\|[^|]*\|[^|]*\|$/) {
      documented[String(row.1)] = Set(row.2.matches(of: /`([A-Za-z]+)`/).map { String($0.1) })
    }
    #expect(documented == declared)
    #expect(Set(declared.keys) == Self.modules)
  }

  private static func quoted(_ text: some StringProtocol) -> Set<String> {
    Set(String(text).matches(of: /"([A-Za-z]+)"/).map { String($0.1) })
  }

  @Test("each file that the document names exists")
  func namedFiles() {
    let sources = Set(Self.files("Sources"))
    for match in Self.document.matches(of: /`([A-Za-z\/+]+\.swift)`/) {
      let name = String(match.1)
      let isThere =
        name == "Package.swift" || name.hasPrefix("Tests/") && Self.text(name) != ""
        || sources.contains { "Sources/\($0)" == name || $0.hasSuffix("/\(name)") }
      #expect(isThere, "\(name)")
    }
  }

  @Test("the folders of a module form no circle")
  func circles() throws {
    for module in Self.modules.sorted() {
      let uses = try Self.uses(module)
      for (folder, used) in uses {
        var reached: Set<String> = []
        var open = Array(used)
        while let next = open.popLast() {
          if reached.insert(next).inserted { open += uses[next] ?? [] }
        }
        #expect(!reached.contains(folder), "\(module): \(folder) uses what uses it")
      }
    }
  }

  /// Which folders of a module name types of which others. What stands beside the folders is one of them.
  private static func uses(_ module: String) throws -> [String: Set<String>] {
    var homes: [String: String] = [:]
    var texts: [(folder: String, text: String)] = []
    let declaration =
      /(?m)^(?:@\w+(?:\([^)]*\))? |public |package |final |indirect )*(?:struct|class|enum|protocol|typealias) (\w+)/
    for file in files("Sources/\(module)") {
      let folder = file.contains("/") ? String(file.prefix { $0 != "/" }) : "."
      let text = Self.text("Sources/\(module)/\(file)").replacing(/\/\/.*/, with: "")
        .replacing(/"(?:[^"\\\n]|\\.)*"/, with: "")
      for match in text.matches(of: declaration) { homes[String(match.1)] = folder }
      texts.append((folder, text))
    }
    var uses: [String: Set<String>] = [:]
    for (folder, text) in texts {
      // A type inside another may have the name of one elsewhere.
      let own = Set(text.matches(of: /(?:struct|class|enum|protocol|typealias|case) (\w+)/).map { $0.1 })
      for word in text.matches(of: /(?:^|[^.\w])([A-Z]\w+)/) where !own.contains(word.1) {
        if let home = homes[String(word.1)], home != folder { uses[folder, default: []].insert(home) }
      }
    }
    return uses
  }

  /// Files that declare no type of their own beside an extension: an alias, a function, several extensions.
  private static let withoutType: Set = [
    "ArgumentConformances", "ClampedArithmetic", "FaultPlan", "Guarded", "RunProgram",
  ]

  @Test("each file of the sources holds one type, whose name it has")
  func oneTypeAFile() {
    let declaration =
      /(?m)^(?:@\w+(?:\([^)]*\))? |public |package |final |indirect )*(?:struct|class|enum|protocol) (\w+)/
    for file in Self.files("Sources") {
      let name = String((file.split(separator: "/").last ?? "").dropLast(".swift".count))
      let types = Self.text("Sources/\(file)").matches(of: declaration).map { String($0.1) }
      let isExtension = name.contains("+") || Self.withoutType.contains(name)
      #expect(types == (isExtension ? [] : [name]), "\(file)")
    }
  }

  /// The lengths of the functions of a file, with their first lines. What formatting makes certain is used: a body ends at the next
  /// closing brace that stands as far to the left as the function begins.
  private static func functions(in text: String) -> [(line: Substring, length: Int)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let words = ["func ", "init(", "init?(", "subscript("]
    let modifiers = [
      "public", "package", "private", "static", "final", "mutating", "borrowing", "consuming", "override",
      "convenience",
    ]
    return lines.indices.compactMap { start in
      let blanks = lines[start].prefix { $0 == " " }
      var rest = lines[start].dropFirst(blanks.count)
      while let first = rest.firstIndex(of: " "), modifiers.contains(String(rest[..<first])) {
        rest = rest[rest.index(after: first)...]
      }
      guard words.contains(where: { rest.hasPrefix($0) }), !rest.hasSuffix("}") else { return nil }
      guard let end = lines[(start + 1)...].firstIndex(where: { $0 == blanks + "}" }) else { return nil }
      return (lines[start], end - start + 1)
    }
  }

  @Test("no function is longer than a page, and only few are longer than 40 lines")
  func functionsAreShort() {
    let all = Self.files("Sources").flatMap { Self.functions(in: Self.text("Sources/\($0)")) }
    let long = all.filter { $0.length > 40 }
    #expect(all.count > 2000 && long.count <= 24, "\(all.count), \(long.count)")
    for function in long { #expect(function.length <= 60, "\(function)") }
  }
}
