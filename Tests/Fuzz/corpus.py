#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs of the fuzzer, between a file of the repository and the directory of files that libFuzzer reads.

    corpus.py unpack FAMILY DIR     Tests/Fuzz/Corpus/FAMILY.txt into files
    corpus.py pack FAMILY DIR       the files into Tests/Fuzz/Corpus/FAMILY.txt
    corpus.py seed DIR [BIN]        a directory for each family, with inputs made of Tests/Fixtures; with the built programs in BIN
                                    also of what they write
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = TESTS / "Fixtures"
# Inputs whose lines are longer than this are not kept: most of what they reach shorter ones reach too.
LONGEST = {"journals": 1500, "history": 3000, "archives": 6000, "received": 6000}


def line(data):
    out = []
    for part in re.split(rb"(\0{6,})", data):
        if len(part) > 5 and not part.strip(b"\0"):
            out.append("\\z{%d}" % len(part))
        else:
            out += ["\\\\" if b == 92 else chr(b) if 32 <= b < 127 else "\\x%02x" % b for b in part]
    return "".join(out) + "."


def data(text):
    assert text.endswith("."), text
    def escape(match):
        word = match.group(0)
        if word == "\\\\":
            return "\\"
        return "\0" * int(word[3:-1]) if word[1] == "z" else chr(int(word[2:], 16))
    return re.sub(r"\\\\|\\x[0-9a-f]{2}|\\z\{\d+\}", escape, text[:-1]).encode("latin-1")


def file(family):
    return TESTS / "Fuzz/Corpus" / f"{family}.txt"


def pack(family, directory):
    inputs = {path.read_bytes() for path in pathlib.Path(directory).iterdir() if path.is_file()}
    longest = LONGEST.get(family, 600)
    inputs = sorted((d for d in inputs if len(line(d)) <= longest), key=lambda d: (len(d), d))
    file(family).parent.mkdir(exist_ok=True)
    file(family).write_text("".join(line(d) + "\n" for d in inputs))
    for text, want in zip(file(family).read_text().splitlines(), inputs):
        assert data(text) == want
    print(f"{family}: {len(inputs)} inputs, {file(family).stat().st_size} bytes")


def unpack(family, directory):
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    if file(family).exists():
        for text in file(family).read_text().splitlines():
            write(directory, data(text))


def write(directory, content):
    (directory / hashlib.sha1(content).hexdigest()).write_bytes(content)


def captures():
    for path in sorted((FIXTURES / "captures").glob("*.jsonl")):
        for text in path.read_text().splitlines():
            yield json.loads(text)


def unescape(text):
    return re.sub(r"\\\\|\\x[0-9a-f]{2}", lambda m: "\\" if m.group(0) == "\\\\" else chr(int(m.group(0)[2:], 16)),
                  text).encode("latin-1")


def fixtures():
    """Pairs of a family and an input."""
    answers = json.loads((FIXTURES / "known-answers.json").read_text())

    def values(node, words):
        if isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, str) and any(word in key for word in words):
                    yield value
                else:
                    yield from values(value, words)
        elif isinstance(node, list):
            for value in node:
                yield from values(value, words)

    for digits in set(values(answers, ["name_hex"])):
        yield "names", bytes.fromhex(digits)
    for digits in set(values(answers, ["cookie_key_hex", "key_hex"])):
        yield "cookies", bytes.fromhex(digits)
        yield "names", bytes.fromhex(digits)
    for digits in set(values(answers, ["volume_key_hex"])):
        yield "volumes", bytes.fromhex(digits)
    for text in set(values(answers, ["volume_key"])):
        yield "volumes", text.encode()
    for entry in answers["graveyard"]:
        yield "names", entry["name"].encode()
        yield "paths", b"graveyard/" + entry["name"].encode()
    for digits in set(values(answers, ["xattr_hex", "value_hex", "aux_hex", "record_hex", "coherency_hex"])):
        yield "records", bytes.fromhex(digits)
    for entry in captures():
        path = next((entry[key] for key in ("path", "name") if isinstance(entry.get(key), str)), None)
        if path:
            raw = unescape(path)
            yield "paths", raw
            yield "log", raw
            parts = raw.split(b"/")
            yield "names", parts[-1]
            yield "patterns", raw + b"\n" + raw.replace(b"1", b"?") + b"\n" + b"/".join(parts[:2]) + b"/*\n*" + parts[-1] + b"\n"
            yield "pins", (b"cachefiles-pins 1\nroot /var/cache/fscache\ntree /srv\n" + raw + b"\tsub/file\nfile /srv/f\n" + raw + b"\n")
            yield "pins", raw + b"\n"
            yield "journals", raw + b"\n# comment\n" + raw + b"\r\n"
            for part in parts:
                if part[:1] == b"I":
                    yield "volumes", part[1:]
        for value in values(entry, ["CacheFiles.cache"]):
            try:
                yield "records", bytes.fromhex(value.removeprefix("0x"))
            except ValueError:
                pass
    for path in sorted((FIXTURES / "proc").iterdir()) + sorted((FIXTURES / "mapping").iterdir()):
        text = path.read_bytes()
        lines = text.splitlines(keepends=True)
        yield "tables", b"".join(lines[:6])
        for one in lines[:12]:
            yield "tables", one
            yield "log", one.rstrip(b"\n")
    yield from written()


def written():
    """Inputs that no fixture has."""
    cases = TESTS / "CommandTests/Cases"
    for path in sorted(cases.glob("*/*")):
        if path.is_file() and path.stat().st_size < 3000 and path.name not in ("cmd", "out"):
            text = path.read_bytes()
            for family in ("log", "tables", "configuration", "patterns", "history", "cells"):
                if len(text) < 1500:
                    yield family, text
    for path in sorted((TESTS / "CachefilesFormatTests").glob("*/*.swift")):
        for one in re.findall(r'"((?:[^"\\\n]|\\.)*(?:FS-Cache|netfs|CacheFiles|cachefiles|fscache):(?:[^"\\\n]|\\.)*)"', path.read_text()):
            yield "log", one.encode()
    for one in (b"dir /var/cache/fscache\ntag mycache\nbrun 10%\nbcull 7%\nbstop 3%\nfrun 10%\nfcull 7%\nfstop 3%\n"
                b"secctx system_u:system_r:cachefiles_kernel_t:s0\nculltable 12\ndebug 1\n",
                b"nocull\nresume_thresholds - 5\n# comment\n  dir \"/x\" # y\nbind\ncull\nbstop 99%\n",
                b"max-size 10G\nmax-age 30d\nquota nfs*=5G\nmin-free 5%\nmargin 1GiB\ninterval 1h\nmetrics /run/m\n"
                b"log-level debug\nclock any\ncheck yes\npins off\n"):
        yield "configuration", one
    for one in ("10G", "512M", "1.5T", "10GB", "1KiB", "0", "18446744073709551615", "30d", "12h", "90m", "2w", "45s", "95%", "99.5%",
                "nfs*=10G", "192.168.0.1", "[fe80::1]", "::ffff:10.0.0.1", "BACKFS_MAP", "dirty"):
        yield "arguments", one.encode()
    for one in (b"a,b\r\n", b"\"a\"\"b\",c\n", b"=1+1\0@x\0a;=b\0a,-b\0|x\0\t+", b"\x1b[31m\0\xff\xfe\\x41", b""):
        yield "cells", one
    for one in (b"cifs,127.0.0.1:445,share", b"cifs,[fe80::1]:445,a;b", b"9p,dev,tag", b"9p,a,b,c", b"afs,cell.org,20000009",
                b"ceph,01234567-89ab-cdef-0123-456789abcdef", b"ceph,01234567-89ab-cdef-0123-456789abcdef,x", b"erofs,domain",
                b"nfs,4.2,2,108,887517ac,2,,,50,100000,100000,927c0,927c0,927c0,927c0,1",
                b"nfs,3.0,a,108,1,2,3,4,c4146a6249bbf02a,,1,3002c0,100000,100000,2ee,3a98,1d4c,3a98,1,x,y"):
        yield "volumes", one
    times = '"times":{"access":1,"modification":"2.000000003"}'
    steps = ['{"change":{"move":{%s,"to":"graveyard/x"}},"inode":1,"parentTimes":{"access":1,"modification":2},"path":"cache/a","problem":"O06"}' % times,
             '{"change":{"setAttribute":{"new":"00000000","old":"00"}},"inode":5,"path":"cache/I9p,p9src,hosttag","problem":"V04"}',
             '{"change":{"truncate":{"new":1,"old":5,"tail":[{"data":"00","offset":1}],%s}},"inode":5,"path":"cache/x","problem":"O16"}' % times,
             '{"change":{"makeDirectory":{}},"inode":0,"path":"graveyard","problem":"R03"}',
             '{"change":{"setFlags":{"old":16,"new":0}},"inode":5,"path":"cache/../\\\\x41","problem":"O24"}',
             '{"change":{"setMode":{"old":{"mode":448,"owner":0,"group":0},"new":{"mode":448,"owner":0,"group":0}}},"inode":5,"path":"","problem":"R10"}',
             '{"change":{"remove":{}},"inode":5,"path":"cache/x","problem":"O24"}', '{"incomplete":["cache/x"]}']
    head = '{"device":1,"inode":2,"journal":"cachefiles-toolkit","root":"/c","started":1,"version":2}'
    for step in steps:
        yield "journals", f"{head}\n{step}\n".encode()
    yield "journals", "\n".join([head] + steps + [""]).encode()
    yield "journals", b'{"path":"/srv/a"}\n{"file":"/srv/b\\\\x0a"}\n{"object":"x"}\n'
    yield "journals", b"/a\0/b c\0"
    record = ('{"schema":"cachefiles.stats-record/1","host":"h","root":"/c","time_ns":%d,"objects":10,"disk_bytes":%d,"errors":0,'
              '"space_bytes":{"total":1000000,"available":%d,"run":70000,"cull":50000},"files":{"total":1000,"available":900,"run":70,"cull":50},'
              '"access_times":true,"culled":0,"refused_for_space":0,"held_since_ns":1,"used":[{"days":1,"bytes":5},{"days":7,"bytes":9}]}\n')
    day = 86400 * 10**9
    yield "history", (record % (day, 1000, 500000)).encode()
    yield "history", "".join(record % (day * n, 1000 * n, 900000 - 40000 * n) for n in range(1, 6)).encode()


def programs(binaries):
    """What the programs write: streams, journals, saved reports."""
    with tempfile.TemporaryDirectory() as work:
        def run(name, *arguments, **more):
            return subprocess.run([f"{binaries}/{name}", *arguments], capture_output=True, **more).stdout
        run("cachefiles", "sample", f"{work}/c")
        for arguments in (["send", f"{work}/c"], ["send", "--volume", "9p*", f"{work}/c"]):
            stream = run("cachefiles", *arguments)
            if stream and len(stream) < 200_000:
                yield "archives", stream
                yield "received", stream
        yield "history", run("cachefiles", "stats", "--json", f"{work}/c")
        for one in run("cachefiles", "manifest", "--csv", f"{work}/c").splitlines(keepends=True)[:5]:
            yield "cells", one
        for form in ("--format=pax", "--format=ustar", "--format=gnu"):
            pathlib.Path(work, "f").write_bytes(b"x" * 10)
            out = subprocess.run(["tar", form, "--xattrs", "-C", work, "-cf", "-", "f"], capture_output=True).stdout
            yield "archives", out


def main():
    command, *rest = sys.argv[1:] or ["help"]
    if command == "pack":
        pack(*rest)
    elif command == "unpack":
        unpack(*rest)
    elif command == "seed":
        pairs = list(fixtures()) + (list(programs(rest[1])) if len(rest) > 1 else [])
        for family, content in pairs:
            directory = pathlib.Path(rest[0]) / family
            directory.mkdir(parents=True, exist_ok=True)
            write(directory, content)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
