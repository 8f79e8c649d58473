#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times making room: culls of synthetic caches, and a sweep beside rm -rf and find -delete, and prints Markdown tables.

    Tests/Benchmarks/room.py [--objects 1000000] [--runs 3] [--directory /var/tmp] [--image ext4] [--cold] [--large N]

A tenth of the objects is culled. The trees that are swept, removed by rm and deleted by find are made alike, by
`cachefiles sample` with the same seed, and buried; who goes first changes with each run. With --cold (needs root) the
kernel's caches are dropped before each removal. --large adds a dry run on a cache of so many objects without data.
With --image (needs root) all is done on a new file system in a file, as `mkfs` makes it, so that neither the age nor the
mount options of the machine's own have a say.
"""
import argparse, contextlib, os, shutil, statistics
from measure import build, drop_caches, mounted_image, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--objects", type=int, default=1_000_000)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--directory", default="/var/tmp")
parser.add_argument("--image", choices=["ext4", "xfs", "btrfs"])
parser.add_argument("--cold", action="store_true")
parser.add_argument("--large", type=int)
options = parser.parse_args()

programs = build()
place = os.path.join(options.directory, f"cachefiles-room-{os.getpid()}")
prepare = drop_caches if options.cold else lambda: None


def sample(name, objects):
    cache = os.path.join(place, name)
    run([f"{programs}/cachefiles", "sample", cache, "--objects", str(objects), "--data", "0", "-q"])
    return cache


def cull(cache, objects, *more):
    return run([f"{programs}/cachefiles-cull", "-q", "--max-objects", str(objects * 9 // 10), *more, cache])


def bury(cache):
    """Moves all volumes to the graveyard, and gives its path."""
    for number, name in enumerate(sorted(os.listdir(f"{cache}/cache"))):
        os.rename(f"{cache}/cache/{name}", f"{cache}/graveyard/67a5b3c1{number + 1:08x}")
    return f"{cache}/graveyard"


def row(name, results, objects):
    seconds, user, system, memory = (statistics.median(column) for column in zip(*results))
    print(f"| {name} | {seconds:.2f} | {objects / seconds:,.0f} | {user:.2f} | {system:.2f} | {memory:.0f} |", flush=True)


head = "| work | seconds | objects/s | user s | system s | peak MiB |\n|---|--:|--:|--:|--:|--:|"
os.makedirs(place)
largest = max(options.objects, options.large or 0)
image = mounted_image(options.image, place, largest) if options.image else contextlib.nullcontext(place)
with contextlib.ExitStack() as stack:
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    place = stack.enter_context(image)
    print(f"Culling a tenth, median of {options.runs}\n\n{head}")
    for objects in [options.objects // 10, options.objects] + ([options.large] if options.large else []):
        cache = sample("cull", objects)
        run(["du", "-s", cache])
        row(f"`cachefiles-cull -n`, {objects:,} objects", [cull(cache, objects, "-n") for _ in range(options.runs)], objects)
        if objects != options.large:
            row(f"`cachefiles-cull`, {objects:,} objects", [cull(cache, objects)], objects // 10)
        shutil.rmtree(cache)

    state = "cold" if options.cold else "warm"
    results = {"`cachefiles sweep`": [], "`rm -rf`": [], "`find -delete`": []}
    commands = [("`cachefiles sweep`", lambda cache, grave: [f"{programs}/cachefiles", "sweep", "-q", cache]),
                ("`rm -rf`", lambda cache, grave: ["rm", "-rf", grave]),
                ("`find -delete`", lambda cache, grave: ["find", grave, "-mindepth", "1", "-delete"])]
    for number in range(options.runs):
        for name, command in commands[number % 3:] + commands[:number % 3]:
            cache = sample("sweep", options.objects)
            grave = bury(cache)
            os.sync()
            run(["du", "-s", cache])
            prepare()
            results[name].append(run(command(cache, grave)))
            shutil.rmtree(cache)
    print(f"\nEmptying a graveyard of {options.objects:,} objects, {state}, median of {options.runs}\n\n{head}")
    for name, measured in results.items():
        row(name, measured, options.objects)
