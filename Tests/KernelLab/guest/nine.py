#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nine.py SOCKET: a read-only 9P2000.L server whose files have the qid paths, and so the cookie keys, of our choice: each file is
called like the 8 bytes of its qid path, in hexadecimal. nine.py --keys prints them. What it is asked to read it counts in
SOCKET.reads: one byte for each Tread."""
import hashlib
import os
import random
import socket
import struct
import sys
import threading

VERSION = 7  # of every file; with 0 Linux would not cache it
TIME = 1700000000


def keys():
    """All four encodings, their ties, words of zeros, DEL, and bytes from the edges of the encoder's classes."""
    fixed = [
        b"abcdefgh", b"\x7fabcdefg", b"\x7f" * 8, b"!.0~,;:+", b"I@+DEST,",  # D: all printable, DEL too
        b"abc defg", b"abc/defg",  # a blank and a slash are not printable
        bytes(8), bytes(7) + b"\1", b"\1" + bytes(7), bytes(3) + b"\1" + bytes(4), bytes(4) + b"\1" + bytes(3),  # words of zeros
        b"\0\0\0\2\0\0\0\x5d", b"\2\0\0\0\x5d\0\0\0", b"\0\1\0\0\0\0\1\0",  # S and T
        b"\1\0\0\1\1\0\0\1", b"\1\0\0\1\0\0\0\0",  # as long read either way: S
        b"\0\x81\x82\x83\0\x81\x82\x83", b"\x81\x82\x83\0\x81\x82\x83\0",  # hexadecimal as long as base64: E
        b"\0\x81\x82\x83\0\x01\x82\x83", b"\x81\x82\x83\0\x81\x82\x03\0",  # one digit shorter: S and T
        b"\xff" * 8, b"\x80" * 8, bytes(range(0xF0, 0xF8)),  # E
    ]
    chance = random.Random(7)
    classes = [0, 0, 0, 0, 1, 0x10, 0x20, 0x2E, 0x2F, 0x30, 0x7E, 0x7F, 0x80, 0xFF]
    while len(fixed) < 120:
        key = bytes(chance.choice(classes) for _ in range(8))
        if key not in fixed and key != ROOT:
            fixed.append(key)
    return fixed


ROOT = b"root\0\0\0\1"


def content(key):
    """Other bytes and another length for each file; one is empty."""
    length = 0 if key == b"\xff" * 8 else 1 + int.from_bytes(hashlib.sha256(key).digest()[:2], "little") // 4
    block = hashlib.sha256(b"content" + key).digest()
    return (block * (length // len(block) + 1))[:length]


def text(value):
    return struct.pack("<H", len(value)) + value


def qid(key):
    return struct.pack("<BI", 0x80 if key == ROOT else 0, VERSION) + key


class Connection:
    def __init__(self, stream, files, count):
        self.stream, self.files, self.count = stream, files, count
        self.fids = {}

    def receive(self, n):
        data = b""
        while len(data) < n:
            more = self.stream.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def serve(self):
        try:
            while True:
                size, kind, tag = struct.unpack("<IBH", self.receive(7))
                body = self.receive(size - 7)
                try:
                    answer, data = kind + 1, self.answer(kind, body)
                except OSError as error:
                    answer, data = 7, struct.pack("<I", error.errno)
                self.stream.sendall(struct.pack("<IBH", 7 + len(data), answer, tag) + data)
        except EOFError:
            pass

    def answer(self, kind, body):
        if kind == 100:  # version
            size, length = struct.unpack_from("<IH", body)
            return struct.pack("<I", size) + text(body[6:6 + length])
        if kind == 104:  # attach
            self.fids[struct.unpack_from("<I", body)[0]] = ROOT
            return qid(ROOT)
        if kind == 108:  # flush: everything is answered in order
            return b""
        fid, = struct.unpack_from("<I", body)
        if kind == 120:  # clunk
            self.fids.pop(fid, None)
            return b""
        if fid not in self.fids:
            raise OSError(9, "no such fid")
        key = self.fids[fid]
        if kind == 110:  # walk
            return self.walk(key, body)
        if kind == 12:  # open
            if struct.unpack_from("<I", body, 4)[0] & 3:
                raise OSError(30, "read-only")
            return qid(key) + struct.pack("<I", 0)
        if kind == 24:  # getattr
            return self.attributes(key)
        if kind == 116:  # read
            offset, count = struct.unpack_from("<QI", body, 4)
            os.write(self.count, b"r")
            data = content(key)[offset:offset + count]
            return struct.pack("<I", len(data)) + data
        if kind == 40:  # readdir
            return self.directory(*struct.unpack_from("<QI", body, 4))
        if kind == 8:  # statfs
            return struct.pack("<IIQQQQQQI", 0x01021997, 4096, 1 << 20, 1 << 19, 1 << 19, 1 << 20, 1 << 19, 1, 255)
        raise OSError(95, "not supported")

    def walk(self, key, body):
        new, count = struct.unpack_from("<IH", body, 4)
        at, found = 10, []
        for _ in range(count):
            length, = struct.unpack_from("<H", body, at)
            name = body[at + 2:at + 2 + length]
            at += 2 + length
            if name == b"..":
                key = ROOT
            elif key == ROOT and name in self.files:
                key = self.files[name]
            else:
                raise OSError(2, "no such file")
            found.append(qid(key))
        self.fids[new] = key
        return struct.pack("<H", len(found)) + b"".join(found)

    def attributes(self, key):
        mode, size = (0o40755, 4096) if key == ROOT else (0o100644, len(content(key)))
        times = struct.pack("<QQ", TIME, 0) * 3 + struct.pack("<QQ", 0, 0)
        return (struct.pack("<Q", 0x7FF) + qid(key) + struct.pack("<IIIQQQQQ", mode, 0, 0, 1, 0, size, 4096, (size + 511) // 512)
                + times + struct.pack("<QQ", 0, VERSION))

    def directory(self, offset, count):
        data = b""
        for index, (name, key) in enumerate(list(self.files.items())[offset:], offset + 1):
            entry = qid(key) + struct.pack("<QB", index, 8) + text(name)
            if len(data) + len(entry) > count:
                break
            data += entry
        return struct.pack("<I", len(data)) + data


def main():
    if sys.argv[1] == "--keys":
        print("\n".join(key.hex() for key in keys()))
        return
    files = {key.hex().encode(): key for key in keys()}
    count = os.open(sys.argv[1] + ".reads", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen()
    while True:
        stream, _ = listener.accept()
        threading.Thread(target=Connection(stream, files, count).serve, daemon=True).start()


if __name__ == "__main__":
    main()
