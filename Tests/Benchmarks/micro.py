#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the micro-benchmarks, each beside the same work in plain C in the same run, and prints a Markdown table.

    Tests/Benchmarks/micro.py [--runs 5] [--scratch DIR] [--set] [--smoke]

The exit status is 1 when a benchmark takes more times the time of its loop in C than `thresholds.json` allows, or
allocates more for an item. A time is the least of all loops of a run, so that disturbances count little; the ratio is
the median of the runs. --set writes new thresholds: one and a half times what was measured, to be looked at before it is
committed. --smoke holds to the allocations only. --scratch is where to build, Tests/Benchmarks/.build without it.
"""
import argparse, json, math, os, statistics, subprocess, sys, tempfile
from measure import package

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--scratch")
parser.add_argument("--set", action="store_true")
parser.add_argument("--smoke", action="store_true")
options = parser.parse_args()

here = os.path.join(package, "Tests/Benchmarks")
limits = os.path.join(here, "thresholds.json")
scratch = ["--scratch-path", os.path.abspath(options.scratch)] if options.scratch else []


def run(directory, results):
    """Runs all benchmarks once and gives ns an item and allocations an item by name."""
    command = ["swift", "package", *scratch, "--allow-writing-to-directory", results, "benchmark", "--no-progress",
               "--quiet", "--format", "jmh", "--path", results]
    process = subprocess.run(command, cwd=here, env={**os.environ, "MICRO_DIRECTORY": directory}, capture_output=True,
                             text=True)
    if process.returncode != 0:
        sys.exit(process.stdout + process.stderr)
    measured = {}
    for file in os.listdir(results):
        with open(os.path.join(results, file)) as text:
            for entry in json.load(text):
                metrics = entry["secondaryMetrics"]
                items = metrics["items"]["scorePercentiles"]["50.0"]
                name = entry["benchmark"].split(".", 3)[3].replace("_", " ")
                measured[name] = (metrics["Time (wall clock)"]["scorePercentiles"]["0.0"] * 1000 / items,
                                  metrics["allocations"]["scorePercentiles"]["50.0"] / items)
        os.unlink(os.path.join(results, file))
    return measured


with tempfile.TemporaryDirectory(prefix="cachefiles-micro-") as place:
    directory, results = os.path.join(place, "directory"), os.path.join(place, "results")
    os.mkdir(directory)
    os.mkdir(results)
    for number in range(10_000):
        open(os.path.join(directory, f"D{number:x}{'0123456789abcdef' * 2}"[:8 + number % 20] + f"{number}"), "x").close()
    runs = [run(directory, results) for _ in range(options.runs)]

with open(limits) as text:
    allowed = json.load(text)
names = sorted(name for name in runs[0] if not name.endswith(", C"))
if names != sorted(allowed) and not options.set:
    sys.exit(f"measured {names}, thresholds for {sorted(allowed)}")
print("| work | ns an item | C, ns an item | ratio | at most | allocations an item | at most |\n"
      "|---|--:|--:|--:|--:|--:|--:|")
passed, measured = True, {}
for name in names:
    time = statistics.median(run[name][0] for run in runs)
    plain = statistics.median(run[f"{name}, C"][0] for run in runs)
    ratio = statistics.median(run[name][0] / run[f"{name}, C"][0] for run in runs)
    allocations = max(run[name][1] for run in runs)
    measured[name] = {"ratio": math.ceil(ratio * 15) / 10, "allocations": round(allocations)}
    limit = measured[name] if options.set else allowed[name]
    # A loop may make a few of its own, for the buffer it uses again.
    passing = (options.smoke or ratio <= limit["ratio"]) and allocations <= limit["allocations"] + 0.001
    passed = passed and passing
    print(f"| {name}{'' if passing else ' **too slow or too many**'} | {time:.1f} | {plain:.1f} | {ratio:.2f} | "
          f"{limit['ratio']} | {allocations:.2f} | {limit['allocations']} |")
if options.set:
    with open(limits, "w") as text:
        json.dump(measured, text, indent=2)
        text.write("\n")
sys.exit(0 if passed else 1)
