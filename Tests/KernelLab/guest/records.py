#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""records.py CACHE: holds what `cachefiles show` says of every object against what the servers know of their files
(/tmp/server.nfs, /tmp/server.smb: name, inode, length, times; nine.py) and against the auxiliary data of the cookies
(/tmp/volumes, /tmp/cookies)."""
import collections
import json
import os
import subprocess
import sys

import nine

cache = sys.argv[1]
bad = collections.defaultdict(list)
counts = collections.Counter()
ROUNDED = 100  # nanoseconds: the resolution of times in SMB


def server(file):
    files = {}
    for line in open(file, encoding="ascii"):
        name, inode, size, modified, changed = line.split()
        files[int(inode)] = (name, int(size), nanoseconds(modified), nanoseconds(changed))
    return files


def nanoseconds(decimal):
    """Of a decimal number of seconds. stat prints times before 1970 as -1.5 for half a second before -1."""
    whole, _, fraction = decimal.partition(".")
    value = int(fraction.ljust(9, "0"))
    return int(whole) * 10**9 + (-value if decimal.startswith("-") else value)


def total(moment):
    return moment["seconds"] * 10**9 + moment["nanoseconds"]


def compare(kind, path, what, expected, got):
    counts[kind, what] += 1
    if expected != got:
        bad[kind, what].append(f"{path}: expected {expected}, got {got}")


def cookies():
    names = {line[:8]: line.rstrip(b"\n")[44:] for line in open("/tmp/volumes", "rb").readlines()[2:]}
    aux = {}
    for line in open("/tmp/cookies", "rb").readlines()[2:]:
        fields = line.split(None, 7)
        key, _, data = fields[7].strip().decode().partition(", ")
        aux[names[fields[1]], bytes.fromhex(key).ljust((len(key) // 2 + 3) // 4 * 4, b"\0")] = data
    return aux


def main():
    nfs, smb = server("/tmp/server.nfs"), server("/tmp/server.smb")
    aux = cookies()
    paths = [os.path.join(d, f) for d, _, files in os.walk(cache + "/cache") for f in files]
    run = subprocess.run(["cachefiles", "show", "--json", *paths], capture_output=True, check=True)
    for entry in json.loads(run.stdout)["entries"]:
        kind, record, path = entry["netfs"]["type"], entry["record"], entry["path"][len(cache):]
        key, coherency = bytes.fromhex(entry["key"]), record["coherency"]
        compare(kind, path, "the auxiliary data is that of the cookie", aux.get((entry["volume"].encode(), key)), record["aux"])
        compare(kind, path, "the kernel would use it", "ok", entry["kernel"]["outcome"])
        if kind == "9p":
            compare(kind, path, "the length is the server's", len(nine.content(key)), record["object_size_bytes"])
            compare(kind, path, "the version is the server's", nine.VERSION, coherency["qid_version"])
            continue
        inode = int.from_bytes(key[8:12], "little") if kind == "nfs" else entry["netfs"]["object"]["inode_number"]
        name, size, modified, changed = (nfs if kind == "nfs" else smb)[inode]
        label = f"{path} ({name})"
        compare(kind, label, "the length is the server's", size, record["object_size_bytes"])
        step = 1 if kind == "nfs" else ROUNDED
        if entry["volume"].startswith("nfs,3"):
            # Version 3 of the protocol has seconds of 32 bits without a sign.
            modified, changed = (moment % (2**32 * 10**9) for moment in (modified, changed))
        if kind == "cifs":
            changed = modified  # what Samba answers for it
        compare(kind, label, "the modification time is the server's", modified // step * step,
                total(coherency["modified" if kind == "nfs" else "last_write"]))
        compare(kind, label, "the change time is the server's", changed // step * step,
                total(coherency["changed" if kind == "nfs" else "last_change"]))
    for (kind, what), count in sorted(counts.items()):
        wrong = bad[kind, what]
        print(f"LAB {'not ok' if wrong else 'ok'}: {kind}: {what} ({count} objects)" + (f": {len(wrong)} not" if wrong else ""))
        for line in wrong[:4]:
            print("   ", line)


main()
