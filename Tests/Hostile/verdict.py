# SPDX-License-Identifier: Apache-2.0
"""What the tools must say of a tree, worked out from a snapshot by the second implementation of the format."""

import pathlib
import re
import stat
import struct

import grammar
from grammar import format
from snapshot import CACHE

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIRTY = 4

# Judged entry by entry here; what many entries tell together, or flags, is not.
NOT_JUDGED = {"O19", "O23", "O25", "O26", "O27"}


def is_fanout(name):
    return re.fullmatch(rb"@[0-9a-f]{2}", name) is not None


def is_directory(tree, path):
    return path in tree and stat.S_ISDIR(tree[path]["mode"])


def is_regular(facts):
    return stat.S_ISREG(facts["mode"])


def is_object_path(path):
    parts = path.split(b"/")
    return len(parts) == 4 and parts[0] == b"cache" and parts[1][:1] == b"I" and is_fanout(parts[2])


def objects(tree):
    """The paths of all that stands where objects do, below directories."""
    return [path for path in tree if is_object_path(path)
            and all(is_directory(tree, b"/".join(path.split(b"/")[:count])) for count in (1, 2, 3))]


def is_dirty(facts):
    """Whether an object may hold writes that the server never got: what only --include-dirty takes."""
    record = facts["attributes"].get(CACHE)
    return is_regular(facts) and record is not None and len(record) >= 18 and record[17] == DIRTY


def problems(path, facts, now):
    """The ids of the problems that one object has."""
    _, volume, place, name = path.split(b"/")
    if not is_regular(facts):
        return {"O04"} if stat.S_ISDIR(facts["mode"]) else {"O05"}
    volume = volume[1:]
    key, lengths = format.decode(name)
    if key is None:
        return {"O01"}
    if not lengths:
        return {"O02"}
    if grammar.fanout(volume, key[:lengths[-1]]) != place:
        return {"O03"}
    kind = grammar.rules(volume)
    unfit = misfit(kind, key, lengths)
    if unfit:
        return {unfit}
    found = record_problems(kind, facts)
    if facts["links"] > 1:
        found.add("O18")
    if facts["accessed"] > now + 600 * 10**9:
        found.add("O24")
    return found


def misfit(kind, key, lengths):
    """The problem of a key that the network file system does not make."""
    if kind == b"nfs":
        fits = min(lengths) <= 128
    elif kind == b"cifs":
        if 17 not in lengths and 8 in lengths:
            return "O21"
        fits = 17 in lengths
    elif kind in (b"afs", b"ceph"):
        fits = 16 in lengths
    elif kind == b"9p":
        fits = 8 in lengths
    elif kind == b"erofs":
        fits = any(0 not in key[:length] for length in lengths)
    else:
        fits = True
    return None if fits else "O22"


def record_problems(kind, facts):
    record = facts["attributes"].get(CACHE)
    expected = None if kind is None else 18 + grammar.COHERENCY[kind]
    if record is None:
        return {"O06"}
    if len(record) > (expected or 18 + 255):
        return {"O07"}
    if len(record) < (expected or 18):
        return {"O08"}
    size, zero_point, type_, content = struct.unpack_from(">QQBB", record)
    if type_ != 1:
        return {"O09"}
    if size >= 1 << 63:
        return {"O14"}
    found = set()
    if content:
        found.add("O10" if content == DIRTY else "O12" if content > DIRTY else "O11")
    if zero_point:
        found.add("O13")
    if facts["size"] % 4096:
        found.add("O16")
    elif facts["size"] != -(-size // 4096) * 4096:
        found.add("O15")
    return found


def expected(tree, now):
    return {(problem, path) for path in objects(tree) for problem in problems(path, tree[path], now)}


def victims(tree, left, include_dirty, stuck=()):
    """What a cull to so many objects removes: a prefix of a plain sort by last use and path, without what must or has to stay."""
    regular = sorted((tree[path]["accessed"], path) for path in objects(tree) if is_regular(tree[path]))
    surplus, chosen = len(regular) - left, []
    for _, path in regular:
        if len(chosen) >= surplus:
            break
        if path not in stuck and (include_dirty or not is_dirty(tree[path])):
            chosen.append(path)
    return chosen


def is_used(kind, header):
    """Whether a kernel uses a volume that has this attribute."""
    if header is None or header[:4] != bytes(4):
        return False
    return len(header) == 4 + grammar.VOLUME_COHERENCY[kind] if kind in grammar.VOLUME_COHERENCY else len(header) <= 4 + 255


def usable(tree, include_dirty):
    """The objects that a copy must have: those that a kernel looks for and uses, in volumes that it uses; and when asked for,
    the dirty ones, whatever else their record says."""
    refused = {"O01", "O02", "O03", "O22", "O06", "O07", "O08", "O09", "O14"}
    found = set()
    for path in objects(tree):
        facts, volume = tree[path], b"/".join(path.split(b"/")[:2])
        if not is_regular(facts) or not is_used(grammar.rules(volume.split(b"/")[1][1:]), tree[volume]["attributes"].get(CACHE)):
            continue
        found_wrong = problems(path, facts, 1 << 63)
        # What a kernel before 6.9 named is judged by its record too.
        if found_wrong == {"O21"}:
            found_wrong = record_problems(b"cifs", facts)
        unfit = found_wrong & refused
        if is_dirty(facts) and len(facts["attributes"][CACHE]) <= 18 + 255:
            if include_dirty and not unfit & {"O01", "O02", "O03", "O22"}:
                found.add(path)
        elif not unfit:
            found.add(path)
    return found


def repairs():
    """The option with which each problem has a repair, from the table in Docs/Problems.md."""
    text = (ROOT / "Docs/Problems.md").read_text()
    rows = re.findall(r"(?m)^\| \[(\w+)\]\(#\w+\) \| \w+ \| [^|]* \| [^|]* \| ([^|]*) \|", text)
    found = {name: option.strip().strip("`") for name, option in rows}
    if len(found) < 50:
        raise SystemExit("the table of problems was not found in Docs/Problems.md")
    return found
