// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The settings of every Swift module: warnings are errors, imports say what they need, existentials are spelled out.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Values that borrow a buffer (a directory record, the name in it) are `~Escapable` and need lifetime annotations.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

/// The hook by which tests make the n-th system call fail. Release builds do not contain it.
let faults: [SwiftSetting] = [.define("FAULTS", .when(configuration: .debug))]

/// Locks that the thread sanitizer knows.
let locks: [SwiftSetting] = [.define("THREAD_SANITIZER", .when(traits: ["ThreadSanitizing"]))]

/// What each module above the store stands on.
let store: [Target.Dependency] = ["CachefilesFormat", "CachefilesStore", "LinuxIO"]

let package = Package(
  name: "cachefiles-toolkit",
  products: [
    .library(name: "CachefilesFormat", targets: ["CachefilesFormat"]),
    // For Tests/Benchmarks only: no promise is made about it.
    .library(name: "_LinuxIO", targets: ["LinuxIO"]),
    .executable(name: "cachefiles", targets: ["cachefiles"]),
    .executable(name: "cachefiles-fsck", targets: ["cachefiles-fsck"]),
    .executable(name: "cachefiles-cull", targets: ["cachefiles-cull"]),
    .executable(name: "cache-du", targets: ["cache-du"]),
    .executable(name: "cachefiles-daemon", targets: ["cachefiles-daemon"]),
  ],
  traits: [
    // A build for libFuzzer (Tests/fuzz.sh).
    .trait(name: "Fuzzing"),
    // A build for the thread sanitizer (Tests/sanitize.sh thread).
    .trait(name: "ThreadSanitizing"),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // libattr, found through pkg-config: copying attributes from one file to another.
    .systemLibrary(name: "CAttr", pkgConfig: "libattr", providers: [.apt(["libattr1-dev"])]),
    // libdeflate: the sums of streams, and the kernel's configuration in /proc/config.gz.
    .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
    // libarchive: streams of objects as pax archives.
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    // System calls that the Glibc overlay lacks, as inline functions.
    .target(name: "CLinux"),
    // Captures of real kernels' caches, embedded as bytes.
    .target(name: "CCaptures", exclude: ["captures"]),
    // Documents that the program prints, embedded as bytes.
    .target(name: "CDocuments"),
    // The on-disk format. Pure: bytes in, values out; no imports, no unsafe code.
    .target(name: "CachefilesFormat", swiftSettings: strict + lifetimes + [.strictMemorySafety()]),
    // Every system call; no knowledge of the format.
    .target(
      name: "LinuxIO",
      dependencies: [
        "CArchive", "CAttr", "CDeflate", "CLinux", .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict + lifetimes + faults + locks,
      // The static library, of which the linker keeps the part for pax: programs start as fast as without, and need no further
      // libraries. Debug builds are linked without leaving anything out, which would ask for all that the rest of it needs.
      linkerSettings: [
        .linkedLibrary("archive", .when(configuration: .debug)),
        .linkedLibrary(":libarchive.a", .when(configuration: .release)),
        .linkedLibrary(":libdeflate.a"),
      ]),
    // The cache directory: opening and holding it, scanning, entries, removal.
    .target(
      name: "CachefilesStore",
      dependencies: ["CachefilesFormat", "LinuxIO", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // The machine around a cache: kernel tables, mounts and files, cachefilesd's configuration, diagnosis.
    .target(
      name: "CachefilesHost",
      dependencies: store + [.product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // Checking a cache and repairing it.
    .target(
      name: "CachefilesCheck",
      dependencies: store + [.product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // What is in a cache: statistics, usage, single objects.
    .target(
      name: "CachefilesSurvey",
      dependencies: store + ["CachefilesHost", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // Culling, purging and copying.
    .target(
      name: "CachefilesUpkeep",
      dependencies: store + ["CachefilesSurvey", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // Comparing cached files with their server, and filling a cache on purpose.
    .target(
      name: "CachefilesTrust",
      dependencies: store + ["CachefilesHost", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // The process that binds a cache and keeps it.
    .target(
      name: "CachefilesDaemon",
      dependencies: store + [
        "CachefilesCheck", "CachefilesHost", "CachefilesSurvey", "CachefilesUpkeep",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict + lifetimes + faults),
    // Captured and synthetic caches, and damages to them.
    .target(
      name: "CachefilesSamples",
      dependencies: store + ["CCaptures", "CachefilesCheck", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // Commands and rendering.
    .target(
      name: "CachefilesCommands",
      dependencies: store + [
        "CDocuments", "CachefilesCheck", "CachefilesDaemon", "CachefilesHost", "CachefilesSamples", "CachefilesSurvey",
        "CachefilesTrust", "CachefilesUpkeep",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict + lifetimes),
    // The programs: a main function in C, which has the arguments also where /proc is not mounted.
    .executableTarget(name: "cachefiles", dependencies: ["CachefilesCommands"]),
    .executableTarget(name: "cachefiles-fsck", dependencies: ["CachefilesCommands"]),
    .executableTarget(name: "cachefiles-cull", dependencies: ["CachefilesCommands"]),
    .executableTarget(name: "cache-du", dependencies: ["CachefilesCommands"]),
    .executableTarget(name: "cachefiles-daemon", dependencies: ["CachefilesCommands"]),
    .target(
      name: "TestSupport",
      dependencies: ["CAttr", "LinuxIO", .product(name: "SystemPackage", package: "swift-system")],
      path: "Tests/TestSupport", swiftSettings: strict),
    // The same for what needs the store.
    .target(
      name: "StoreTestSupport",
      dependencies: ["CachefilesStore", "LinuxIO", .product(name: "SystemPackage", package: "swift-system")],
      path: "Tests/StoreTestSupport", swiftSettings: strict),
    // What the daemon culls with, beside a kernel that is made up: Tests/Benchmarks/standing.py.
    .executableTarget(
      name: "standing-cull",
      dependencies: [
        "CachefilesStore", "CachefilesSurvey", "CachefilesUpkeep", "LinuxIO", "StoreTestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/StandingCull", swiftSettings: strict),
    // The programs as forks of one process, with a plan of failing calls where wanted: what Tests/Hostile runs.
    .executableTarget(
      name: "command-server",
      dependencies: [
        "CLinux", "CachefilesCommands", "LinuxIO", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/CommandServer", swiftSettings: strict + faults),
    // What is held of all input that the fuzzer makes, and the program that it runs; without it that replays files.
    .target(
      name: "FuzzChecks",
      dependencies: store + [
        "CAttr", "CachefilesCheck", "CachefilesCommands", "CachefilesDaemon", "CachefilesHost", "CachefilesSurvey",
        "CachefilesTrust", "CachefilesUpkeep", .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/Fuzz/Checks", swiftSettings: strict + lifetimes),
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzChecks"], path: "Tests/Fuzz/Program", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["CachefilesFormat", "FuzzChecks"], path: "Tests/Fuzz/Replay",
      swiftSettings: strict),
    .testTarget(name: "CachefilesFormatTests", dependencies: ["CachefilesFormat"], swiftSettings: strict),
    .testTarget(
      name: "LinuxIOTests",
      dependencies: ["LinuxIO", "TestSupport", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict + lifetimes + faults),
    // The store and the modules above it, in a folder for each.
    .testTarget(
      name: "CacheTests",
      dependencies: store + [
        "CAttr", "CachefilesCheck", "CachefilesCommands", "CachefilesDaemon", "CachefilesHost", "CachefilesSamples",
        "CachefilesSurvey", "CachefilesTrust",
        "CachefilesUpkeep", "StoreTestSupport", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict + lifetimes + faults),
    .testTarget(
      name: "CommandTests",
      // The programs, which it runs.
      dependencies: [
        "cache-du", "cachefiles", "cachefiles-cull", "cachefiles-daemon", "cachefiles-fsck", "command-server", "CAttr",
        "TestSupport",
      ],
      exclude: ["Cases"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
