#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""damage.py [WHAT PATH]: breaks an object of a cache that is not bound, or those of the lines "WHAT PATH" on stdin. The names are
those of guest/cases/faults."""
import os
import socket
import subprocess
import sys

ATTRIBUTE = "user.CacheFiles.cache"


def record(path, change):
    value = bytearray(os.getxattr(path, ATTRIBUTE))
    value = change(value) or value
    os.setxattr(path, ATTRIBUTE, bytes(value))


def put(at, byte):
    def change(value):
        value[at] = byte
    return change


def flip(at):
    def change(value):
        value[at] ^= 1
    return change


def with_file(path):
    os.unlink(path)
    os.mkdir(path, 0o700)
    with open(path + "/junk", "w", encoding="ascii") as file:
        file.write("x")


def replaced(make):
    def change(path):
        os.unlink(path)
        make(path)
    return change


def other_fanout(path):
    directory, name = os.path.split(path)
    volume, fanout = os.path.split(directory)
    other = os.path.join(volume, "@00" if fanout != "@00" else "@01")
    os.makedirs(other, 0o700, exist_ok=True)
    os.rename(path, os.path.join(other, name))


def inverted(path):
    with open(path, "r+b") as file:
        file.seek(100)
        byte = file.read(1)[0]
        file.seek(100)
        file.write(bytes([byte ^ 255]))


def padding(path):
    """Bytes other than zero behind the end of the netfs file, in the last block."""
    size = int.from_bytes(os.getxattr(path, ATTRIBUTE)[:8], "big")
    with open(path, "r+b") as file:
        file.seek(size + 10)
        file.write(b"junk")


def chattr(flag):
    return lambda path: subprocess.run(["chattr", flag, path], check=True)


def named_socket(path):
    with socket.socket(socket.AF_UNIX) as s:
        place = os.open(os.path.dirname(path), os.O_PATH)
        s.bind(f"/proc/self/fd/{place}/{os.path.basename(path)}")
        os.close(place)


DAMAGES = {
    "nothing": lambda path: None,
    "noxattr": lambda path: os.removexattr(path, ATTRIBUTE),
    "longxattr": lambda path: record(path, lambda value: value + b"zz"),
    "shortxattr": lambda path: record(path, lambda value: value[:20]),
    "headeronly": lambda path: record(path, lambda value: value[:18]),
    "emptyxattr": lambda path: os.setxattr(path, ATTRIBUTE, b""),
    "type2": lambda path: record(path, put(16, 2)),
    "aux": lambda path: record(path, flip(20)),
    "objectsize": lambda path: record(path, flip(7)),
    "hugesize": lambda path: record(path, put(0, 0x80)),
    "dirty": lambda path: record(path, put(17, 4)),
    "content3": lambda path: record(path, put(17, 3)),
    "content9": lambda path: record(path, put(17, 9)),
    "zeropoint": lambda path: record(path, put(15, 7)),
    "directory": with_file,
    "symlink": replaced(lambda path: os.symlink("/etc/passwd", path)),
    "fifo": replaced(os.mkfifo),
    "socket": replaced(named_socket),
    "cut0": lambda path: os.truncate(path, 0),
    "cut4096": lambda path: os.truncate(path, 4096),
    "emptied": lambda path: subprocess.run(["fallocate", "-p", "-o", "0", "-l", str(os.stat(path).st_size), path], check=True),
    "oddlength": lambda path: os.truncate(path, os.stat(path).st_size - 5),
    "extended": lambda path: os.truncate(path, os.stat(path).st_size + 10 * 4096),
    "hole": lambda path: subprocess.run(["fallocate", "-p", "-o", "4096", "-l", "4096", path], check=True),
    "inverted": inverted,
    "padding": padding,
    "mode": lambda path: (os.chmod(path, 0o777), os.chown(path, 1000, 1000)),
    "owner": lambda path: os.chown(path, 65534, 65534),
    "atime0": lambda path: os.utime(path, (0, 0)),
    "future": lambda path: os.utime(path, (4000000000, 4000000000)),
    "hardlink": lambda path: os.link(path, path + "x"),
    "otherfanout": other_fanout,
    "badname": lambda path: os.rename(path, os.path.join(os.path.dirname(path), "T0" + os.path.basename(path)[1:])),
    "immutable": chattr("+i"),
    "append": chattr("+a"),
}

if __name__ == "__main__":
    if sys.argv[1:]:
        DAMAGES[sys.argv[1]](sys.argv[2])
    for line in sys.stdin if not sys.argv[1:] else ():
        what, path = line.split()
        DAMAGES[what](path)
