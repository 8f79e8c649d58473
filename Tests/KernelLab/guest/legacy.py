#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""legacy.py CACHE DIR COUNT: holds `cachefiles decode` of a tree from before 5.17 against the files that were cached: those of the
exported directory DIR, by the inode number in the file handle, and the COUNT files of the 9P server, by their qid paths."""
import collections
import json
import os
import subprocess
import sys

cache, exported, nine = os.fsencode(sys.argv[1]), sys.argv[2], int(sys.argv[3])
paths = sorted(os.path.join(d, f) for d, _, files in os.walk(cache + b"/cache") for f in files)
run = subprocess.run(["cachefiles", "decode", "--jsonl", "--null"], input=b"\0".join(paths), capture_output=True, check=False)
answers = [json.loads(line) for line in run.stdout.splitlines()]
objects = [answer["levels"][-1] for answer in answers]
keys = {level["key"] for level in objects}


def claim(what, bad):
    print(f"LAB {'not ok' if bad else 'ok'}: {what}" + (f": not {len(bad)}" if bad else ""))
    for item in bad[:4]:
        print("   ", item)


claim(f"decode takes all {len(paths)} paths", [run.stderr.decode()] if run.returncode or len(answers) != len(paths) else [])
claim("and calls every level of them canonical and in its place",
      [a["input"] for a in answers if not all(level["canonical"] and level["placed"] for level in a["levels"])])
claim("and takes what has no directory below it for an object", [a["input"] for a in answers if a["levels"][-1]["role"] != "object"])
counts = collections.Counter((a["netfs"]["type"], a["levels"][-1]["role"]) for a in answers)
print("LAB note: " + ", ".join(f"{n} {netfs} {role}" for (netfs, role), n in sorted(counts.items())))
handles = {int.from_bytes(bytes.fromhex(key)[8:12], "little") for key in keys if len(key) == 32}
claim("every NFS file is among them", [e.name for e in os.scandir(exported) if e.is_file() and e.inode() not in handles])
served = subprocess.run([sys.executable, os.path.dirname(__file__) + "/nine.py", "--keys"], capture_output=True, check=True)
# The empty file may have no object.
lost = [key for key in served.stdout.decode().split() if key not in keys]
claim(f"{nine - len(lost)} of {nine} 9P files are among them", lost[1:])
