#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manifest.py CACHE: a capture of a cache that is not bound, as JSON lines: path, type, mode, length, blocks of 512 bytes, times in
nanoseconds, attributes, and where there is data, as [offset, length]. Reading it leaves no trace."""
import json
import os
import stat
import sys

ROOT = sys.argv[1]
TYPES = {stat.S_IFDIR: "dir", stat.S_IFREG: "file", stat.S_IFLNK: "symlink"}


def extents(path, size):
    found, at = [], 0
    descriptor = os.open(path, os.O_RDONLY | os.O_NOATIME)
    try:
        while at < size:
            try:
                data = os.lseek(descriptor, at, os.SEEK_DATA)
            except OSError:
                break
            at = os.lseek(descriptor, data, os.SEEK_HOLE)
            found.append([data, at - data])
    finally:
        os.close(descriptor)
    return found


def emit(path):
    s = os.lstat(path)
    kind = TYPES.get(stat.S_IFMT(s.st_mode), "other")
    row = {"path": os.path.relpath(path, ROOT), "type": kind, "mode": f"{stat.S_IMODE(s.st_mode):04o}",
           "size": s.st_size if kind == "file" else 0, "blocks": s.st_blocks, "atime_ns": s.st_atime_ns, "mtime_ns": s.st_mtime_ns}
    attributes = {n: os.getxattr(path, n, follow_symlinks=False).hex() for n in os.listxattr(path, follow_symlinks=False)}
    if attributes:
        row["xattrs"] = attributes
    if kind == "file":
        row["data"] = extents(path, s.st_size)
    print(json.dumps(row, separators=(",", ":")))


def walk(directory):
    emit(directory)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOATIME)
    entries = sorted((entry.is_file(follow_symlinks=False), entry.name) for entry in os.scandir(descriptor))
    os.close(descriptor)
    for is_file, name in entries:
        path = os.path.join(directory, name)
        if os.path.isdir(path) and not os.path.islink(path):
            if path != os.path.join(ROOT, "lost+found"):
                walk(path)
        else:
            emit(path)


walk(ROOT)
