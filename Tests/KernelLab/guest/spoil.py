#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""spoil.py SEED OBJECT...: inverts bytes of objects of a cache that is not bound, in places that depend on the seed: in the first and
the last block that has data, at a border of two blocks, and in between. Prints for each object "OBJECT OFFSET..."; what lies behind
the end of the file is inverted too, and is not printed, because nobody ever sees it."""
import os
import random
import sys


def extents(file):
    at, found = 0, []
    while True:
        try:
            start = os.lseek(file, at, os.SEEK_DATA)
        except OSError:
            return found
        at = os.lseek(file, start, os.SEEK_HOLE)
        found.append((start, at))


def main():
    chance = random.Random(int(sys.argv[1]))
    for path in sys.argv[2:]:
        size = int.from_bytes(os.getxattr(path, "user.CacheFiles.cache")[:8], "big")
        file = os.open(path, os.O_RDWR | os.O_NOATIME)
        runs = [(start, min(end, size)) for start, end in extents(file) if start < size]
        places = {runs[0][0], runs[-1][1] - 1}
        for _ in range(3):
            start, end = chance.choice(runs)
            places.add(chance.randrange(start, end))
        start, end = chance.choice(runs)
        if end - start > 4096:
            places |= {start + 4095, start + 4096}
        behind = {runs[-1][1]} if runs[-1][1] == size and size % 4096 else set()
        for offset in places | behind:
            byte = os.pread(file, 1, offset)
            os.pwrite(file, bytes([byte[0] ^ 0xFF]), offset)
        os.close(file)
        print(path, *sorted(places))


main()
