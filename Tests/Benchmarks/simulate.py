#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows what 100 million objects would take, and which part breaks first, and prints Markdown tables. Needs root and ext4.

    Tests/Benchmarks/simulate.py [--objects 100000000] [--fanouts 8] [--measured 1000000] [--runs 3] [--directory /var/tmp]

Two parts can be measured without that many files. Directories of the size that they would have hold nothing but names: so
many of the 256 fanout directories of one volume are made as they would be, of hard links to a few files, beside the same
number of names in directories of a hundredth of the size. What an inode costs, in time, in the kernel's memory and on the
disk, is measured on --measured objects. The last table puts both together.
"""
import argparse, contextlib, os, random, shutil, statistics, subprocess
from measure import build, compile_scanner, drop_caches, mounted_image, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--objects", type=int, default=100_000_000)
parser.add_argument("--fanouts", type=int, default=8, help="how many of the 256 directories to make")
parser.add_argument("--measured", type=int, default=1_000_000)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--directory", default="/var/tmp")
options = parser.parse_args()

LINKS = 64_000  # ext4 takes 65,000 names of a file
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
programs = build()
place = os.path.join(options.directory, f"cachefiles-simulate-{os.getpid()}")
full = options.objects // 256


def fill(directory, count, names, spare):
    """Makes a directory of so many names, links to files of `spare`, and gives its bytes."""
    os.makedirs(directory)
    target = os.open(directory, os.O_RDONLY)
    for number in range(count):
        if names[0] % LINKS == 0:
            os.close(os.open(f"{spare}/{names[0] // LINKS}", os.O_CREAT | os.O_WRONLY, 0o600))
        name = f"E0{''.join(random.choices(DIGITS, k=40))}"
        os.link(f"{spare}/{names[0] // LINKS}", name, dst_dir_fd=target)
        names[0] += 1
    os.close(target)
    return os.stat(directory).st_size


def cache(root, directories, count, spare):
    """A cache of so many directories of so many names each; gives the bytes of the directories for a name."""
    os.makedirs(f"{root}/graveyard")
    names, size = [0], 0
    os.makedirs(spare)
    for number in range(directories):
        volume, fanout = divmod(number, 256)
        size += fill(f"{root}/cache/Infs,volume,{volume:x}/@{fanout:02x}", count, names, spare)
    return size / names[0]


def rates(command, objects):
    """Microseconds for an object, warm and cold, and the peak memory in MiB."""
    warm, cold = [], []
    run(command)
    for _ in range(options.runs):
        warm.append(run(command))
    for _ in range(options.runs):
        drop_caches()
        cold.append(run(command))
    each = [statistics.median(result[0] for result in results) / objects * 1e6 for results in (warm, cold)]
    return *each, max(result[3] for result in warm + cold)


def slabs():
    """The bytes of the kernel's caches of inodes and names: pages of slabs."""
    with open("/proc/slabinfo") as file:
        rows = [line.split() for line in file]
    return sum(int(row[14]) * int(row[5]) * os.sysconf("SC_PAGE_SIZE")
               for row in rows if row[0] in ("ext4_inode_cache", "dentry"))


def gigabytes(number):
    return f"{number / 1e9:,.1f} GB"


with contextlib.ExitStack() as stack:
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    os.makedirs(place)
    scanner = compile_scanner(place)
    random.seed(1)

    names = options.fanouts * full
    print(f"Directories of {full:,} and of {full // 100:,} names, {names:,} in all, links to {names // LINKS + 1:,} files\n\n"
          "| work | names in a directory | µs a name, warm | cold | peak MiB |\n|---|--:|--:|--:|--:|")
    part = os.path.join(place, "names")
    with mounted_image("ext4", part, 2 * names // 16) as where:
        sizes = {}
        for count, directories in ((full // 100, options.fanouts * 100), (full, options.fanouts)):
            root = f"{where}/{count}"
            sizes[count] = cache(root, directories, count, f"{where}/files{count}")
            for name, line in (("C scanner, 2 threads", [scanner, root, "2"]), ("`cache-du`", [f"{programs}/cache-du", "-q", root])):
                warm, cold, memory = rates(line, count * directories)
                print(f"| {name} | {count:,} | {warm:.2f} | {cold:.2f} | {memory:.0f} |", flush=True)

    print(f"\nInodes: {options.measured:,} objects of `cachefiles sample`\n\n"
          "| work | µs an object, warm | cold | peak MiB |\n|---|--:|--:|--:|")
    part = os.path.join(place, "inodes")
    with mounted_image("ext4", part, options.measured) as where:
        root = f"{where}/cache"
        run([f"{programs}/cachefiles", "sample", root, "--objects", str(options.measured), "--data", "0", "-q"])
        measured = {}
        for words in ("cache-du", "cachefiles stats --records", "cachefiles-fsck"):
            program, *more = words.split()
            measured[words] = rates([f"{programs}/{program}", *more, "-q", root], options.measured)
            warm, cold, memory = measured[words]
            print(f"| `{words}` | {warm:.2f} | {cold:.2f} | {memory:.0f} |", flush=True)
        drop_caches()
        before = slabs()
        run([f"{programs}/cache-du", "-q", root])
        kept = (slabs() - before) / options.measured
        image = os.path.join(part, "image")
        text = subprocess.run(["dumpe2fs", "-h", image], capture_output=True, text=True, check=True).stdout
        inode = int(next(line.split()[-1] for line in text.splitlines() if line.startswith("Inode size:")))

    # A block of an index has 8 bytes for each block below it; two levels without the feature large_dir.
    leaves = 508 * 510
    print(f"\n{options.objects:,} objects\n\n| part | an object | all |\n|---|--:|--:|")
    for words, (warm, cold, memory) in measured.items():
        print(f"| `{words}`, inodes from the disk | {cold:.2f} µs | {cold * options.objects / 60e6:,.0f} min |")
    print(f"| the kernel's memory for inodes and names, to stay warm | {kept:,.0f} B | {gigabytes(kept * options.objects)} |\n"
          f"| inode tables | {inode} B | {gigabytes(inode * options.objects)} |\n"
          f"| the file system, with an inode for each 16 KiB as mkfs makes it | 16,384 B | "
          f"{gigabytes(16384 * options.objects)} |\n"
          f"| directories, names of 42 bytes | {sizes[full]:.0f} B | {gigabytes(sizes[full] * options.objects)} |\n"
          f"| names that one ext4 directory takes, without `large_dir` | | "
          f"{leaves * 4096 / sizes[full] / 1e6:,.0f} million |\n"
          f"| peak memory of the slowest | | {max(result[2] for result in measured.values()):.0f} MiB |")
