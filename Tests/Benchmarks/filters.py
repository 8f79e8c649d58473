#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times the filters on one processor, and the start of the programs, and prints Markdown tables.

    Tests/Benchmarks/filters.py [--lines 2000000] [--runs 5] [--static]

`encode` gets random keys of 8 to 40 bytes, `decode` the names that `encode` gave, `record` attributes of NFS. The start is
`cachefiles --version`, a hundred times; with --static also that of a build with --static-swift-stdlib.
"""
import argparse, os, random, shutil, statistics, subprocess, tempfile, time
from measure import build, package

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--lines", type=int, default=2_000_000)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--static", action="store_true")
options = parser.parse_args()

programs = build()
place = tempfile.mkdtemp(prefix="cachefiles-filters-")


def user_seconds(command, source, target):
    """User and system seconds of a filter, pinned to one processor."""
    before = os.times()
    with open(source, "rb") as input, open(target, "wb") as output:
        subprocess.run(["taskset", "-c", "0", f"{programs}/cachefiles", *command], stdin=input, stdout=output, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def start_up(program):
    """Milliseconds from the call to the end, the median of a hundred."""
    times = []
    for _ in range(100):
        start = time.monotonic()
        subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
        times.append((time.monotonic() - start) * 1000)
    return statistics.median(times)


try:
    random.seed(1)
    keys, names, records = (os.path.join(place, name) for name in ("keys", "names", "records"))
    with open(keys, "w") as file:
        for _ in range(options.lines):
            file.write(random.randbytes(random.choice((8, 16, 17, 31, 40))).hex() + "\n")
    with open(records, "w") as file:
        for _ in range(options.lines):
            file.write("%016x%016x0100" % (random.randrange(1 << 40), 0) + random.randbytes(40).hex() + "\n")
    user_seconds(["encode"], keys, names)
    print("| filter | lines/s on one processor | ns a line |\n|---|--:|--:|")
    for command, source in [(["encode"], keys), (["decode"], names), (["encode", "--jsonl"], keys),
                            (["decode", "--jsonl"], names), (["record", "--jsonl"], records)]:
        seconds = statistics.median(user_seconds(command, source, os.path.join(place, "out")) for _ in range(options.runs))
        print(f"| `{' '.join(command)}` | {options.lines / seconds:,.0f} | {seconds / options.lines * 1e9:,.0f} |", flush=True)
    print("\n| program | start and end, ms |\n|---|--:|")
    print(f"| `true` | {start_up('/bin/true'):.1f} |")
    print(f"| `cachefiles --version` | {start_up(programs + '/cachefiles'):.1f} |")
    if options.static:
        scratch = os.path.join(place, "build")
        subprocess.run(["swift", "build", "-c", "release", "--static-swift-stdlib", "--scratch-path", scratch],
                       cwd=package, check=True, stdout=subprocess.DEVNULL)
        print(f"| `cachefiles --version`, static | {start_up(scratch + '/release/cachefiles'):.1f} |")
finally:
    shutil.rmtree(place)
