#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""windows.py READS WINDOWS: what a reader does in windows of time that alternate. READS has the time of day of each read; WINDOWS has a start, an end
and "on" or "off" in each line, an "on" after each "off". Prints how many reads a second there were in each kind, and "on" as a part of
"off" with its standard error, by leaving out each pair once."""
import bisect
import math
import sys

reads = sorted(float(line) for line in open(sys.argv[1]) if line.endswith("\n"))
windows = [line.split() for line in open(sys.argv[2])]
# What begins in a window may end in the next: the first fifth of a second does not count.
counted = []
for start, end, state in windows:
    start, end = float(start) + 0.2, float(end)
    counted.append((bisect.bisect(reads, end) - bisect.bisect(reads, start), end - start, state))
pairs = [(off, on) for off, on in zip(counted[::2], counted[1::2]) if off[2] == "off" and on[2] == "on"]


def rate(which, some):
    return sum(pair[which][0] for pair in some) / sum(pair[which][1] for pair in some)


if len(pairs) < 3:
    raise SystemExit(f"{len(pairs)} pairs are too few")
share = rate(1, pairs) / rate(0, pairs)
left = [rate(1, some) / rate(0, some) for some in (pairs[:i] + pairs[i + 1:] for i in range(len(pairs)))]
mean = sum(left) / len(left)
error = math.sqrt((len(left) - 1) / len(left) * sum((value - mean) ** 2 for value in left))
print(f"{rate(0, pairs):.1f} a second without it, {rate(1, pairs):.1f} with it, {share:.3f} of that, +- {error:.3f}, {len(pairs)} pairs")
