#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile trees through every command: Tests/Hostile/grammar.py makes a cache from a seed, near the valid forms, and what the
commands say and do is held to invariants: no crash, no hang, documented statuses, verdicts of a second implementation, a second
repair that finds nothing to do, exact undos, victims in the order of a plain sort, copies and streams that are the same, nothing
changed outside the cache, JSON that its schema takes.

    Tests/trees.py [--seeds FIRST-LAST] [--seconds N] [--jobs N] [--configuration debug|release] [--directory DIR] [--all]

A seed that fails is printed and fails again alone: Tests/trees.py --all --seeds SEED. Needs .build/CONFIGURATION/command-server
(swift build --product command-server), and python3-jsonschema. As root it has more to try: owners, flags, devices."""

import argparse
import collections
import os
import pathlib
import sys
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Tests/Hostile"), str(ROOT / "Tests")]
sys.dont_write_bytecode = True
import checks  # noqa: E402
import parallel  # noqa: E402
import server  # noqa: E402
import snapshot  # noqa: E402


def work(job, options, directory):
    """One process: every n-th seed. Prints what is wrong, and gives how many seeds failed, and counts."""
    counts = collections.Counter()
    programs = server.Server(server.binary(options.configuration), directory)
    failures, place = 0, os.path.join(directory, f"job-{job}")
    for seed in range(options.first + job, options.last + 1, options.jobs):
        if time.monotonic() > options.end:
            break
        os.mkdir(place)
        try:
            checks.Check(seed, programs, place, options.all, counts).run()
        except checks.Wrong as wrong:
            failures += 1
            print(f"seed {seed}: {wrong}", flush=True)
        except Exception:  # what the test itself did not expect is a failure of this seed too
            failures += 1
            print(f"seed {seed}: {traceback.format_exc()}", flush=True)
        snapshot.remove(place)
        counts["trees"] += 1
    counts["runs"] = programs.runs
    programs.close()
    return failures, counts


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-1000000", help="FIRST-LAST, or one")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--configuration", default="release")
    parser.add_argument("--directory")
    parser.add_argument("--all", action="store_true", help="everything on every tree, not a part chosen by the seed")
    parser.add_argument("--verbose", action="store_true", help="how often each thing was done")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    options.first, options.last = int(first), int(last or first)
    options.jobs = max(1, min(options.jobs, options.last - options.first + 1))
    options.start = time.monotonic()
    options.end = options.start + options.seconds
    return options


def main():
    options = arguments()
    directory = server.workshop(options.directory)
    try:
        failed, counts = parallel.run(options.jobs, lambda job: work(job, options, directory))
    finally:
        snapshot.remove(directory)
    if options.verbose:
        for name in sorted(counts):
            print(f"{counts[name]:9} {name}")
    print(f"trees: {counts['trees']} trees, {counts['runs']} runs, {counts['documents']} documents against their schemas, "
          f"{time.monotonic() - options.start:.0f} s: {'FAILED' if failed else 'all invariants hold'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
