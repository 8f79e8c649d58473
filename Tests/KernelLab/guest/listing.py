#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""listing.py DIR [--no-ctime]: one line for each entry below DIR with everything about it that a program can change or leave as a
trace: type, mode, owner, links, inode, length, blocks, the three times, attributes, name. Reading it leaves no trace itself."""
import os
import sys

root = os.fsencode(sys.argv[1])
with_ctime = "--no-ctime" not in sys.argv


def entries(directory):
    yield directory
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOATIME)
    try:
        names = sorted((os.fsencode(entry.name), entry.is_dir(follow_symlinks=False)) for entry in os.scandir(descriptor))
    finally:
        os.close(descriptor)
    for name, is_directory in names:
        path = os.path.join(directory, name)
        if is_directory:
            yield from entries(path)
        else:
            yield path


for entry in entries(root):
    s = os.lstat(entry)
    names = sorted(os.listxattr(entry, follow_symlinks=False))
    attributes = ",".join(n + "=" + os.getxattr(entry, n, follow_symlinks=False).hex() for n in names)
    print(oct(s.st_mode), s.st_uid, s.st_gid, s.st_nlink, s.st_ino, s.st_size, s.st_blocks, s.st_atime_ns, s.st_mtime_ns,
          s.st_ctime_ns if with_ctime else "-", attributes or "-", repr(entry[len(root):])[2:-1])
