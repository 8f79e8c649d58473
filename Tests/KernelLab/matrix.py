# SPDX-License-Identifier: Apache-2.0
"""Docs/KernelMatrix.md: what each case said when it last ran on each series, on whatever machine that was."""

import datetime
import os
import re

PERIOD = re.compile(r"^Run from (\S+ \S+) to (\S+ \S+) UTC", re.M)


class Matrix:
    """The document, read and written again with what is new."""

    def __init__(self, path):
        self.cells, self.kernels, self.times, self.failed = {}, {}, [], []
        # What failed before, and the rows that are new.
        self.before, self.updated = [], set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.read(file.read())

    def read(self, text):
        """Takes what stands there: the period, the kernels, and the cells."""
        if period := PERIOD.search(text):
            self.times += period.groups()
        series = []
        self.before = [line for line in text.partition("\n## Failed\n")[2].splitlines() if line.startswith("- ")]
        for line in text.splitlines():
            row = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
            if row[:2] == ["case", ""]:
                series = row[2:]
            elif series and "`" in "".join(row[:1]):
                self.cells.update({(row[0], name): cell for name, cell in zip(series, row[2:])})
            elif not series and len(row) == 3 and row[0] and not row[0].startswith("-"):
                self.kernels[row[0]] = tuple(row[1:])

    @staticmethod
    def label(case):
        """What a row begins with."""
        return f"{case.number} `{case.script}{'' if case.fs == 'ext4' else ', ' + case.fs}`"

    def add(self, case, series, cell, time=None):
        """What a case says of a series, and when it ran."""
        self.cells[self.label(case), series] = cell
        if time is not None:
            self.updated.add((case.script, case.fs))
            self.times.append(datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M"))

    def write(self, path, series, cases):
        """The document, with a row for each case and a column for each series; nothing where nothing has run."""
        if not self.times:
            return
        lines = ["# Kernels", "", "Written by `Tests/KernelLab/run.py`; [KernelLab.md](KernelLab.md) explains it.", "",
                 f"Run from {min(self.times)} to {max(self.times)} UTC; each cell is what the case said when it last ran, and counts the claims "
                 "that were checked.", "", "| | newest kernel | Debian package version |", "|---|---|---|"]
        lines += [f"| {name} | {' | '.join(self.kernels[name])} |" for name in series if name in self.kernels]
        lines += ["", "| case | | " + " | ".join(series) + " |", "|---|---|" + "---|" * len(series)]
        for case in cases:
            label = self.label(case)
            lines.append(f"| {label} | {case.title} | " + " | ".join(self.cells.get((label, name), "not run") for name in series) + " |")
        kept = [line for line in self.before
                if (found := re.match(r"- \S+ `(\w+)` on (\w+): ", line)) and found.groups() not in self.updated]
        if kept or self.failed:
            lines += ["", "## Failed", ""] + kept + self.failed
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
