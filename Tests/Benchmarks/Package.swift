// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// Micro-benchmarks, in a package of their own so that the toolkit does not depend on what measures it. `micro.py` runs them.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "cachefiles-toolkit", path: "../.."),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    // The same work in plain C, and a count of allocations.
    .target(name: "CLoops", path: "CLoops"),
    .executableTarget(
      name: "Micro",
      dependencies: [
        "CLoops",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "CachefilesFormat", package: "cachefiles-toolkit"),
        .product(name: "_LinuxIO", package: "cachefiles-toolkit"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Micro",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
