#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds each source file to the line that says its licence:  Tests/licences.py [--fix]"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TAG = "SPDX-License-Identifier: Apache-2.0"
MARKS = {".swift": "// ", ".c": "// ", ".h": "// ", ".py": "# ", ".sh": "# "}


def main():
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True,
                           capture_output=True, text=True).stdout.split("\0")
    wrong = []
    for name in names:
        path = ROOT / name
        if not name or not path.is_file() or path.suffix not in MARKS:
            continue
        lines = path.read_text().split("\n")
        if any(TAG in line for line in lines[:4]):
            continue
        if "--fix" not in sys.argv[1:]:
            wrong.append(name)
            continue
        # A line for the system, or for Swift's package manager, stays the first one.
        place = 1 if lines[0].startswith(("#!", "// swift-tools-version")) else 0
        # A comment on the file's content is none on its licence.
        gap = [""] if lines[place].startswith(("///", "//")) and place == 0 else []
        path.write_text("\n".join(lines[:place] + [MARKS[path.suffix] + TAG] + gap + lines[place:]))
    if wrong:
        raise SystemExit("\n".join(f"{name}: no line '{TAG}': Tests/licences.py --fix writes it" for name in wrong))


if __name__ == "__main__":
    main()
