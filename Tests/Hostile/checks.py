# SPDX-License-Identifier: Apache-2.0
"""One hostile tree through the commands: what must hold."""

import collections
import json
import os
import random
import re
import stat

import grammar
import schemas
import verdict
from snapshot import CACHE, differences, remove, snapshot

KNOWN = schemas.validators()
REPAIRS = verdict.repairs()

# What may differ in a file that has another name outside the cache, when a name inside goes or is moved.
OF_THE_INODE = ("links", "changed")

FSCK = {0, 4, 8, 12}
FSCK_REPAIR = {0, 1, 4, 5, 8, 9, 12, 13}
DONE = {0, 1}
DONE_OR_REFUSED = {0, 1, 2}

# Commands that only look: arguments, the statuses that they may have, and whether it is `json`, `lines` of JSON, or text.
READERS = [
    (["cachefiles", "stats", "--records", "--extents", "--json"], DONE, "json"),
    (["cachefiles", "stats"], DONE, "text"),
    (["cachefiles", "stats", "--format", "openmetrics"], DONE, "text"),
    (["cachefiles", "stats", "--format", "csv"], DONE, "csv"),
    (["cachefiles", "ls", "--volumes"], DONE, "text"),
    (["cachefiles", "ls", "--sort", "size", "--limit", "3", "--json"], DONE, "json"),
    (["cachefiles", "ls"], DONE, "text"),
    (["cache-du", "--export", "ncdu"], DONE, "other"),
    (["cache-du", "--by", "server", "--json"], DONE, "json"),
    (["cache-du", "--by", "age"], DONE, "text"),
    (["cachefiles", "manifest"], DONE, "lines"),
    (["cachefiles", "manifest", "--csv"], DONE, "csv"),
    (["cachefiles-fsck", "--deep", "-v"], FSCK, "text"),
    (["cachefiles-fsck", "--jsonl"], FSCK, "lines"),
    (["cachefiles-fsck", "--kernel", "6.1", "--set", "O06=ignore", "--json"], FSCK, "json"),
    (["cachefiles", "sweep", "-n", "--json"], DONE_OR_REFUSED, "json"),
    (["cachefiles", "purge", "-n", "--all", "--json"], DONE_OR_REFUSED, "json"),
    (["cachefiles", "purge", "-n", "--legacy"], DONE_OR_REFUSED, "text"),
    (["cachefiles-cull", "-n", "--max-size", "8K", "--order", "cost", "--json"], DONE_OR_REFUSED, "json"),
    (["cachefiles-cull", "-n", "--older-than", "30d", "--best-effort", "--list"], DONE_OR_REFUSED, "text"),
    (["cachefiles", "doctor", "--json"], {0, 1, 2}, "json"),
]
PATH_READERS = [
    (["cachefiles", "show", "--json"], DONE, "json"),
    (["cachefiles", "show"], DONE, "text"),
    (["cachefiles", "whatis", "--json"], DONE, "json"),
    (["cachefiles", "decode", "--jsonl"], DONE, "lines"),
]


class Wrong(Exception):
    pass


def unescaped(text):
    """The bytes of a path as documents hold it."""
    return re.sub(rb"\\(\\|x([0-9a-f]{2}))", lambda m: bytes([int(m[2], 16)]) if m[2] else b"\\", text.encode())


def require(holds, *what):
    if not holds:
        raise Wrong(" ".join(part if isinstance(part, str) else repr(part) for part in what)[:3000])


class Check:
    def __init__(self, seed, programs, place, does_all, counts):
        self.seed, self.programs, self.place = seed, programs, place
        self.does_all, self.counts = does_all, counts
        self.random = random.Random(seed ^ 0x5EED)
        self.root, self.canary = os.path.join(place, "root"), os.path.join(place, "canary")
        self.prefix = os.fsencode(self.root)
        # The schemas take as long as all else together.
        self.holds_to_schemas = does_all or seed % 8 == 0

    # Running.

    def run(self):
        grammar.make_canary(self.canary)
        grammar.Tree(self.seed, self.root, self.canary).build()
        self.tree, self.outside = snapshot(self.root), snapshot(self.canary)
        self.has_cache, self.has_graveyard = (verdict.is_directory(self.tree, name) for name in (b"cache", b"graveyard"))
        self.verdicts()
        self.unchanged("a check")
        for group in self.some([self.look, self.make, self.mend, self.take], 1):
            group()
        self.untouched("all of it")

    def look(self):
        self.totals()
        self.read()
        self.unchanged("a command that only looks")

    def make(self):
        for part in self.some([self.plan, self.copy, self.stream, self.pins], 1):
            part()
            self.unchanged(part.__name__)

    def mend(self):
        for mode in self.some([["-p"], ["-y"], ["-y", "--include-dirty"], ["-y", "--deep"]], 1):
            self.repair(mode)

    def take(self):
        for part in self.some([self.delete, self.cull, self.purge, self.sweep], 1):
            part()
            self.again()

    def some(self, parts, count):
        return parts if self.does_all else self.random.sample(parts, count)

    def again(self):
        """The same tree once more, after a command that cannot be taken back."""
        if not self.does_all:
            return
        self.untouched("a removal")
        remove(self.root)
        remove(self.canary)
        grammar.make_canary(self.canary)
        grammar.Tree(self.seed, self.root, self.canary).build()
        self.tree, self.outside = snapshot(self.root), snapshot(self.canary)

    def go(self, *arguments, statuses=DONE, form="text", **options):
        result = self.programs.run(*arguments, **options)
        self.counts[" ".join(word for word in arguments[:2] if isinstance(word, str) and not word.startswith("/"))] += 1
        require(not result.crashed, "CRASH", result)
        require(not result.hung, "HANG", result)
        require(result.status in statuses, "status", result)
        refused = result.status & 8 if arguments[0] == "cachefiles-fsck" else result.status in (1, 2)
        require(not refused or result.err or form in ("json", "lines") or "doctor" in arguments, "a failure without a line", result)
        allowed = b"\n\r" if form == "csv" else b"\n"
        for text in (result.out, result.err) if form != "other" else (result.err,):
            bad = re.search(rb"[\x00-\x1f\x7f]", re.sub(rb"[%s]" % allowed, b"", text))
            require(not bad, "a control character", result)
        if form in ("json", "lines"):
            result.documents = self.documents(result, form)
        return result

    def documents(self, result, form):
        text = result.out.decode()
        if not text and result.status:
            return []
        try:
            found = [json.loads(text)] if form == "json" else [json.loads(line) for line in text.splitlines()]
        except ValueError:
            raise Wrong(f"no JSON: {result}")
        if self.holds_to_schemas:
            counts = collections.Counter()
            wrong = list(schemas.objections([text], KNOWN, counts))
            self.counts["documents"] += sum(counts.values())
            require(not wrong, "schema", wrong[:3], result)
        return found

    def relative(self, path):
        path = unescaped(path)
        if not path.startswith(b"/"):
            return path
        require(path.startswith(self.prefix), "a path outside", path)
        return path[len(self.prefix):].lstrip(b"/")

    def untouched(self, what):
        now = snapshot(self.canary)
        found = differences(self.outside, now, OF_THE_INODE)
        # A file with names on both sides is one file: only its bytes and attributes must stay.
        shared = {facts["inode"] for path, facts in self.outside.items() if facts.get("links", 1) > 1}
        found = [(path, changes) for path, changes in found if not (
            isinstance(changes, dict) and self.outside[path]["inode"] in shared and not changes.keys() & {"data", "size", "inode"})]
        require(not found, f"{what} changed something outside:", found)

    def unchanged(self, what):
        self.untouched(what)
        found = differences(self.tree, snapshot(self.root))
        require(not found, f"{what} changed the cache:", found)

    def out(self, name):
        path = os.path.join(self.place, name)
        remove(path)
        return path

    # Looking.

    def verdicts(self):
        now = grammar.time.time_ns()
        result = self.go("cachefiles-fsck", "--json", "--kernel", "6.12", self.root, statuses=FSCK, form="json")
        if not self.has_cache and not self.has_graveyard or not result.documents:
            return
        document = result.documents[0]
        require(document["exit"] == result.status, "the status in the document", result)
        if not self.has_cache or result.err:
            return
        got = {(problem["id"], self.relative(problem["path"])) for problem in document["problems"] if problem["id"][0] == "O"}
        got = {(name, path) for name, path in got if name not in verdict.NOT_JUDGED}
        expected = verdict.expected(self.tree, now)
        require(got == expected, "verdicts: missing", expected - got, "too many", got - expected)
        require(document["scanned"]["objects"] == len(verdict.objects(self.tree)), "scanned objects", document["scanned"])

    def totals(self):
        """Two commands count the same, and the list has each object once."""
        if not self.has_cache:
            return
        both = []
        for command in (["cachefiles", "stats"], ["cache-du"]):
            both.append(self.go(*command, "--json", self.root, form="json").documents[0]["totals"])
        for key in ("objects", "disk_bytes", "file_bytes", "volumes", "graveyard_entries", "foreign_entries"):
            require(both[0][key] == both[1][key], "stats and du differ in", key, both)
        lines = self.go("cachefiles", "ls", "--jsonl", self.root, form="lines").documents
        listed = [self.relative(line["path"]) for line in lines if "path" in line]
        regular = [path for path in verdict.objects(self.tree) if verdict.is_regular(self.tree[path])]
        # What a kernel before 5.17 made is listed too.
        listed = [path for path in listed if not path.startswith(b"cache/@")]
        require(sorted(listed) == sorted(regular), "ls", set(listed) ^ set(regular))

    def read(self):
        for arguments, statuses, form in self.some(READERS, 4):
            self.go(*arguments, self.root, statuses=statuses, form=form)
        paths = [self.prefix + b"/" + path for path in sorted(self.tree) if path.startswith((b"cache/", b"graveyard/"))]
        if not paths:
            return
        for arguments, statuses, form in self.some(PATH_READERS, 1):
            self.go(*arguments, "--", *self.random.sample(paths, min(3, len(paths))), statuses=statuses, form=form)
        self.extract(self.random.choice(paths))

    def extract(self, path):
        output = self.out("extracted")
        facts = self.tree[path[len(self.prefix) + 1:]]
        # An object of many exbibytes is a hole, which costs nothing; no data is longer than a few pages.
        result = self.go("cachefiles", "extract", "--json", "--", path, output, form="json")
        require(os.path.lexists(output) == (result.status == 0), "extract left or lacks its file", result)
        require(result.status != 0 or verdict.is_regular(facts), "extract took what is no file", result)

    def plan(self):
        if not self.has_cache:
            return
        left, dirty = self.random.randint(0, 6), self.random.random() < 0.3
        result = self.go("cachefiles-cull", "-n", "--list", "--jsonl", "--best-effort", "--max-objects", left,
                         *["--include-dirty"] * dirty, self.root, form="lines")
        got = sorted(self.relative(line["path"]) for line in result.documents if "atime_ns" in line)
        wanted = sorted(verdict.victims(self.tree, left, dirty))
        require(b"cannot" in result.err or got == wanted, "victims", got, "expected", wanted, result)

    def pins(self):
        if not self.has_cache:
            return
        pins, chosen = self.out("pins"), self.out("list")
        regular = [path for path in verdict.objects(self.tree) if verdict.is_regular(self.tree[path]) and b"\n" not in path]
        kept = self.random.sample(regular, min(3, len(regular)))
        with open(chosen, "wb") as file:
            # As the commands print paths.
            file.write(b"".join(path.replace(b"\\", b"\\\\") + b"\n" for path in kept))
        place = ["--dir", self.root, "--pins", pins]
        added = self.go("cachefiles", "keep", "add", *place, "--from", chosen)
        for part in (["list", "--json"], ["check", "--json"]):
            self.go("cachefiles", "keep", part[0], *place, "--json", form="json")
        if added.status == 0:
            result = self.go("cachefiles-cull", "-n", "--list", "--jsonl", "--best-effort", "--include-dirty", "--max-objects", "0",
                             "--pins", pins, self.root, form="lines")
            going = {self.relative(line["path"]) for line in result.documents if "atime_ns" in line}
            require(not going & set(kept), "what is pinned would go", going & set(kept))
        self.go("cachefiles", "keep", "remove", *place, "--all")

    # Copying.

    def copied(self, result, destination, include_dirty, include_special=True):
        """Holds a copy to the source."""
        copy = snapshot(destination) if os.path.isdir(destination) else {}
        wanted = verdict.usable(self.tree, include_dirty)
        have = {path for path, facts in copy.items() if verdict.is_object_path(path) and verdict.is_regular(facts)}
        require(result.err or have <= wanted, "copied too much", have - wanted, result)
        missing = {path for path in wanted - have if self.tree[path]["attributes"][CACHE][16] == 1}
        require(result.err or not missing, "not copied", missing, result)
        for path in have:
            found = differences({path: self.tree[path]}, {path: copy[path]}, ("inode", "links", "flags"))
            for _, changes in found:
                kept = changes.pop("attributes", None)
                require(kept is None or kept[0].get(CACHE) == kept[1].get(CACHE), "the record differs", path, kept)
                # A stream holds the permission bits of a mode.
                if "mode" in changes and include_special is False and not (changes["mode"][0] ^ changes["mode"][1]) & ~0o7000:
                    del changes["mode"]
                require(not changes, "the copy differs", path, changes)

    def copy(self):
        if not self.has_cache:
            return
        destination, dirty = self.out("copy"), self.random.random() < 0.3
        result = self.go("cachefiles", "copy", "--verify", "--json", *["--include-dirty"] * dirty, self.root, destination,
                         statuses=DONE_OR_REFUSED, form="json")
        self.copied(result, destination, dirty)
        if os.path.isdir(destination):
            again = self.go("cachefiles", "copy", "--json", *["--include-dirty"] * dirty, self.root, destination,
                            statuses=DONE_OR_REFUSED, form="json")
            require(not again.documents or again.documents[0]["copied_objects"] == 0, "a second copy copies", again)
            self.go("cachefiles-fsck", "--json", destination, statuses=FSCK, form="json")
        remove(destination)

    def stream(self):
        if not self.has_cache:
            return
        destination, archive = self.out("received"), self.out("archive")
        result = self.go("cachefiles", "send", "--json", self.root, statuses=DONE_OR_REFUSED, stdout=archive)
        received = self.go("cachefiles", "receive", "--json", destination, stdin=archive, statuses=DONE_OR_REFUSED, form="json")
        require(result.status or received.status != 2, "receive refused", received)
        received.err = b"" if result.status == 0 and received.status == 0 else b"?"
        self.copied(received, destination, False, include_special=False)
        again = self.go("cachefiles", "receive", "--json", destination, stdin=archive, statuses=DONE_OR_REFUSED, form="json")
        require(not again.documents or received.status or again.documents[0]["received_objects"] == 0, "a second receive takes", again)
        remove(destination)
        remove(archive)

    # Repairing.

    def repair(self, mode):
        if not self.has_cache and not self.has_graveyard:
            return
        journals = [self.out(f"journal-{number}") for number in (1, 2)]
        first, second = (self.go("cachefiles-fsck", "--json", *mode, "--journal", journal, self.root, statuses=FSCK_REPAIR, form="json")
                         for journal in journals)
        self.untouched(f"fsck {mode}")
        self.repaired(mode, first, second)
        for journal in reversed(journals):
            if os.path.exists(journal):
                result = self.go("cachefiles-fsck", "--undo", journal, self.root, statuses=FSCK)
                require(result.status == 0, f"undo of {mode}", result)
        self.unchanged(f"fsck {mode} and its undo")

    def repaired(self, mode, first, second):
        require(not second.status & 1, f"a second {mode} repairs", second)
        taken = {"-p"} | ({"-y"} if "-y" in mode else set())
        for result in (first, second):
            for problem in result.documents[0]["problems"] if result.documents and not result.err else []:
                if REPAIRS.get(problem["id"]) in taken and not problem["repaired"] and problem["repair"]:
                    raise Wrong(f"{mode} left {problem['id']} {problem['path']}, silently: {result}")
        if "--include-dirty" not in mode:
            self.dirty_ones_are_left(f"fsck {mode}")

    def dirty_ones_are_left(self, what):
        after = {}
        for path, facts in snapshot(self.root).items():
            after.setdefault(facts["inode"], facts)
        for path, facts in self.tree.items():
            if path.startswith(b"cache/") and verdict.is_dirty(facts):
                now = after.get(facts["inode"])
                require(now and verdict.is_dirty(now) and now["data"] == facts["data"], what, "took what is dirty:", path)

    def delete(self):
        if not self.has_cache:
            return
        mode = self.random.choice(["-p", "-y"])
        self.go("cachefiles-fsck", "--json", mode, "--delete", "--journal", self.out("journal"), self.root, statuses=FSCK_REPAIR, form="json")
        self.dirty_ones_are_left(f"fsck {mode} --delete")
        second = self.go("cachefiles-fsck", "--json", mode, "--delete", "--journal", self.out("journal"), self.root, statuses=FSCK_REPAIR,
                         form="json")
        require(not second.status & 1, "a second run repairs", second)

    # Removing.

    def cull(self):
        if not self.has_cache:
            return
        left, prunes = self.random.randint(0, 4), self.random.random() < 0.3
        stuck = {path for path in verdict.objects(self.tree)
                 if self.tree[path].get("flags") or self.tree[os.path.dirname(path)].get("flags")}
        # What cannot be removed stays, and the next ones go in its place.
        wanted = set(verdict.victims(self.tree, left, False, stuck))
        result = self.go("cachefiles-cull", "--best-effort", "--max-objects", left, "--json", *["--prune-empty"] * prunes, self.root,
                         statuses=DONE_OR_REFUSED, form="json")
        after = snapshot(self.root)
        gone = {path for path in self.tree.keys() - after.keys() if not stat.S_ISDIR(self.tree[path]["mode"])}
        require(gone <= wanted, "cull took", gone - wanted, result)
        require(result.status or gone == wanted, "cull left", wanted - gone, result)
        directories = self.tree.keys() - after.keys() - gone
        require(prunes or not directories, "cull took directories", directories)
        for path in after:
            if not stat.S_ISDIR(after[path]["mode"]):
                found = differences({path: self.tree[path]}, {path: after[path]}, OF_THE_INODE)
                require(not found, "cull changed", found)

    def purge(self):
        if not self.has_cache:
            return
        volumes = [path[7:] for path in self.tree if path.startswith(b"cache/I") and path.count(b"/") == 1 and len(path) > 7]
        globs = [["--volume", re.sub(rb"[*?\[\\]", b"?", volume)] for volume in volumes]
        chosen = self.random.choice([["--all"], ["--legacy"], ["--volume", b"*"]] + globs)
        result = self.go("cachefiles", "purge", "--yes", "--json", *chosen, self.root, statuses=DONE_OR_REFUSED, form="json")
        self.dirty_ones_are_left(f"purge {chosen}")
        after = snapshot(self.root)
        outside = {path for path in self.tree.keys() - after.keys() if not path.startswith(b"cache/")}
        require(not outside, "purge took", outside)
        new = {path for path in after.keys() - self.tree.keys() if path != b"graveyard"}
        require(result.status or not new, "purge left", new, result)

    def sweep(self):
        if not self.has_graveyard:
            return
        clears = self.random.random() < 0.5
        result = self.go("cachefiles", "sweep", "--json", *["--clear-flags"] * clears, self.root, statuses=DONE_OR_REFUSED, form="json")
        after = snapshot(self.root)
        gone = self.tree.keys() - after.keys()
        require(all(path.startswith(b"graveyard/") for path in gone), "sweep took", gone)
        require(result.status or not any(path.startswith(b"graveyard/") for path in after), "sweep left", result)
        for path in after:
            if not path.startswith(b"graveyard"):
                shared = OF_THE_INODE + ("flags",) * (self.tree[path].get("links", 1) > 1)
                found = differences({path: self.tree[path]}, {path: after[path]}, shared)
                require(not found, "sweep changed", found)
