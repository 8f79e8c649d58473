#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times `cached -r` beside `find -printf %s` over one tree, and prints a Markdown table of ratios.

    Tests/Benchmarks/mapped.py [--files 100000] [--runs 5] [--directory /var/tmp] [--programs DIRECTORY] [--threads 1 2 8]

The tree stands on a local file system; a table of mounts of our own, given with --proc, calls it SMB. So no server and no kernel
module is needed, each file has an object of the same size, and what is timed is what the commands do themselves. Everything is
warm; runs take turns, and a ratio is the median of the ratios of one turn."""
import argparse, json, os, shutil, statistics, struct, subprocess, sys
from measure import build, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--files", type=int, default=100_000)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--directory", default="/var/tmp")
parser.add_argument("--programs", help="in place of a build")
parser.add_argument("--threads", type=int, nargs="*", default=[1, 2, 8])
parser.add_argument("--keep", action="store_true", help="leave the tree there, and use one that is there")
options = parser.parse_args()

program = f"{options.programs or build()}/cachefiles"
place = os.path.join(options.directory, "cachefiles-mapped")
tree, cache, proc = f"{place}/tree", f"{place}/cache", f"{place}/proc"
volume = "cifs,127.0.0.1:445,s"
cached = [program, "cached", "-r", "--dir", cache, "--proc", proc]


def make_tree():
    for number in range(options.files):
        if number % 250 == 0:
            directory = f"{tree}/{number // 25000}/{number // 250 % 100}"
            os.makedirs(directory)
        with open(f"{directory}/file{number}", "wb") as file:
            file.write(b"x" * 4096)
    os.makedirs(f"{proc}/self")
    device = os.stat(tree).st_dev
    with open(f"{proc}/self/mountinfo", "w") as file:
        file.write(f"39 1 {os.major(device)}:{os.minor(device)} / {tree} rw,relatime - cifs //127.0.0.1/s "
                   "rw,vers=3.0,addr=127.0.0.1,serverino,fsc\n")


def make_objects():
    """Where the command itself expects them."""
    os.makedirs(f"{cache}/graveyard")
    os.makedirs(f"{cache}/cache/I{volume}")
    listing = subprocess.run([*cached, "--jsonl", tree], stdout=subprocess.PIPE, check=True).stdout
    for line in listing.splitlines():
        row = json.loads(line)
        path, status = f"{cache}/{row['object']}", os.stat(row["file"])
        (modified, modified_ns), (changed, changed_ns) = (divmod(time, 10**9) for time in (status.st_mtime_ns, status.st_ctime_ns))
        record = struct.pack(">QQBB", 4096, 4096, 1, 1) + struct.pack("<QQII", modified, changed, modified_ns, changed_ns)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"x" * 4096)
            os.setxattr(file.fileno(), "user.CacheFiles.cache", record)


if not (options.keep and os.path.isdir(place)):
    shutil.rmtree(place, ignore_errors=True)
    make_tree()
    make_objects()
work = {"find -printf %s": ["find", tree, "-type", "f", "-printf", "%s\n"], "find -size +1": ["find", tree, "-type", "f", "-size", "+1"]}
for count in options.threads:
    work[f"cached -r, {count} thread{'s' * (count > 1)}"] = [*cached, "--threads", str(count), tree]
results = {name: [] for name in work}
for _ in range(options.runs + 1):
    for name, command in work.items():
        results[name].append(run(command))
print("| work | of `find -printf %s` | seconds | user | system | MiB |\n|---|--:|--:|--:|--:|--:|")
first = [result[0] for result in results["find -printf %s"]][1:]
for name, runs in results.items():
    runs = runs[1:]
    ratio = statistics.median(result[0] / base for result, base in zip(runs, first))
    seconds, user, system = (statistics.median(result[column] for result in runs) for column in range(3))
    print(f"| `{name}` | {ratio:.2f} | {seconds:.2f} | {user:.2f} | {system:.2f} | {max(result[3] for result in runs):.0f} |")
if not options.keep:
    shutil.rmtree(place)
