#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""objects.py CACHE DIR: for each file of an exported directory its name and the path of its object in CACHE, one pair a line. What
leads from one to the other is the inode number in the file handle, which is the key that `cachefiles decode` reads from the name."""
import json
import os
import subprocess
import sys

cache, exported = map(os.fsencode, sys.argv[1:3])
paths = [os.path.join(d, f) for d, _, files in os.walk(cache + b"/cache") for f in files if not f.startswith(b"I")]
run = subprocess.run(["cachefiles", "decode", "--jsonl", "--null"], input=b"\0".join(paths), capture_output=True, check=True)
by_inode = {}
for path, line in zip(paths, run.stdout.splitlines()):
    handle = bytes.fromhex(json.loads(line)["key"])
    by_inode[int.from_bytes(handle[8:12], "little")] = path
for name in sorted(os.listdir(exported)):
    status = os.stat(os.path.join(exported, name))
    if status.st_ino in by_inode:
        print(os.fsdecode(name), os.fsdecode(by_inode[status.st_ino]))
