// SPDX-License-Identifier: Apache-2.0
import Benchmark
import CLoops
import Glibc

/// The benchmarks, each beside the same work in C. Times are for a whole loop; `micro.py` divides by the number of items,
/// which each benchmark tells with the allocations it made.
let benchmarks: @Sendable () -> Void = {
  let items = BenchmarkMetric.custom("items", useScalingFactor: false)
  let allocations = BenchmarkMetric.custom("allocations", useScalingFactor: false)
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, items, allocations], warmupIterations: 20, maxDuration: .milliseconds(500),
    maxIterations: 100_000)

  /// Measures a loop, and counts its allocations in one more that is not timed: all have warmed up by then.
  @Sendable func measure(_ name: String, items count: Int, _ loop: @escaping @Sendable () -> Void) {
    Benchmark(name) { benchmark in
      benchmark.startMeasurement()
      loop()
      benchmark.stopMeasurement()
      let before = cloops_allocations()
      loop()
      benchmark.measurement(allocations, Int(cloops_allocations() - before))
      benchmark.measurement(items, count)
    }
  }

  let codec = Codec()
  codec.compare()
  let buffer = Buffer()
  measure("encode", items: codec.keys.count) { blackHole(codec.encode(into: &buffer.bytes)) }
  measure("encode, C", items: codec.keys.count) { blackHole(codec.keys.withC(cloops_encode_all)) }
  measure("decode", items: codec.names.count) { blackHole(codec.decode(into: &buffer.bytes)) }
  measure("decode, C", items: codec.names.count) { blackHole(codec.names.withC(cloops_decode_all)) }
  measure("fanout of a key", items: codec.keys.count) { blackHole(codec.hash()) }
  measure("fanout of a key, C", items: codec.keys.count) {
    blackHole(codec.keys.withC { cloops_hash_all(codec.volume.value, $0) })
  }
  measure("hash of a volume key", items: codec.volumes.count) { blackHole(codec.hashVolumes()) }
  measure("hash of a volume key, C", items: codec.volumes.count) {
    blackHole(codec.volumes.withC(cloops_volume_hash_all))
  }
  measure("record", items: codec.records.count) { blackHole(codec.parse()) }
  measure("record, C", items: codec.records.count) { blackHole(codec.records.withC(cloops_records_all)) }

  // A directory of so many files, which `micro.py` makes.
  guard let path = getenv("MICRO_DIRECTORY").map({ String(cString: $0) }) else { return }
  let directory = Directory(path: path)
  precondition(directory.read(status: true) == directory.readInC(status: true), "C reads another directory")
  for (name, status) in [("directory entry", false), ("directory entry and its status", true)] {
    measure(name, items: Samples.count) { blackHole(directory.read(status: status)) }
    measure("\(name), C", items: Samples.count) { blackHole(directory.readInC(status: status)) }
  }
}

/// A buffer that loops use again. Benchmarks run one after another.
final class Buffer: @unchecked Sendable {
  var bytes: [UInt8] = []
}
