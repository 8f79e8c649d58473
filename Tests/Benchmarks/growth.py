#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows how time and memory grow with the number of objects and the shape of a cache, and prints Markdown tables.

    Tests/Benchmarks/growth.py [--sizes 10000 100000 1000000 4000000] [--shapes 1000000] [--directory /var/tmp] [--image ext4]
                               [--limit MIB] [--programs DIRECTORY]

The sizes are synthetic caches of `cachefiles sample`; what is sent goes into `receive`, and into another cache. With --limit it fails
when a command's memory passes so many MiB. The shapes hold the same number of empty objects in 1, 16 and 256
volumes, and in one fanout directory; they have no attributes, so that only
their disk usage and a cull are timed. Everything is warm: the median of --runs, after one that warms.
"""
import argparse, contextlib, os, shutil, statistics, subprocess, sys
from measure import build, mounted_image, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000, 4_000_000])
parser.add_argument("--shapes", type=int, default=1_000_000)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--directory", default="/var/tmp")
parser.add_argument("--image", choices=["ext4", "xfs", "btrfs"])
parser.add_argument("--limit", type=float, default=float("inf"), metavar="MIB")
parser.add_argument("--programs", help="in place of a build")
options = parser.parse_args()

programs = options.programs or build()
place = os.path.join(options.directory, f"cachefiles-growth-{os.getpid()}")
work = [("cache-du", []), ("cachefiles stats --records", []), ("cachefiles-fsck", []),
        ("cachefiles-cull -n", ["--max-objects"]), ("cachefiles manifest", []), ("cachefiles send", []), ("cachefiles receive", [])]
shaped = [work[0], work[3]]
heavy = []


def head(work):
    names = "".join(f" {name}, µs an object | MiB |" for name, _ in work)
    return f"{names}\n|---|" + "--:|" * (2 * len(work))


def measure(name, cache, objects, work):
    run(["du", "-s", cache])
    cells = ""
    for words, more in work:
        program, *rest = words.split()
        goal = [*more, str(objects * 9 // 10)] if more else []
        command = [f"{programs}/{program}", *rest, *goal, "-q", cache]
        if rest == ["receive"]:
            results = [receive(cache) for _ in range(options.runs)]
        else:
            run(command)
            results = [run(command) for _ in range(options.runs)]
        seconds, memory = statistics.median(result[0] for result in results), max(result[3] for result in results)
        if memory > options.limit:
            heavy.append(f"{words} took {memory:.0f} MiB with {objects:,} objects ({name})")
        cells += f" {seconds / objects * 1e6:.2f} | {memory:.0f} |"
    print(f"| {name} |{cells}", flush=True)


def receive(cache):
    """What `receive` takes for everything that `send` sends."""
    other = cache + "-received"
    with subprocess.Popen([f"{programs}/cachefiles", "send", "-q", cache], stdout=subprocess.PIPE) as sender:
        result = run([f"{programs}/cachefiles", "receive", "-q", other], sender.stdout)
    shutil.rmtree(other)
    return result


def shape(cache, objects, volumes, fanouts):
    """Empty files in so many volumes, with the names of 9P objects; with one fanout directory none stands where it belongs."""
    os.makedirs(f"{cache}/graveyard")
    each = max(1, objects // (volumes * fanouts))
    for volume in range(volumes):
        for fanout in range(fanouts):
            directory = f"{cache}/cache/I9p,host,{volume:x}/@{fanout:02x}"
            os.makedirs(directory)
            descriptor = os.open(directory, os.O_RDONLY)
            for number in range(each):
                os.close(os.open(f"T{fanout:x}{number:x},1", os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=descriptor))
            os.close(descriptor)
    return each * volumes * fanouts


with contextlib.ExitStack() as stack:
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    os.makedirs(place)
    largest = max(options.sizes + [options.shapes])
    where = stack.enter_context(mounted_image(options.image, place, largest)) if options.image else place
    print(f"| objects |{head(work)}")
    for objects in options.sizes:
        cache = os.path.join(where, "cache")
        run([f"{programs}/cachefiles", "sample", cache, "--objects", str(objects), "--data", "0", "-q"])
        measure(f"{objects:,}", cache, objects, work)
        shutil.rmtree(cache)
    print(f"\n| shape |{head(shaped)}")
    for name, volumes, fanouts in [("1 volume", 1, 256), ("16 volumes", 16, 256), ("256 volumes", 256, 256),
                                   ("1 fanout directory", 1, 1)]:
        cache = os.path.join(where, "cache")
        objects = shape(cache, options.shapes, volumes, fanouts)
        measure(name, cache, objects, shaped)
        shutil.rmtree(cache)
if heavy:
    sys.exit("\n".join(heavy))
