#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""problems.py REPORT TABLE OBJECTS DAMAGED: holds what `cachefiles fsck --json` found in a damaged cache against the table of
guest/cases/faults. OBJECTS has "FILE PATH" lines from before the damage, DAMAGED "FILE DAMAGE" lines."""
import collections
import json
import os
import sys

report, table, objects, damaged = sys.argv[1:5]
expected = {}
for line in open(table, encoding="ascii"):
    if line.strip() and not line.startswith("#"):
        damage, ids, *_ = line.split()
        expected[damage] = set(ids.split(",")) - {"-"}
paths = dict(line.split() for line in open(objects, encoding="ascii"))
found = collections.defaultdict(set)
for problem in json.load(open(report, encoding="ascii"))["problems"]:
    found[problem["path"]].add(problem["id"])
for line in open(damaged, encoding="ascii"):
    file, damage = line.split()
    path = paths[file]
    volume, name = os.path.dirname(os.path.dirname(path)), os.path.basename(path)
    # What was moved or linked is found where it is now: the name, or a part of it, in any place of the volume.
    ids = set()
    for place, here in found.items():
        if place == path or place.startswith(volume) and damage in ("otherfanout", "badname", "hardlink") and \
                place.rsplit("/", 1)[-1].replace("T0", "T").startswith(name):
            ids |= here
    verdict = "ok" if ids == expected[damage] else "not ok"
    print(f"LAB {verdict}: fsck says of {damage}: {' '.join(sorted(expected[damage])) or 'nothing'}"
          + ("" if verdict == "ok" else f"; got {' '.join(sorted(ids)) or 'nothing'}"))
