# SPDX-License-Identifier: Apache-2.0
"""What is in a tree, entry by entry, and what differs between two looks. Looking changes nothing, not even a time of access."""

import fcntl
import os
import stat
import struct

GET_FLAGS = 0x80086601
SET_FLAGS = 0x40086602
IMMUTABLE, APPEND_ONLY = 0x10, 0x20
CACHE = "user.CacheFiles.cache"

# So much of each run of data is looked at.
SAMPLE = 1 << 16
QUIET = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOATIME


def flags(descriptor):
    try:
        buffer = bytearray(8)
        fcntl.ioctl(descriptor, GET_FLAGS, buffer)
        return struct.unpack("I", buffer[:4])[0] & (IMMUTABLE | APPEND_ONLY)
    except OSError:
        return 0


def set_flags(path, value):
    descriptor = os.open(path, QUIET)
    try:
        fcntl.ioctl(descriptor, SET_FLAGS, struct.pack("II", value, 0))
    finally:
        os.close(descriptor)


def attributes(path):
    try:
        return {name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)}
    except OSError:
        return {}


def contents(descriptor, size):
    """The runs of data and their bytes, as far as they are looked at."""
    runs, offset = [], 0
    while offset < size:
        try:
            start = os.lseek(descriptor, offset, os.SEEK_DATA)
            offset = os.lseek(descriptor, start, os.SEEK_HOLE)
        except OSError:
            break
        runs.append((start, offset, os.pread(descriptor, min(SAMPLE, offset - start), start)))
    return runs


def entry(path, status, changed):
    facts = {"mode": status.st_mode, "owner": (status.st_uid, status.st_gid), "inode": status.st_ino, "device": status.st_rdev,
             "modified": status.st_mtime_ns, "attributes": attributes(path)}
    if changed:
        facts["changed"] = status.st_ctime_ns
    if stat.S_ISLNK(status.st_mode):
        # The time of access of a link is that of whoever looks where it leads.
        return facts | {"target": os.readlink(path), "links": status.st_nlink}
    facts["accessed"] = status.st_atime_ns
    if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
        try:
            descriptor = os.open(path, QUIET)
        except OSError as error:
            return facts | {"error": error.errno}
        facts["flags"] = flags(descriptor)
        if stat.S_ISREG(status.st_mode):
            facts["size"] = status.st_size
            facts["data"] = contents(descriptor, status.st_size)
        os.close(descriptor)
    if not stat.S_ISDIR(status.st_mode):
        facts["links"] = status.st_nlink
    return facts


def snapshot(root, changed=False):
    """The facts of each entry, by its path below the root; with the times of change of inodes where wanted."""
    root, found = os.fsencode(root), {}
    waiting = [b""]
    while waiting:
        relative = waiting.pop()
        path = root + b"/" + relative if relative else root
        status = os.lstat(path)
        found[relative] = facts = entry(path, status, changed)
        if stat.S_ISDIR(status.st_mode):
            descriptor = os.open(path, QUIET | os.O_DIRECTORY)
            try:
                names = os.listdir(descriptor)
            finally:
                os.close(descriptor)
            waiting += [relative + b"/" + os.fsencode(name) if relative else os.fsencode(name) for name in names]
            facts["names"] = len(names)
    return found


def differences(before, after, ignoring=(), limit=6):
    """What differs: path, and for each fact both values."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        if path not in before or path not in after:
            found.append((path, "is new" if path not in before else "is gone"))
        elif before[path] != after[path]:
            changes = {name: (before[path].get(name), after[path].get(name))
                       for name in before[path].keys() | after[path].keys()
                       if name not in ignoring and before[path].get(name) != after[path].get(name)}
            if changes:
                found.append((path, changes))
        if len(found) == limit:
            break
    return found


def remove(path):
    """Removes a tree, flags or not; deep ones too."""
    path = os.fsencode(path)
    try:
        status = os.lstat(path)
    except OSError:
        return
    if not stat.S_ISDIR(status.st_mode):
        return remove_entry(path, status)
    stack = [(path, None)]
    while stack:
        directory, names = stack.pop()
        if names is None:
            try:
                unlock(directory, os.lstat(directory))
                os.chmod(directory, 0o700)
                names = os.listdir(directory)
            except OSError:
                continue
            stack.append((directory, names))
            for name in names:
                inner = directory + b"/" + os.fsencode(name)
                status = os.lstat(inner)
                if stat.S_ISDIR(status.st_mode):
                    stack.append((inner, None))
                else:
                    remove_entry(inner, status)
        else:
            os.rmdir(directory)


def unlock(path, status):
    if os.geteuid() == 0 and (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        descriptor = os.open(path, QUIET)
        held = flags(descriptor)
        os.close(descriptor)
        if held:
            set_flags(path, 0)


def remove_entry(path, status):
    unlock(path, status)
    os.unlink(path)
