#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times the scanner on a synthetic cache beside du, find, gdu, ncdu and a scanner in C, in one run, and prints Markdown tables.

    Tests/Benchmarks/compare.py [--objects 1000000] [--runs 3] [--directory /var/tmp] [--image ext4] [--cold] [--calls] [--only WORD ...]

Every command runs --runs times, in turn with the others; the tables have medians. With --cold (needs root) the
kernel's caches are dropped before each run of a second round. With --image (needs root) the cache lies on a new file
system in a file. With --calls each command runs once more under strace, which counts its system calls. The scanner in C
(Tests/Benchmarks/c) makes the same calls and does nothing with what it learns.
"""
import argparse, contextlib, os, shutil
from measure import build, compile_scanner, count_calls, drop_caches, mounted_image, run, table

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--objects", type=int, default=1_000_000)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--directory", default="/var/tmp")
parser.add_argument("--data", default="4K", help="the most data an object gets")
parser.add_argument("--image", choices=["ext4", "xfs", "btrfs"])
parser.add_argument("--cold", action="store_true")
parser.add_argument("--calls", action="store_true")
parser.add_argument("--threads", type=int, nargs="*", default=[1, 2, 8, 32], help="thread counts to try")
parser.add_argument("--only", nargs="*", default=[], help="only commands whose names have one of these words in them")
parser.add_argument("--keep", help="use this cache, and keep it")
options = parser.parse_args()

programs = build()
place = os.path.join(options.directory, f"cachefiles-benchmark-{os.getpid()}")


def commands(cache, scanner):
    """Names and command lines."""
    def toolkit(words, *more):
        return f"`{words}`", [f"{programs}/{words.split()[0]}", *words.split()[1:], cache, "-q", *more]

    def with_threads(name, line, threads):
        return f"{name}, {threads} thread" + ("s" if threads > 1 else ""), line(threads)

    yield "`du -s`", ["du", "-s", cache]
    yield "`find -printf %b`", ["find", cache, "-printf", "%b\n"]
    if shutil.which("gdu"):
        yield "`gdu -npc`", ["gdu", "-npc", cache]
    if shutil.which("ncdu"):
        yield "`ncdu -o`", ["ncdu", "-0", "-o", "/dev/null", cache]
    for threads in options.threads:
        yield with_threads("C scanner", lambda n: [scanner, cache, str(n)], threads)
    yield toolkit("cache-du")
    for threads in options.threads:
        yield with_threads("`cache-du`", lambda n: [f"{programs}/cache-du", cache, "-q", "--threads", str(n)], threads)
    yield toolkit("cachefiles stats")
    for threads in options.threads:
        yield with_threads("C scanner with attributes", lambda n: [scanner, cache, str(n), "attributes"], threads)
    yield toolkit("cachefiles stats --records")
    yield toolkit("cachefiles-fsck")
    for words in ("cachefiles stats --extents", "cachefiles-fsck --deep"):
        how = words.split("--")[1]
        yield with_threads(f"C scanner, {how}", lambda n, how=how: [scanner, cache, str(n), how], options.threads[-1])
        yield toolkit(words)
    name, line = toolkit("cachefiles-cull -n", "--max-objects", str(options.objects * 9 // 10))
    yield name + ", a tenth", line


with contextlib.ExitStack() as stack:
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    os.makedirs(place)
    scanner = compile_scanner(place)
    where = stack.enter_context(mounted_image(options.image, place, options.objects * 2)) if options.image else place
    cache = options.keep or os.path.join(where, "cache")
    if not os.path.isdir(cache):
        words = ["sample", cache, "--objects", str(options.objects), "--data", options.data, "-q"]
        seconds = run([f"{programs}/cachefiles", *words])[0]
        print(f"`cachefiles sample --objects {options.objects} --data {options.data}`: {seconds:.1f} s, "
              f"{options.objects / seconds:,.0f} objects/s")
        os.sync()
    run(["du", "-s", cache])
    # What the others are compared with is always among them.
    lines = [line for line in commands(cache, scanner)
             if not options.only or line[0] == "`du -s`" or any(word in line[0] for word in options.only)]
    table(f"Warm, median of {options.runs}", lines, options.objects, options.runs, lambda: None, "`du -s`")
    if options.cold:
        table(f"Cold (caches dropped before each), median of {options.runs}", lines, options.objects, options.runs,
              drop_caches, "`du -s`")
    if options.calls:
        count_calls(lines, options.objects)
