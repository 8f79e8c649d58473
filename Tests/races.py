#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two processes: each command that changes something, beside one that exchanges names in the cache with links to a tree of canaries
outside, moves what it works on in and out of the graveyard, replaces objects and makes them grow, as fast as it can. The canaries have
the names of the cache, and must stay as they are, down to their times; no crash, no hang, documented statuses.

    Tests/races.py [--rounds N] [--commands NAME,...] [--seed N] [--configuration debug|release] [--directory DIR]

A round is one run of the command. Needs .build/CONFIGURATION/command-server (swift build --product command-server)."""

import argparse
import collections
import os
import pathlib
import random
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Tests/Hostile")]
sys.dont_write_bytecode = True
import server  # noqa: E402
import small  # noqa: E402
import snapshot  # noqa: E402

# Runs in one made tree; after some the graveyard or the cache may be empty.
RUNS = 4


class Race:
    """A tree, its canaries, and what is done to the tree."""

    def __init__(self, place, chance):
        self.place, self.random = place, chance
        self.root, self.canary, self.beside = (os.path.join(place, name) for name in ("root", "canary", "beside"))
        self.steps = []

    def build(self, is_damaged):
        os.mkdir(self.place)
        paths = small.make_cache(self.root, (6, 4))
        small.bury(self.root, 3)
        if is_damaged:
            small.damage(self.root, paths)
        shutil.copytree(self.root, self.canary, symlinks=True)
        for path in paths:
            twin = self.twin(os.fsdecode(path))
            os.setxattr(twin, small.CACHE, small.record(6000))
        os.makedirs(os.path.join(self.beside, "keep/inner"))
        with open(os.path.join(self.beside, "keep/inner/file"), "w") as file:
            file.write("precious")
        self.objects = [os.fsdecode(path) for path in paths]
        self.kept = {place: snapshot.snapshot(place, changed=True) for place in (self.canary, os.path.join(self.beside, "keep"))}
        return self

    def twin(self, path):
        return self.canary + path[len(self.root):]

    def below(self, name, depth):
        """The directories so deep below one of the tree's."""
        found = [os.path.join(self.root, name)]
        for _ in range(depth):
            found = [entry.path for path in found for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False)]
        return sorted(found)

    def link(self, paths):
        """Exchanges each path with a link to its twin among the canaries."""
        for path in paths:
            link = os.path.join(self.beside, f"link{len(self.steps)}")
            os.symlink(self.twin(path), link)
            self.steps.append(("x", path, link))

    def exchange(self, paths):
        """Exchanges directories of the cache with others outside, which are no canaries."""
        for path in paths:
            other = os.path.join(self.beside, f"other{len(self.steps)}")
            os.makedirs(os.path.join(other, "x/y"))
            open(os.path.join(other, "x/y/file"), "w").close()
            self.steps.append(("x", path, other))

    def choose(self):
        """One or two kinds of disturbance."""
        kinds = {
            "cache linked": lambda: self.link([os.path.join(self.root, "cache")]),
            "graveyard linked": lambda: self.link([os.path.join(self.root, "graveyard")]),
            "volumes linked": lambda: self.link(self.below("cache", 1)),
            "fanouts linked": lambda: self.link(self.below("cache", 2)),
            "objects linked": lambda: self.link(self.objects),
            "graves linked": lambda: self.link(self.below("graveyard", self.random.choice([1, 2, 3]))),
            "graves exchanged": lambda: self.exchange(self.below("graveyard", self.random.choice([1, 2, 3]))),
            "objects buried": lambda: self.move(self.objects),
            "fanouts buried": lambda: self.move(self.below("cache", 2)),
            "volumes buried": lambda: self.move(self.below("cache", 1)),
            "graves dug out": lambda: self.move(self.below("graveyard", 2), os.path.join(self.root, "cache")),
            "objects grow": lambda: self.steps.extend(("g", path, path) for path in self.objects),
            "objects replaced": lambda: self.steps.extend(("n", path, os.path.join(self.beside, "new")) for path in self.objects),
        }
        chosen = self.random.sample(sorted(kinds), self.random.choice([1, 1, 2]))
        for kind in chosen:
            kinds[kind]()
        self.random.shuffle(self.steps)
        return chosen

    def move(self, paths, target=None):
        """Moves each in and out of the graveyard."""
        for path in paths:
            grave = os.path.join(target or os.path.join(self.root, "graveyard"), f"moved{len(self.steps)}")
            self.steps.append(("r", path, grave))

    def damaged(self):
        return [(path, changes) for place, before in self.kept.items()
                for path, changes in snapshot.differences(before, snapshot.snapshot(place, changed=True))]


def undoing(race, programs):
    """A journal of repairs, which is taken back during the race."""
    journal = os.path.join(race.place, "undone")
    programs.run("cachefiles-fsck", "-y", "--journal", journal, race.root)
    return journal


def filled(race, programs):
    """An archive of a cache like this one, and a destination that lacks some of it."""
    other, archive = os.path.join(race.place, "other"), os.path.join(race.place, "archive")
    small.make_cache(other, (8, 6))
    programs.run("cachefiles", "send", other, stdout=archive)
    return archive


FSCK = {bits for bits in range(64) if not bits & (2 | 16 | 32)}
DONE = {0, 1, 2}


def table():
    """Each command: what is prepared, its arguments, and the statuses that it documents."""
    def fsck(*options):
        return None, lambda race, _, run: ["cachefiles-fsck", *options, "--journal", f"{race.place}/journal{run}", race.root], FSCK

    def plain(*words):
        return None, lambda race, _, run: [*words, race.root], DONE
    return {
        "fsck -p": fsck("-p"), "fsck -y": fsck("-y", "--include-dirty"), "fsck -y --delete": fsck("-y", "--delete"),
        "undo": (undoing, lambda race, journal, _: ["cachefiles-fsck", "--undo", journal, race.root], FSCK),
        "cull": plain("cachefiles-cull", "--best-effort", "--max-objects", "3"),
        "cull --prune-empty": plain("cachefiles-cull", "--best-effort", "--max-objects", "0", "--include-dirty", "--prune-empty"),
        "sweep": plain("cachefiles", "sweep"), "sweep --clear-flags": plain("cachefiles", "sweep", "--clear-flags"),
        "purge": plain("cachefiles", "purge", "--all", "--yes", "--include-dirty"),
        "purge --volume": plain("cachefiles", "purge", "--volume", "*p9src*", "--yes"),
        "purge --object": (None, lambda race, _, run: ["cachefiles", "purge", "--yes", "--object", race.objects[run], race.root], DONE),
        "copy from": (None, lambda race, _, run: ["cachefiles", "copy", "--verify", race.root, f"{race.place}/copy{run}"], DONE),
        "copy to": (lambda race, _: small.make_cache(f"{race.place}/other", (8, 6)),
                    lambda race, _, run: ["cachefiles", "copy", "--verify", f"{race.place}/other", race.root], DONE),
        "send": plain("cachefiles", "send"),
        "receive": (filled, lambda race, _, run: ["cachefiles", "receive", race.root], DONE),
        "extract": (None, lambda race, _, run: ["cachefiles", "extract", race.objects[run], f"{race.place}/extracted{run}"], DONE),
    }


def rounds(name, entry, programs, directory, options):
    """All rounds of one command: what is wrong, how often each status came, and how many changes were made beside it."""
    prepare, arguments, statuses = entry
    chance = random.Random(f"{options.seed} {name}")
    seen, wrong, changes, done, number = collections.Counter(), [], 0, 0, 0
    while done < options.rounds and len(wrong) < 5:
        number += 1
        race = Race(os.path.join(directory, "race"), chance).build(name.startswith(("fsck", "undo")))
        prepared = prepare(race, programs) if prepare else None
        kinds = race.choose()
        racer = programs.race(race.steps, chance.choice([0, 0, 30, 300]))
        for run in range(1 if name == "undo" else RUNS):
            done += 1
            result = programs.run(*arguments(race, prepared, run), stdin=prepared if name == "receive" else "")
            seen[result.status] += 1
            if result.crashed or result.hung or result.status not in statuses:
                wrong.append(f"{name}, tree {number}, {kinds}: {result}")
        changes += programs.stop(racer)
        found = race.damaged()
        if found:
            wrong.append(f"{name}, tree {number}, {kinds}: a canary changed: {found}")
        snapshot.remove(race.place)
    return wrong, seen, changes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--commands", help="only these, such as 'sweep,copy to'")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1000000)
    parser.add_argument("--configuration", default="release")
    parser.add_argument("--directory")
    options = parser.parse_args()
    directory = server.workshop(options.directory)
    programs = server.Server(server.binary(options.configuration), directory)
    entries = table()
    failed, total, start = False, 0, time.monotonic()
    try:
        names = options.commands.split(",") if options.commands else list(entries)
        for name in names:
            before = time.monotonic()
            wrong, seen, changes = rounds(name, entries[name], programs, directory, options)
            total += sum(seen.values())
            statuses = ", ".join(f"{status}: {count}" for status, count in sorted(seen.items()))
            print(f"{name:20} {sum(seen.values()):6} rounds, {changes} changes beside them, {time.monotonic() - before:.0f} s, status {statuses}", flush=True)
            for line in wrong:
                failed = True
                print("  " + line[:2000], flush=True)
    finally:
        programs.close()
        snapshot.remove(directory)
    print(f"races: {total} rounds of {len(names)} commands, seed {options.seed}, {time.monotonic() - start:.0f} s: "
          f"{'FAILED' if failed else 'no canary touched'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
