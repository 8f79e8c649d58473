#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds JSON output to its schemas: every document and line that the golden cases make a program print.

    Tests/schemas.py [--keep DIR] [PROGRAM-DIRECTORY] [CASE...]

Each case is run with programs that note what they print with --json, --jsonl or --format json; what they print is that of the real ones,
which lie in .build/debug unless said otherwise. Needs python3-jsonschema. --keep leaves what was noted in a directory."""

import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASES = ROOT / "Tests/CommandTests/Cases"
SCHEMAS = ROOT / "Sources/Packaging/schemas"
PROGRAMS = ["cachefiles", "cachefiles-fsck", "cachefiles-cull", "cache-du"]

# So many documents that one command prints are looked at.
LIMIT = 1000


def noting(real, notes):
    """A script that runs the program, and notes what it prints."""
    return (ROOT / "Tests/noting.sh").read_text().replace("@REAL@", str(real)).replace("@NOTES@", str(notes))


def run(case, programs, notes, folder):
    """Runs one case; how it ends does not matter here."""
    wrappers = folder / "bin"
    wrappers.mkdir()
    for name in PROGRAMS:
        (wrappers / name).write_text(noting(programs / name, notes))
        (wrappers / name).chmod(0o755)
    for name in ("here", "tmp"):
        (folder / name).mkdir()
    environment = {"PATH": f"{wrappers}:/usr/sbin:/usr/bin:/sbin:/bin", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                   "TMPDIR": str(folder / "tmp"), "CASES": str(CASES)}
    command = ["timeout", "60", "sh", "-c", 'umask 022; . "$CASES/lib.sh"; . "$1"', "sh", str(CASES / case / "cmd")]
    subprocess.run(command, cwd=folder / "here", env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL)


def printed(case, programs):
    """What the programs print in a case."""
    folder = pathlib.Path(tempfile.mkdtemp(dir="/var/tmp"))
    try:
        notes = folder / "notes"
        notes.mkdir()
        # Cases give up their privileges.
        notes.chmod(0o777)
        folder.chmod(0o755)
        run(case, programs, notes, folder)
        texts = [beginning(path) for path in sorted(notes.iterdir())]
        return texts + [path.read_text() for path in folder.glob("here/*/stats.jsonl") if path.is_file()]
    finally:
        # Some cases make trees that are deeper than Python's own removal goes.
        subprocess.run(["rm", "-rf", str(folder)], check=False)


def beginning(path):
    """What one command printed, as far as it is looked at: some list a million objects."""
    lines, count = [], 0
    with open(path, errors="surrogateescape") as file:
        for line in file:
            count += line.startswith("{")
            if count > LIMIT:
                break
            lines.append(line)
    return "".join(lines)


def documents(text):
    """The JSON objects that begin a line; other programs' formats, such as ncdu's arrays, are none of them."""
    decoder = json.JSONDecoder()
    position = 0
    while (start := text.find("{", position)) >= 0:
        position = start + 1
        if start and text[start - 1] != "\n":
            continue
        try:
            value, position = decoder.raw_decode(text, start)
        except ValueError:
            # What was cut off by a signal, or what is no JSON at all.
            yield {"schema": f"for what is no JSON: {text[start:start + 200]}"}
            return
        yield value


def validators():
    result = {}
    for path in sorted(SCHEMAS.glob("*.schema.json")):
        schema = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        result[schema["properties"]["schema"]["const"]] = jsonschema.Draft202012Validator(schema)
    return result


def undescribed(value, schema, place=""):
    """The keys of a document that its schema does not name. An object whose schema names none, or says so, may have any."""
    if isinstance(value, list):
        for item in value:
            yield from undescribed(item, schema.get("items", {}), place + "[]")
    if not isinstance(value, dict) or "properties" not in schema:
        return
    for key, inner in value.items():
        if key in schema["properties"]:
            yield from undescribed(inner, schema["properties"][key], f"{place}/{key}")
        elif not schema.get("additionalProperties") and not any(re.search(pattern, key) for pattern in schema.get("patternProperties", {})):
            yield f"{place}/{key} ({type(inner).__name__}) is not in the schema"


def objections(texts, known, counts):
    """What the schemas have against the documents in texts; counts them by schema."""
    for text in texts:
        for document in itertools.islice(documents(text), LIMIT):
            name = document.get("schema")
            if name not in known:
                yield f"there is no schema {name}"
                continue
            counts[name] += 1
            for error in known[name].iter_errors(document):
                place = "/".join(str(part) for part in error.absolute_path)
                yield f"{name}: {place}: {error.message[:300]}"
            for what in undescribed(document, known[name].schema):
                yield f"{name}: {what}"


def main():
    arguments = sys.argv[1:]
    keep = None
    if arguments[:1] == ["--keep"]:
        keep, arguments = pathlib.Path(arguments[1]), arguments[2:]
    programs = pathlib.Path(arguments[0] if arguments else ROOT / ".build/debug").resolve()
    cases = arguments[1:] or sorted(path.name for path in CASES.iterdir() if (path / "cmd").exists())
    cases = [case for case in cases if re.search(r"json|--record|HISTORY", (CASES / case / "cmd").read_text())]
    counts, wrong = collections.Counter(), []
    known = validators()
    # Some cases wait more than they work.
    with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:
        for case, texts in zip(cases, pool.map(lambda case: printed(case, programs), cases)):
            if keep:
                keep.mkdir(exist_ok=True)
                (keep / case).write_text("\n".join(texts), errors="surrogateescape")
            wrong += [f"{case}: {what}" for what in objections(texts, known, counts)]
    for name in sorted(known):
        print(f"{counts[name]:6} {name}")
        if not counts[name] and len(cases) > 20:
            wrong.append(f"no case prints {name}")
    if wrong:
        raise SystemExit("\n".join(dict.fromkeys(wrong)))


if __name__ == "__main__":
    main()
