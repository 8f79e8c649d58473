#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second implementation of the on-disk format of Linux cachefiles.

It was written from a description of the format and shares no code with the Swift module CachefilesFormat; it exists so
that the examples of Docs/Format.md are held against two implementations that do not know each other. It needs nothing
but the standard library. The keys and coherency data of the network file systems are in netfs.py beside it.

    format.py check [FILE]        holds the example blocks of FILE (default Docs/Format.md) against this implementation
    format.py path VOLUME KEY     prints the path of a cookie key (hexadecimal) in a volume
"""
import re
import struct
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from netfs import RANKS, coherency, cookie_key, escape, volume_coherency, volume_key

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
M32 = 0xFFFFFFFF
XATTR_HEADER = struct.Struct(">QQBB")


def unescape(text):
    return re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: bytes([int(m[2], 16)]) if m[2] else b"\\", text.encode())


def unhex(text):
    return b"" if text == "-" else bytes.fromhex(text)


def hexed(data):
    return data.hex() or "-"


# Hashes and names.

def pad4(data):
    return data + bytes(-len(data) % 4)


def mix(salt, data):
    x, y = 0, salt
    for (word,) in struct.iter_unpack("<I", pad4(data)):
        x ^= word
        y ^= x
        x = (x << 7 | x >> 25) & M32
        x = x + y & M32
        y = (y << 20 | y >> 12) & M32
        y = y * 9 & M32
    return (y ^ x * 0x61C88647 & M32) * 0x61C88647 & M32


def volume_hash(key):
    return mix(0, bytes([len(key)]) + key + b"\0")


def plain(byte):
    return 0x21 <= byte <= 0x2E or 0x30 <= byte <= 0x7F


def encode(key):
    if all(map(plain, key)):
        return b"D" + key
    forms = [letter + ",".join(f"{w:x}" if w else "" for (w,) in struct.iter_unpack(order + "I", pad4(key)))
             for letter, order in (("S", ">"), ("T", "<"))]
    groups = [int.from_bytes(key[i:i + 3], "little") for i in range(0, len(key), 3)]
    base64 = f"E{-len(key) % 3}" + "".join(DIGITS[g >> s & 63] for g in groups for s in (0, 6, 12, 18))
    big, little = forms
    best = big if len(big) <= len(little) else little
    return (best if len(best) < len(base64) else base64).encode()


def decode(name):
    """The padded key of a name, None when there is none, and the lengths for which the kernel makes the name."""
    text = name.decode("latin-1")
    if re.fullmatch(r"D[^/\0]+", text, re.S):
        key = name[1:]
    elif re.fullmatch(r"[ST][0-9a-fA-F]{0,8}(,[0-9a-fA-F]{0,8})*", text):
        order = ">" if text[0] == "S" else "<"
        key = b"".join(struct.pack(order + "I", int(field or "0", 16)) for field in text[1:].split(","))
    elif re.fullmatch(r"E[012]([0-9a-zA-Z_-]{4})+", text):
        values = [DIGITS.index(c) for c in text[2:]]
        quads = [values[i:i + 4] for i in range(0, len(values), 4)]
        key = b"".join(sum(v << 6 * p for p, v in enumerate(q)).to_bytes(3, "little") for q in quads)
    else:
        return None, []
    limit = min(len(key), 252)
    lengths = [n for n in range(max(1, len(key) - 3), limit + 1) if not any(key[n:]) and encode(key[:n]) == name]
    return key, lengths if len(name) <= 255 else []


def path(volume, key):
    salt = volume_hash(volume)
    cookie = mix(salt, key)
    return salt, cookie, f"cache/I{escape(volume)}/@{cookie & 255:02x}/{escape(encode(key))}"


def fate(length):
    return "fits" if length <= 255 else f"cut:{length % 256}" if length % 256 else "never"


# Records and what the kernel makes of them.

def judge(value, header, expected, tests, verdicts):
    """The outcomes before and since 6.10; `verdicts` are those of a bad record and of one that cannot be read."""
    bad, unreadable = verdicts
    if value is None or len(value) > header + len(expected):
        return [bad, unreadable]
    return ["ok", "ok"] if len(value) == header + len(expected) and tests(value) else [bad, bad]


def object_check(record, size, aux):
    aux = unhex(aux)

    def good(value):
        found, _, kind, content = XATTR_HEADER.unpack_from(value)
        return kind == 1 and value[18:] == aux and found == int(size) and content != 4
    return judge(None if record == "absent" else unhex(record), 18, aux, good, ("replace", "refuse"))


def volume_check(record, aux):
    aux = unhex(aux)
    return judge(None if record == "absent" else unhex(record), 4, aux, lambda v: v == bytes(4) + aux,
                 ("bury", "refuse"))


def graveyard(name):
    if m := re.fullmatch(r"([0-9a-f]{8})([0-9a-f]{8})", name):
        return ["kernel", str(int(m[1], 16)), str(int(m[2], 16))]
    m = re.fullmatch(r"x([0-9a-f]+)x([0-9a-f]+)x", name)
    return ["daemon", str(int(m[1], 16)), str(int(m[2], 16))]


def culling(limits, available, before):
    run, cull, stop = map(int, limits.split("/"))
    if int(available) < cull:
        return ["refused" if int(available) < stop else "allowed", "on"]
    return ["allowed", "off" if int(available) >= run else before]


# The layout before 5.17.

def legacy_name(kind, key, order):
    length = struct.pack(RANKS[order] + "H", len(key))
    letters = {"index": "IJ", "data": "DE", "special": "ST"}[kind]
    fan = sum(length) + sum(key) & 255
    if all(map(plain, key)):
        return f"@{fan:02x}/{letters[0]}{DIGITS[len(key) >> 6]}{DIGITS[len(key) & 63]}" + escape(key)
    raw = length + key
    groups = [int.from_bytes(raw[i:i + 3], "little") for i in range(0, len(raw), 3)]
    return f"@{fan:02x}/{letters[1]}" + "".join(DIGITS[g >> s & 63] for g in groups for s in (0, 6, 12, 18))


# Lines of the kernel.

def volume_line(line):
    m = re.match(r"[0-9a-f]{8} +\d+ +\d+ +\d+ [0-9a-f]+ (.{15}) (.*)", line)
    return [m[1].rstrip(), m[2]]


def log_line(line):
    key = re.search(r"key=\[\d+\] '([0-9a-f]+)'", line)
    volume = re.search(r"V=[0-9a-f]+ \[(.*)\]", line)
    text = unescape(volume[1]) if volume else b"-"
    if volume and text[0] != len(text) - 1:
        return ["ambiguous", "-"]
    return [escape(text[1:]) if volume else "-", key[1] if key else "-"]


# The blocks: kind, number of the columns that are given, and the columns that follow from them.

def named(values, wanted):
    """The `name=value` columns, as this implementation has them."""
    return [f"{name}={values.get(name)}" for name in (column.split("=")[0] for column in wanted)]


def triple(record):
    size, _, _, content = XATTR_HEADER.unpack_from(record)
    return [str(size), str(content), hexed(record[18:])]


def path_columns(volume, key):
    salt, cookie, place = path(volume, key)
    return [f"{salt:08x}", f"{cookie:08x}", place]


def verdict(name):
    key, lengths = decode(name)
    return "no-key" if key is None else "canonical" if lengths else "unreachable"


BLOCKS = {
    "hash": (2, lambda a: [f"{mix(int(a[0], 16), unhex(a[1])):08x}"]),
    "volume-hash": (1, lambda a: [f"{volume_hash(unescape(a[0])):08x}"]),
    "name": (1, lambda a: [escape(encode(unhex(a[0])))]),
    "lengths": (1, lambda a: [",".join(map(str, decode(unescape(a[0]))[1]))]),
    "verdict": (1, lambda a: [verdict(unescape(a[0]))]),
    "fate": (1, lambda a: [fate(int(a[0]))]),
    "path": (2, lambda a: path_columns(unescape(a[0]), unhex(a[1]))),
    "object-record": (1, lambda a: triple(unhex(a[0]))),
    "object-check": (3, lambda a: object_check(*a[:3])),
    "volume-record": (1, lambda a: [str(int(a[0][:8], 16)), a[0][8:] or "-"]),
    "volume-check": (2, lambda a: volume_check(*a[:2])),
    "file-size": (1, lambda a: [str(-(-int(a[0]) // 4096) * 4096)]),
    "graveyard": (1, lambda a: graveyard(a[0])),
    "limit": (2, lambda a: [str(int(a[0]) // 100 * int(a[1]))]),
    "culling": (3, lambda a: culling(*a[:3])),
    "volume-key": (2, lambda a: named(volume_key(unescape(a[0]), a[1]), a[2:])),
    "cookie-key": (3, lambda a: named(cookie_key(a[0], a[1], unhex(a[2])), a[3:])),
    "coherency": (3, lambda a: named(coherency(a[0], a[1], unhex(a[2])), a[3:])),
    "volume-coherency": (1, lambda a: named(volume_coherency(unhex(a[0])), a[1:])),
    "legacy-name": (3, lambda a: [legacy_name(a[0], unhex(a[1]), a[2])]),
    "legacy-record": (1, lambda a: [str(unhex(a[0])[0]), hexed(unhex(a[0])[1:])]),
}
LINES = {
    "cookie-line": lambda line: [part.rstrip(",") for part in line.split()[7:]],
    "volume-line": volume_line,
    "log-line": log_line,
}


def check(file):
    agree, kinds, failures, result = 0, set(), [], None
    text = Path(file).read_text(encoding="utf-8")
    for kind, body in re.findall(r"^```example-([a-z-]+)\n(.*?)^```$", text, re.M | re.S):
        kinds.add(kind)
        for line in body.splitlines():
            if kind in LINES and not line.startswith("=> "):
                result = LINES[kind](line)
                continue
            columns = line.removeprefix("=> ").split()
            given, compute = (0, lambda _: result) if kind in LINES else BLOCKS[kind]
            computed = compute(columns)
            agree += columns[given:] == computed
            if columns[given:] != computed:
                failures.append(f"example-{kind}: {line}\n  this implementation says: {' '.join(computed)}")
    failures += [f"no block example-{kind}" for kind in sorted({*BLOCKS, *LINES} - kinds)]
    print(*failures, f"{agree} examples agree", sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["path"] and len(sys.argv) == 4:
        print(path(sys.argv[2].encode(), unhex(sys.argv[3]))[2])
    elif sys.argv[1:2] == ["check"] and len(sys.argv) < 4:
        sys.exit(check(sys.argv[2] if len(sys.argv) == 3 else Path(__file__).parents[2] / "Docs/Format.md"))
    else:
        sys.exit(__doc__)
