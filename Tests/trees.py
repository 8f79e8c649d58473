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
import server  # noqa: E402
import snapshot  # noqa: E402


def work(job, options, directory, counts):
    """One process: every n-th seed. Prints what is wrong, and gives how many seeds failed."""
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
    return failures


def fork(job, options, directory):
    """Starts one process; what it counted comes back through a pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 2
    try:
        os.close(reading)
        counts = collections.Counter()
        status = 1 if work(job, options, directory, counts) else 0
        with os.fdopen(writing, "w") as pipe:
            pipe.write("\n".join(f"{count} {name}" for name, count in counts.items()))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


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
    counts, failed = collections.Counter(), False
    try:
        for child, reading in [fork(job, options, directory) for job in range(options.jobs)]:
            with os.fdopen(reading) as pipe:
                for line in pipe:
                    count, name = line.rstrip("\n").split(" ", 1)
                    counts[name] += int(count)
            failed |= os.waitpid(child, 0)[1] != 0
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
