#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows what the culls of cachefiles-daemon take in memory and time, over many objects and over many culls, and prints a Markdown table.
Needs root.

    Tests/Benchmarks/standing.py [--objects 1000000] [--rounds 1000] [--each 100] [--remember 65536] [--image xfs] [--directory /var/tmp] [--limit MIB]

A program of the package (Tests/StandingCull) does what the daemon does: it learns which objects went unused for longest, culls so many
when room is wanted, and learns anew when it knows too few. Only the kernel is made up: it removes what it is told to, and so quickly that
a day of culls passes in minutes. With --limit it fails when the memory passes so many MiB, or when it grows by more than a tenth between
the first and the last tenth of the rounds."""
import argparse, contextlib, json, os, shutil, subprocess, sys
from measure import build, mounted_image, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--objects", type=int, default=1_000_000)
parser.add_argument("--rounds", type=int, default=1000)
parser.add_argument("--each", type=int, default=100)
parser.add_argument("--remember", type=int, default=0, metavar="N", help="as culltable does; default: the daemon's")
parser.add_argument("--image", choices=["ext4", "xfs"], default="xfs")
parser.add_argument("--directory", default="/var/tmp")
parser.add_argument("--limit", type=float, default=float("inf"), metavar="MIB")
options = parser.parse_args()
if options.rounds * options.each > options.objects:
    parser.error("more would be culled than there is")

programs = build()
place = os.path.join(options.directory, f"cachefiles-standing-{os.getpid()}")
with contextlib.ExitStack() as stack:
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    os.makedirs(place)
    cache = os.path.join(stack.enter_context(mounted_image(options.image, place, options.objects)), "cache")
    run([f"{programs}/cachefiles", "sample", cache, "--objects", str(options.objects), "--data", "0", "-q"])
    command = [f"{programs}/standing-cull", cache, str(options.rounds), str(options.each)] + [str(options.remember)] * (options.remember > 0)
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
rows = [json.loads(line) for line in output.splitlines()]
failed = [row for row in rows if "rounds" not in row]
if failed:
    sys.exit(f"{len(failed)} failures, the first: {failed[0]}")
print(f"{options.objects:,} objects\n\n| culls | objects gone | scans in culls | remembered | seconds | MiB now | MiB at most |\n|--:|--:|--:|--:|--:|--:|--:|")
for row in rows:
    print(f"| {row['rounds']:,} | {row['culled']:,} | {row['scans_in_culls']} | {row['remembered']:,} | {row['seconds']:.1f} | "
          f"{row['rss_kib'] / 1024:.1f} | {row['peak_kib'] / 1024:.1f} |")
print()
if rows[-1]["peak_kib"] / 1024 > options.limit:
    sys.exit(f"{rows[-1]['peak_kib'] / 1024:.1f} MiB are more than {options.limit:g}")
if options.limit < float("inf") and rows[-1]["rss_kib"] > rows[1]["rss_kib"] * 1.1:
    sys.exit("memory grows")
print(f"{rows[-1]['rounds']} culls: {rows[-1]['rss_kib'] / 1024:.1f} MiB, {rows[-1]['peak_kib'] / 1024:.1f} at most")
