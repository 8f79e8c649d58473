// SPDX-License-Identifier: Apache-2.0
import Glibc
import LinuxIO

/// Threads of a process that was forked come to the same globals for the first time: what a daemon in the background does.
enum ForkedGlobals {
  private enum Slow {
    static let first = slowly(1)
    static let second = slowly(2)
    static let third = slowly(3)

    private static func slowly(_ value: Int) -> Int {
      usleep(2000)
      return value
    }
  }

  /// In the process that was forked: ends with status 0, or by SIGALRM when they wait for ever.
  static func meet() -> Never {
    alarm(10)
    let sums = Workers.run(elsewhere: {
      Workers.run(count: 4) { number in
        usleep(500 * UInt32(number))
        return Slow.first + Slow.second + Slow.third
      }
    })
    _exit(sums.allSatisfy { $0 == 6 } ? 0 : 1)
  }
}
