// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Testing

@Suite("Where an entry is, by its path")
struct EntryLocationTests {
  private static let roots = [
    ("", "."), ("/", "/"), ("//", "/"), ("c/", "c"), ("./", "."), ("/var/cache/fscache/", "/var/cache/fscache"),
    ("/srv/cache//", "/srv/cache"), ("/a/graveyard.old/", "/a/graveyard.old"),
  ]
  private static let entries = [
    "cache/I9p,a", "cache/I9p,a/@28", "cache/I9p,a/@28/T1", "cache/I9p,a/@28/T1/x", "cache/@4a/I03nfs", "cache/I",
    "graveyard/6b00e87700000001", "graveyard/old/@28/T1",
  ]

  @Test(arguments: roots)
  func `the root before an entry does not change the entry`(given: String, root: String) {
    for entry in Self.entries {
      let found = EntryLocation(Array((given + entry).utf8))
      #expect(found?.root == Array(root.utf8))
      #expect(found?.path == Array(entry.utf8))
    }
  }

  @Test(arguments: roots)
  func `what is no entry of a cache has no place in one`(given: String, root: String) {
    for path in ["", "cache", "graveyard", "cache/stray", "T1", "I9p,a/@28/T1"] where !given.contains("cache/") {
      #expect(EntryLocation(Array((given + path).utf8)) == nil, "\(given)\(path)")
    }
  }

  @Test func `slashes too many are no part of an entry`() {
    #expect(EntryLocation(Array("/c//cache//I9p,a/@28/".utf8))?.path == Array("cache/I9p,a/@28".utf8))
  }
}
