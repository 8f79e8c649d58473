# SPDX-License-Identifier: Apache-2.0
"""A small sound cache, its damages, and a mount that a made table of mounts tells of: what races and faults work on."""

import os
import struct

import grammar
from grammar import format
from snapshot import CACHE

VOLUME = b"9p,p9src,hosttag"
OTHER = b"9p,other,tag"
LONG_AGO = 1700000000 * 10**9


def record(size, content=0, coherency=b"\1\2\3\4"):
    return struct.pack(">QQBB", size, 0, 1, content) + coherency


def object_path(root, key, volume=VOLUME):
    return b"%s/cache/I%s/%s/%s" % (os.fsencode(root), volume, grammar.fanout(volume, key), format.encode(key))


def write(path, data, length=None):
    """A file that is as old as all else."""
    with open(path, "wb") as file:
        file.write(data)
        if length is not None:
            file.truncate(length)
    os.utime(path, ns=(LONG_AGO, LONG_AGO))


def settle(root):
    """Gives all directories one time, so that two trees are the same in it."""
    for path, _, _ in os.walk(root, topdown=False):
        os.utime(path, ns=(LONG_AGO, LONG_AGO))


def make_volume(root, volume=VOLUME):
    path = b"%s/cache/I%s" % (os.fsencode(root), volume)
    os.makedirs(path, 0o700)
    os.setxattr(path, CACHE, bytes(4))


def make_object(root, number, size=6000, volume=VOLUME, content=0):
    """An object whose first page has data; the later the number, the later its last use."""
    path = object_path(root, struct.pack("<Q", number), volume)
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(descriptor, b"%08d" % number * 512)
    os.ftruncate(descriptor, -(-size // 4096) * 4096)
    os.close(descriptor)
    os.setxattr(path, CACHE, record(size, content))
    os.utime(path, ns=(LONG_AGO + number * 10**9,) * 2)
    return path


def make_cache(root, objects=(4, 2)):
    """Two volumes; gives the paths of their objects."""
    os.makedirs(os.path.join(root, "graveyard"), 0o700)
    os.chmod(root, 0o700)
    paths = []
    for volume, count in zip((VOLUME, OTHER), objects):
        make_volume(root, volume)
        paths += [make_object(root, 1000 * (volume == OTHER) + number, volume=volume) for number in range(1, count + 1)]
    return paths


def bury(root, count=2):
    """Fills the graveyard with directories of directories."""
    for number in range(count):
        inner = os.path.join(root, "graveyard", f"6b00e8770000000{number}", "@00", "inner")
        os.makedirs(inner, 0o700)
        for place in (inner, os.path.dirname(inner)):
            for name in "ab":
                write(os.path.join(place, name), b"buried")


def damage(root, paths):
    """Something for each kind of repair: an attribute, a volume's header, a mode, a length, a time, something foreign, a wrong place."""
    os.removexattr(paths[0], CACHE)
    os.truncate(paths[1], 5000)
    os.utime(paths[1], ns=(LONG_AGO, LONG_AGO))
    os.utime(paths[2], ns=(4102444800 * 10**9, LONG_AGO))
    os.removexattr(os.path.join(root, "cache/I" + OTHER.decode()), CACHE)
    os.chmod(os.path.join(root, "cache/I" + VOLUME.decode()), 0o755)
    place = os.path.dirname(paths[3])
    write(os.path.join(os.path.dirname(place), b"README"), b"foreign")
    os.mkdir(place + b"/Dwrong", 0o700)
    os.setxattr(os.path.join(root, "cache"), CACHE, b"xx")


def mounted(place, files):
    """A directory that the table of mounts in `proc` calls a 9P mount, and objects of its files as in a cache `root`; gives the options."""
    mount, proc, root = (os.path.join(place, name) for name in ("mnt", "proc", "root"))
    os.makedirs(os.path.join(proc, "self"))
    os.makedirs(os.path.join(proc, "sys/kernel"))
    os.mkdir(mount)
    os.makedirs(os.path.join(root, "graveyard"), 0o700)
    make_volume(root)
    write(os.path.join(proc, "self/mountinfo"), f"36 1 0:52 / {mount} rw - 9p p9src rw,cache=fscache,cachetag=hosttag\n".encode())
    write(os.path.join(proc, "sys/kernel/osrelease"), b"6.12.0\n")
    for name, (data, cached) in files.items():
        path = os.path.join(mount, name)
        write(path, data)
        if cached is not None:
            make_copy(root, os.stat(path).st_ino, data, cached)
    return ["--dir", root, "--proc", proc]


def make_copy(root, inode, data, cached):
    path = object_path(root, struct.pack("<Q", inode - 2))
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    write(path, cached, -(-len(data) // 4096) * 4096)
    os.chmod(path, 0o600)
    os.setxattr(path, CACHE, record(len(data)))
