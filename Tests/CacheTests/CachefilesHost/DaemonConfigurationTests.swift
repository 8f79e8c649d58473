// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// cachefilesd's configuration, with each oddity of that daemon and of the kernel behind it.
@Suite("Configuration of cachefilesd")
struct DaemonConfigurationTests {
  private func parse(_ text: String) -> DaemonConfiguration { DaemonConfiguration(parsing: Array(text.utf8)) }

  /// The messages of a file with a good `dir` line before the text.
  private func defects(_ text: String) -> [String] { parse("dir /c\n" + text).defects.map(\.description) }

  @Test("The configuration that distributions ship is read without a defect")
  func shipped() {
    let configuration = parse(
      """
      # comment
      dir /var/cache/fscache
      tag mycache
      brun 10%
      bcull 7%
      bstop 3%
      frun 10%
      fcull 7%
      fstop 3%

      # secctx system_u:system_r:cachefiles_kernel_t:s0
      culltable 12
      debug 0

      """)
    var limits = CullPercentages()
    (limits.brun, limits.bcull, limits.bstop, limits.frun, limits.fcull, limits.fstop) = (10, 7, 3, 10, 7, 3)
    #expect(configuration.defects.isEmpty)
    #expect(configuration.directory == Array("/var/cache/fscache".utf8))
    #expect(configuration.tag == Array("mycache".utf8))
    #expect(configuration.percentages == limits)
    #expect(!configuration.isCullingOff)
  }

  @Test("Without limits those of the kernel hold: 7, 5 and 1")
  func defaults() {
    let limits = parse("dir /c\n").percentages
    #expect(
      [limits.brun, limits.bcull, limits.bstop, limits.frun, limits.fcull, limits.fstop] as [Int] == [7, 5, 1, 7, 5, 1])
  }

  @Test("What is refused of a limit is told apart from what else is refused")
  func limitDefects() {
    let lines: [(String, [DaemonConfiguration.Trap])] = [
      ("brun 5%\n", [.limitOrder]), ("brun 5\n", [.badLimit]), (" brun 50%\n", [.leadingBlanks]),
      ("fstop 1%", [.unterminated]), ("frun 50%\0\n", [.nul]), ("brun 50%\n", []), ("tag\n", []), ("nocull\n", []),
      ("burn 50%\n", [.unknownCommand]), ("BRUN 50%\n", [.unknownCommand]), ("brun\u{b}50%\n", []),
      ("brun=50%\n", [.unknownCommand]),
      ("b\0run 50%\n", [.nul]), ("brun 50%" + String(repeating: " ", count: 4096) + "\n", [.longLine]),
    ]
    for (text, traps) in lines { #expect(parse("dir /c\n" + text).limitDefects.map(\.trap) == traps, "\(text)") }
    #expect(parse("brun 50%\n").defects.map(\.trap) == [.noDirectory])
    #expect(parse("brun 50%\n").limitDefects.isEmpty)
  }

  @Test("A file without a 'dir' line is refused", arguments: ["", "\n", "# dir /c\n", "tag x\n"])
  func directoryIsMandatory(text: String) {
    #expect(parse(text).directory == nil)
    #expect(parse(text).defects.last?.message == "no 'dir' line")
  }

  @Test("A last line without a newline is fatal, but what it says is known")
  func unterminated() {
    let configuration = parse("tag x\ndir /c")
    #expect(configuration.directory == Array("/c".utf8))
    #expect(configuration.defects.map(\.description) == ["line 2: the last line has no newline: \"Unterminated line\""])
  }

  @Test("A line of a page or more is refused; one byte less is read")
  func longLines() {
    #expect(defects("#" + String(repeating: "x", count: 4093) + "\n").isEmpty)
    #expect(
      defects("#" + String(repeating: "x", count: 4094) + "\n") == [
        "line 2: the line has 4096 bytes; the daemon takes less than 4096"
      ])
  }

  @Test("A path of more than PATH_MAX − 10 bytes is refused")
  func longDirectory() {
    let path = "/" + String(repeating: "x", count: 4085)
    #expect(parse("dir \(path)\n").defects.isEmpty)
    #expect(
      parse("dir \(path)y\n").defects.map(\.message) == ["the directory's path has 4087 bytes; at most 4086 can be"])
  }

  @Test("A NUL byte anywhere is refused, in a comment too", arguments: ["# x\0y\n", "tag x\0\n", "\0\n"])
  func nul(line: String) { #expect(defects(line) == ["line 2: a NUL byte"]) }

  @Test("Blank lines and comments count for nothing", arguments: ["\n", "  \t \n", "#\n", " \t# tag x\n", "\r\n"])
  func nothing(line: String) {
    #expect(defects(line).isEmpty)
    #expect(parse("dir /c\n" + line).tag == nil)
  }

  @Test("There are no trailing comments, no quotes and no escapes: all of it is the value")
  func noQuoting() {
    for value in ["/c # cache", "\"/c d\"", "/c\\ d", "'/c'", "/a  b", "/\u{e9}", "#"] {
      #expect(parse("dir \(value)\n").directory == Array(value.utf8))
    }
    // What only looks like syntax is said to be none.
    for value in ["/c\\ d", "/a  b", "/\u{e9}", "#", "/a#b", "/a'b'", "/a\"b"] {
      #expect(parse("dir \(value)\n").defects.isEmpty, "\(value)")
    }
    for (value, trap) in [
      ("/c # cache", DaemonConfiguration.Trap.comment), ("/c\t#x", .comment), ("\"/c d\"", .quotes), ("'/c'", .quotes),
      ("\"/c\" # here", .comment), ("'/c", .quotes),
    ] {
      #expect(parse("dir \(value)\n").defects.map(\.trap) == [trap], "\(value)")
    }
    #expect(DaemonConfiguration(parsing: Array("dir /".utf8) + [0xff, 0x0a]).directory == [0x2f, 0xff])
    #expect(defects("brun 10% # more\n").count == 1)
  }

  @Test("Quotes and comments in a tag are part of the name, which the kernel takes")
  func tagMarks() {
    for value in ["\"lab\"", "'lab'", "lab # mine"] {
      let read = parse("dir /c\ntag \(value)\n")
      #expect(read.tag == Array(value.utf8))
      #expect(read.defects.map(\.trap) == [.tagMarks], "\(value)")
    }
    #expect(parse("dir /c\ntag lab#1\n").defects.isEmpty)
  }

  @Test("A security label has three parts or more, and there is one")
  func securityContext() {
    let label = "system_u:system_r:cachefiles_kernel_t:s0"
    let read = parse("dir /c\nsecctx \(label)\n")
    #expect(read.defects.isEmpty && read.securityContext == Array(label.utf8) && read.securityLine == 2)
    #expect(parse("dir /c\nsecctx a:b:c\n").defects.isEmpty)
    for text in [
      "secctx\n", "secctx x\n", "secctx a::c\n", "secctx \"a:b:c\"\n", "secctx a:b:c # x\n",
      "secctx a:b:c\nsecctx a:b:c\n",
    ] {
      #expect(parse("dir /c\n" + text).defects.map(\.trap) == [.badSecctx], "\(text)")
    }
  }

  @Test("Blanks between a command and its value are skipped, of any kind and number")
  func blanksBetween() {
    #expect(parse("dir \t\u{b}\u{c} /c\n").directory == Array("/c".utf8))
    #expect(defects("tag\tx\n").isEmpty)
  }

  @Test("Blanks after a directory are part of its name, a carriage return too", arguments: [" ", "\t", "\r", "  "])
  func blanksAfter(blanks: String) {
    let configuration = parse("dir /c\(blanks)\n")
    #expect(configuration.directory == Array("/c\(blanks)".utf8))
    #expect(configuration.defects.map(\.message) == ["blanks after the directory count as part of its name"])
  }

  @Test("Blanks before a command reach the kernel, which refuses it; the daemon's own commands may have them")
  func blanksBefore() {
    #expect(defects(" tag x\n") == ["line 2: blanks before 'tag' make the kernel refuse it"])
    #expect(parse("\tdir /c\n").defects.map(\.message) == ["blanks before 'dir' make the kernel refuse it"])
    #expect(defects("  culltable 14\n").isEmpty)
  }

  @Test("A second directory or tag is refused, and the first one holds")
  func seconds() {
    #expect(defects("dir /d\n") == ["line 2: a second 'dir' line; the kernel refuses it"])
    #expect(parse("dir /c\ndir /d\n").directory == Array("/c".utf8))
    #expect(defects("tag a\ntag b\n") == ["line 3: a second 'tag' line; the kernel refuses it"])
    #expect(parse("dir /c\ntag a\ntag b\n").tag == Array("a".utf8))
  }

  @Test("A value is needed", arguments: ["dir\n", "dir \n", "tag\n", "tag  \n"])
  func missingValues(line: String) {
    let configuration = parse(line)
    let expected = line.hasPrefix("dir") ? "'dir' names no directory" : "'tag' gives no name"
    #expect(configuration.defects.map(\.message) == [expected, "no 'dir' line"])
    #expect(configuration.directory == nil)
    #expect(configuration.tag == nil)
  }

  @Test("A tag has no slash")
  func tags() { #expect(defects("tag a/b\n") == ["line 2: a tag cannot hold a slash"]) }

  @Test(
    "Unknown commands reach the kernel, which refuses them; commands are whole words in lower case",
    arguments: ["cachedir /c", "DIR /c", "dir=/c", "directory /c", "brun10%", "no-cull", "\u{e9}"])
  func unknown(line: String) {
    #expect(defects(line + "\n").count == 1)
    #expect(defects(line + "\n")[0].hasSuffix("is no command; the kernel refuses it"))
  }

  @Test(
    "'bind' is rejected by the daemon; 'cull' and 'inuse' need a cache in use",
    arguments: ["bind", "cull x", "inuse x"])
  func commandsOfTheDevice(line: String) { #expect(defects(line + "\n").count == 1) }

  @Test("'nocull' turns culling off in words and stops the daemon in fact")
  func nocull() {
    let configuration = parse("dir /c\nnocull\n")
    #expect(configuration.isCullingOff)
    #expect(configuration.defects.count == 1)
    #expect(configuration.defects[0].message.contains("-N"))
  }

  @Test("'resume_thresholds' stops the daemon", arguments: ["resume_thresholds 10 5", "resume_thresholds - -"])
  func resumeThresholds(line: String) { #expect(defects(line + "\n").count == 1) }

  @Test("'culltable' takes 12 to 20")
  func culltable() {
    for size in 12...20 { #expect(defects("culltable \(size)\n").isEmpty) }
    for size in ["11", "21", "0", "-12", "x", "12x", ""] {
      #expect(defects("culltable \(size)\n").count == 1, "\(size)")
    }
  }
}
