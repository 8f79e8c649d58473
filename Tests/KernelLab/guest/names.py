#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""names.py VOLUMES COOKIES CACHE [--schemes LETTERS]: holds the names that a kernel made against `cachefiles encode` and `decode`.
VOLUMES and COOKIES are what /proc/fs/fscache said while the files were mounted, CACHE is the cache after they were let go.
Prints a line for each claim, and for each key that breaks it."""
import collections
import json
import os
import subprocess
import sys

volumes_file, cookies_file, cache = sys.argv[1:4]
wanted = sys.argv[sys.argv.index("--schemes") + 1] if "--schemes" in sys.argv else ""
HAS_BEEN_CACHED = 1 << 5


def volumes():
    """The volumes' keys by their numbers. The key begins in column 45 and may hold anything."""
    with open(volumes_file, "rb") as lines:
        return {line[:8]: line.rstrip(b"\n")[44:] for line in lines.readlines()[2:]}


def cookies():
    """(volume number, key, auxiliary data, flags) of each cookie."""
    with open(cookies_file, "rb") as lines:
        for line in lines.readlines()[2:]:
            fields = line.split(None, 7)
            key, _, aux = fields[7].strip().partition(b", ")
            yield fields[1], key.decode(), aux.decode(), int(fields[6], 16)


def ask(*arguments):
    """The JSON lines that the command prints."""
    run = subprocess.run(["cachefiles", *arguments], capture_output=True, check=False)
    if run.returncode or run.stderr:
        print(f"LAB not ok: cachefiles {arguments[0]} ended with {run.returncode}: {run.stderr.decode(errors='replace')[:300]}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def claim(what, bad):
    print(f"LAB {'not ok' if bad else 'ok'}: {what}" + (f": not {len(bad)}" if bad else ""))
    for item in bad[:5]:
        print("   ", item)


def main():
    names = volumes()
    by_volume = collections.defaultdict(list)
    for volume, key, aux, flags in cookies():
        by_volume[names[volume]].append((key, flags))
    on_disk = set()
    for directory, _, files in os.walk(os.fsencode(cache) + b"/cache"):
        on_disk.update(os.path.relpath(os.path.join(directory, f), os.fsencode(cache)) for f in files)

    expected, missing, without = {}, [], []
    for volume, keys in by_volume.items():
        answers = ask("encode", "--jsonl", "--volume", os.fsdecode(volume), *(key for key, _ in keys))
        if len(answers) != len(keys):
            missing.append((volume, "answers", len(answers), "keys", len(keys)))
        for (key, flags), answer in zip(keys, answers):
            path = raw(answer["path"])
            if path in on_disk:
                expected[path] = key
            elif flags & HAS_BEEN_CACHED:
                missing.append((volume, key, path, hex(flags)))
            else:
                without.append(key)
    claim(f"encode gives the paths of {len(expected)} objects in {len(by_volume)} volumes", missing or ([] if expected else ["none"]))
    claim("every object on disk belongs to a cookie", sorted(on_disk - set(expected)))
    if without:
        print(f"LAB note: {len(without)} cookies never had an object")

    paths = sorted(expected)
    wrong, schemes = [], collections.Counter()
    answers = ask("decode", "--jsonl", *(os.fsdecode(path) for path in paths))
    for path, answer in zip(paths, answers):
        key = expected[path]
        n = len(key) // 2
        schemes[answer["scheme"]] += 1
        if not (answer["key"][:len(key)] == key and set(answer["key"][len(key):]) <= {"0"} and n in answer["key_lengths"]
                and answer["canonical"] and answer["placed"]):
            wrong.append((path, key, answer))
    if len(answers) != len(paths):
        wrong.append(("answers", len(answers), "paths", len(paths)))
    claim(f"decode gives the keys of {len(paths)} paths back, and says that they are canonical and in their place", wrong)
    claim(f"the names are of these encodings: {' '.join(f'{s} {n}' for s, n in sorted(schemes.items()))}",
          [s for s in wanted if s not in schemes])


def raw(escaped):
    r"""The bytes of a path with \xHH and \\ in it."""
    return escaped.encode("latin-1").decode("unicode_escape").encode("latin-1")


main()
