// SPDX-License-Identifier: Apache-2.0
import FuzzChecks

#if Fuzzing
  import Glibc

  /// The family that `FUZZ_FAMILY` names.
  private let family: Family = {
    let name = getenv("FUZZ_FAMILY").map { String(cString: $0) } ?? ""
    guard let family = Family(rawValue: name) else {
      fatalError("FUZZ_FAMILY names one of: \(Family.allCases.map(\.rawValue).joined(separator: " "))")
    }
    return family
  }()

  /// What this process has worked so far: a busy machine makes everything take long, which is no fault of an input.
  private var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// What libFuzzer calls for each input.
  @c(LLVMFuzzerTestOneInput)
  public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let start = processorSeconds
    defer {
      let spent = processorSeconds - start
      if spent > 5 { fatalError("\(spent) s of processor time for \(count) bytes") }
    }
    do { try family.check(Array(UnsafeBufferPointer(start: bytes, count: count))) } catch { fatalError("\(error)") }
    return 0
  }
#else
  import Foundation

  /// `Fuzz FAMILY FILE...`: checks files, in a build without libFuzzer: to look at what the fuzzer found in a debugger.
  @main
  struct Replay {
    static func main() throws {
      let arguments = CommandLine.arguments.dropFirst()
      guard let family = arguments.first.flatMap(Family.init), Family.isComplete else {
        print(
          "usage: Fuzz FAMILY FILE..., in a debug build; families:",
          Family.allCases.map(\.rawValue).joined(separator: " "))
        exit(64)
      }
      var violations = 0
      for file in arguments.dropFirst() {
        do { try family.check(Array(try Data(contentsOf: URL(fileURLWithPath: file)))) } catch {
          violations += 1
          print("\(file): \(error)")
        }
      }
      exit(violations == 0 ? 0 : 1)
    }
  }
#endif
