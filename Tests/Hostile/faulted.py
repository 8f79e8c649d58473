# SPDX-License-Identifier: Apache-2.0
"""The commands that faults are tried on, and what must hold of each afterwards."""

import dataclasses
import errno
import os
import pathlib
import stat
import typing
import zlib

import small
from snapshot import CACHE, differences, snapshot

FSCK = frozenset(bits for bits in range(16) if not bits & 2)
DONE = frozenset({0, 1, 2})

# What two runs of the same work do not share.
OF_THE_RUN = ("inode", "changed", "links", "names")


class Wrong(Exception):
    pass


def require(holds, *what):
    if not holds:
        raise Wrong(" ".join(part if isinstance(part, str) else repr(part) for part in what)[:2500])


@dataclasses.dataclass
class Command:
    """One command. `prepare` makes what it needs below a place, and `arguments` names it there."""
    prepare: typing.Callable
    arguments: typing.Callable
    statuses: frozenset = DONE
    # What a run that went well ends with.
    success: int = 0
    # What it works on, below the place; all else must stay as it is.
    works_on: tuple = ("root",)
    # Where a file goes that is whole or not there.
    output: str | None = None
    # An option that takes a new journal, with which the run can be taken back.
    journal: bool = False
    # Standard output goes to a file, which is judged instead.
    archive: bool = False
    # Standard input comes from this file below the place.
    stdin: str | None = None
    # It moves things into the graveyard before they go: a second run may find nothing that matches.
    buries: bool = False
    # It replaces a file outside the cache; one that is said not to be there is begun anew.
    outside: bool = False
    # How many objects are left counts, not which: others go in the place of those that cannot.
    counts: bool = False
    # Objects are named by inode numbers, which are new each time: they are told apart by their data.
    nameless: bool = False
    # What must hold after a faulty run beside what holds for all.
    judge: typing.Callable | None = None


def essence(tree, under, nameless=False):
    """What a tree comes to: what stands where, with its bytes; graves by what is in them, as their names are new with each run."""
    found, graves = {}, []
    for path, facts in tree.items():
        if not any(path == os.fsencode(name) or path.startswith(os.fsencode(name) + b"/") for name in under):
            continue
        facts = {name: value for name, value in facts.items() if name not in OF_THE_RUN}
        if stat.S_ISDIR(facts["mode"]):
            facts.pop("modified")
            facts.pop("accessed")
        parts = path.split(b"/")
        if len(parts) > 2 and parts[1] == b"graveyard":
            graves.append((b"/".join(parts[3:]), repr(sorted(facts.items(), key=lambda item: item[0]))))
        else:
            # Times that a run sets are its own.
            for name in ("accessed", "modified"):
                if facts.get(name, 0) > small.LONG_AGO + 10**9 * 10**6:
                    facts.pop(name)
            if nameless and len(parts) > 3:
                if not stat.S_ISREG(facts["mode"]):
                    continue
                path = b"/".join(parts[:3]) + b" %08x" % zlib.crc32(repr(facts["data"]).encode())
            found[path] = facts
    return found, sorted(graves)


def regular(found):
    return sum(stat.S_ISREG(facts["mode"]) for facts in found.values())


class Trial:
    """One command, tried without a fault and with many."""

    def __init__(self, command, programs, place):
        self.command, self.programs, self.place = command, programs, place

    def comes_to(self, tree):
        return essence(tree, self.command.works_on, self.command.nameless)

    def run(self, place, fault="-", number=1):
        command = self.command
        words = list(command.arguments(place))
        if command.journal:
            words += ["--journal", f"{place}/journal{number}"]
        options = {"stdin": f"{place}/{command.stdin}"} if command.stdin else {}
        if command.archive:
            options["stdout"] = f"{place}/archive{number}"
        return self.programs.run(*words, fault=fault, **options)

    def prepare(self, place):
        os.mkdir(place)
        self.command.prepare(place, self.programs)
        return snapshot(place)

    def clean(self):
        """A run in which nothing fails: the calls that it makes, and what it comes to."""
        before = self.prepare(self.place)
        result = self.run(self.place, "record")
        require(result.status == self.command.success, "without a fault:", result)
        self.before, self.after = before, snapshot(self.place)
        self.wanted = self.comes_to(self.after)
        archive = pathlib.Path(self.place, "archive1")
        self.archive = archive.read_bytes() if self.command.archive else b""
        return result.calls

    def faulty(self, place, fault):
        before = self.prepare(place)
        result = self.run(place, fault)
        killed = fault.startswith("kill")
        # What is said not to be there any more need not be worked on.
        vanishes = fault.startswith("fail") and int(fault.split()[2]) in (errno.ENOENT, errno.ESTALE)
        require(not result.hung, "HANG", result)
        require(result.status == -9 if killed else not result.crashed, "CRASH", result)
        middle = snapshot(place)
        if not killed:
            self.told(place, result)
        if not (vanishes and self.command.outside):
            self.nothing_lost(before, middle, result)
        self.done_if_said(middle, result, vanishes)
        if self.command.judge:
            self.command.judge(self, place, before, middle, result)
        self.again(place, before, middle, result, vanishes)

    def told(self, place, result):
        command = self.command
        require(result.status in command.statuses, "status", result)
        if result.status & 8 if command.statuses is FSCK else result.status in (1, 2):
            lines = result.err.splitlines()
            require(lines or command.success == result.status, "a failure without a line", result)
            require(len(lines) < 12, "many lines", result)
            # What cannot be printed is told too.
            paths = (b"/", b"standard ", b"cannot write")
            # A goal that is not reached any more is told where the goal is.
            is_told = b"cannot be reached" in result.out or any(part in line for line in lines for part in paths)
            require(not lines or is_told, "no line names a path", result)

    def nothing_lost(self, before, middle, result):
        """What was to stay is there as it was; what was to change is as before or after."""
        for path, facts in before.items():
            after = self.after.get(path)
            if stat.S_ISDIR(facts["mode"]) or after is None:
                continue
            if (self.command.counts or self.command.nameless) and path.startswith(b"root/cache/"):
                # Which ones go is not fixed, or what they are called.
                continue
            require(path in middle, "lost", path, result)
            ignoring = ["links", "changed"]
            if not path.startswith((b"root/", b"other/")):
                ignoring += ["accessed", "modified", "inode"]
            if self.command.journal or self.command.output is None and self.command.statuses is FSCK:
                ignoring += ["accessed", "modified", "attributes", "mode"]
            states = [facts, facts | {name: after.get(name) for name in ("mode", "owner", "attributes", "size", "data", "modified", "accessed")}]
            found = [differences({path: state}, {path: middle[path]}, ignoring) for state in states]
            require(not all(found), "changed", path, found[0], result)

    def done_if_said(self, middle, result, vanishes):
        if result.status != self.command.success or self.command.archive or vanishes or result.status and result.err:
            return
        if b"not all could be compared" in result.out:
            return
        self.equals_wanted(middle, "said to be done", result)

    def equals_wanted(self, tree, what, result):
        found, graves = self.comes_to(tree)
        wanted, wanted_graves = self.wanted
        if self.command.counts:
            return require(regular(found) == regular(wanted), what, "but so many files are left:", regular(found), regular(wanted), result)
        require(found.keys() == wanted.keys(), what, "but there is", found.keys() - wanted.keys(), "and there is not", wanted.keys() - found.keys(), result)
        require(found == wanted, what, "but", differences(wanted, found), result)
        if self.command.buries:
            # What did not go for good stays in the graveyard, for a sweep.
            graves = [grave for grave in graves if grave in wanted_graves]
        require(graves == wanted_graves, what, "but the graves differ", [grave[0] for grave in graves], [grave[0] for grave in wanted_graves], result)

    def again(self, place, before, middle, result, vanishes):
        """The second run ends the work."""
        command = self.command
        if vanishes and command.outside:
            return
        if command.output and os.path.lexists(f"{place}/{command.output}"):
            return self.equals_wanted(middle, "the output is there", result)
        second = self.run(place, number=2)
        require(second.status == command.success or self.is_done_already(second), "a second run", second, "after", result)
        if command.archive:
            require(pathlib.Path(place, "archive2").read_bytes() == self.archive, "the second archive differs", second)
        if command.journal:
            return self.take_back(place, before, middle, second)
        now = snapshot(place)
        self.equals_wanted(now, "after a second run", second)
        left = {path for path in now if b"/" not in path} - self.after.keys() - {b"archive2", b"received"}
        require(not left, "beside it is left", left, second)

    def is_done_already(self, second):
        """A second repair may find nothing to repair any more."""
        if self.command.buries:
            return second.status == 1 and b"matches" in second.err + second.out or b"cannot purge: No such file" in second.err
        if self.command.outside:
            return second.status == 1 and b"nothing is pinned" in second.err
        return (self.command.journal or self.command.nameless) and second.status in (0, 4) and self.command.success == 1

    def take_back(self, place, before, middle, second):
        now, wanted = (essence(tree, ("root/cache",)) for tree in (snapshot(place), self.after))
        # A time that could not be put back stays that of the run.
        found = differences(wanted[0], now[0], ("modified",))
        require(not found and now[1] == wanted[1], "after a second repair", found, second)
        for number in (2, 1):
            journal = f"{place}/journal{number}"
            if not os.path.exists(journal):
                continue
            result = self.programs.run("cachefiles-fsck", "--undo", journal, f"{place}/root")
            useless = number == 1 and not differences(before, middle, limit=1) or os.path.getsize(journal) == 0
            require(result.status == 0 or useless or self.begins_nothing(before, middle), f"undo {number}", result)
        found = differences({path: facts for path, facts in before.items() if path.startswith(b"root")},
                            {path: facts for path, facts in snapshot(place).items() if path.startswith(b"root")}, ("links",))
        require(not found, "the undo is not exact", found)

    @staticmethod
    def begins_nothing(before, middle):
        """Whether the run ended before its first step: then its journal may be none yet."""
        own = [{path: facts for path, facts in tree.items() if path.startswith(b"root")} for tree in (before, middle)]
        return not differences(*own, limit=1)


# What is prepared.

def damaged(place, _):
    root = f"{place}/root"
    small.damage(root, small.make_cache(root, (5, 2)))


def repaired(place, programs):
    damaged(place, programs)
    programs.run("cachefiles-fsck", "-y", "--journal", f"{place}/undone", f"{place}/root")


def sound(place, _=None):
    root = f"{place}/root"
    small.make_cache(root, (4, 2))
    small.make_object(root, 77, content=4)
    small.bury(root, 1)


def two_caches(place, _):
    """A source, and a destination that has some of it."""
    root = f"{place}/root"
    paths = small.make_cache(root, (3, 2))
    os.setxattr(paths[0], CACHE, small.record(6000, content=1))
    small.make_cache(f"{place}/other", (1, 1))
    small.settle(root)
    os.setxattr(small.object_path(f"{place}/other", (1).to_bytes(8, "little")), CACHE, small.record(6000, content=1))


def archive(place, programs):
    two_caches(place, programs)
    programs.run("cachefiles", "send", f"{place}/root", stdout=f"{place}/stream")


def pinned(place, programs):
    sound(place)
    paths = [path.removeprefix(os.fsencode(f"{place}/root/")) for path in map(lambda number: small.object_path(f"{place}/root", number.to_bytes(8, "little")), (1, 2, 3))]
    for name, chosen in (("list", paths[:2]), ("more", paths[2:])):
        pathlib.Path(place, name).write_bytes(b"".join(path + b"\n" for path in chosen))
    programs.run("cachefiles", "keep", "add", "--dir", f"{place}/root", "--pins", f"{place}/pins", "--from", f"{place}/list")


def mounted(place, _):
    right, wrong = b"right" * 2000, b"wrong" * 2000
    small.mounted(place, {"right": (right, right), "wrong": (wrong, wrong[:5000] + b"X" + wrong[5001:]), "new": (b"new" * 3000, None)})


def configured(place, _):
    sound(place)
    pathlib.Path(place, "conf").write_text(f"dir {place}/root\ntag test\n")


def side(place):
    return ["--dir", f"{place}/root", "--proc", f"{place}/proc"]


# What is judged beside.

def stream_is_whole_or_cut(trial, place, before, middle, result):
    """What a stream that ended early has brought is whole."""
    if result.status == 0:
        require(pathlib.Path(place, "archive1").read_bytes() == trial.archive, "said to be sent, but the archive differs", result)
    taken = trial.programs.run("cachefiles", "receive", f"{place}/received", stdin=f"{place}/archive1")
    require(not taken.crashed, "receive", taken)
    if os.path.isdir(f"{place}/received"):
        for path, facts in snapshot(f"{place}/received").items():
            if stat.S_ISREG(facts["mode"]):
                found = differences({path: before[b"root/" + path]}, {path: facts}, ("inode",))
                require(not found, "a part of an object was received", found)


def pins_can_be_read(trial, place, before, middle, result):
    listed = trial.programs.run("cachefiles", "keep", "list", "--dir", f"{place}/root", "--pins", f"{place}/pins", "--json")
    require(listed.status == 0, "the pins cannot be read", listed, "after", result)


def dirty_stays(trial, place, before, middle, result):
    path = os.path.relpath(small.object_path(f"{place}/root", (77).to_bytes(8, "little")), os.fsencode(place))
    require(path in middle and middle[path]["data"] == before[path]["data"], "took what is dirty", result)


def fsck(*options, **more):
    return Command(damaged, lambda place: ["cachefiles-fsck", *options, "--threads", "1", f"{place}/root"], FSCK, journal=True, **more)


def on_root(*words, prepare=sound, **more):
    return Command(prepare, lambda place: [*words, "--threads", "1", f"{place}/root"], **more)


def keep(part, *words, works_on=("pins",), prepare=pinned):
    return Command(prepare, lambda place: ["cachefiles", "keep", part, "--dir", f"{place}/root", "--pins", f"{place}/pins",
                                           *[word.replace("PLACE", place) for word in words]], works_on=works_on, judge=pins_can_be_read, outside=True)


def copying(*words, **more):
    return Command(two_caches, lambda place: ["cachefiles", "copy", *words, "--threads", "1", f"{place}/root", f"{place}/other"], works_on=("other",), **more)


TABLE = {
    "fsck -p": fsck("-p", success=1),
    "fsck -y": fsck("-y", success=1),
    "undo": Command(repaired, lambda place: ["cachefiles-fsck", "--undo", f"{place}/undone", f"{place}/root"], FSCK),
    "cull": on_root("cachefiles-cull", "--max-objects", "3", judge=dirty_stays, counts=True),
    "cull --prune-empty": on_root("cachefiles-cull", "--best-effort", "--max-objects", "1", "--prune-empty", judge=dirty_stays, counts=True),
    "sweep": Command(sound, lambda place: ["cachefiles", "sweep", f"{place}/root"]),
    "purge": on_root("cachefiles", "purge", "--yes", "--volume", "9p,other,tag", buries=True),
    "purge --all": on_root("cachefiles", "purge", "--yes", "--all", "--include-dirty", buries=True),
    "purge --object": Command(sound, lambda place: ["cachefiles", "purge", "--yes", "--object",
                              small.object_path(f"{place}/root", (1).to_bytes(8, "little")), f"{place}/root"], buries=True),
    "copy": copying(),
    "copy --verify": copying("--verify"),
    "copy to a new place": Command(two_caches, lambda place: ["cachefiles", "copy", "--threads", "1", f"{place}/root", f"{place}/new"], works_on=("new",)),
    "send": on_root("cachefiles", "send", prepare=two_caches, archive=True, judge=stream_is_whole_or_cut),
    "receive": Command(archive, lambda place: ["cachefiles", "receive", "--threads", "1", f"{place}/other"], works_on=("other",), stdin="stream"),
    "keep add": keep("add", "--from", "PLACE/more"),
    "keep remove": keep("remove", "--all"),
    "extract": Command(sound, lambda place: ["cachefiles", "extract", small.object_path(f"{place}/root", (1).to_bytes(8, "little")), f"{place}/out"],
                       works_on=("out",), output="out"),
    "verify --discard": Command(mounted, lambda place: ["cachefiles", "verify", *side(place), "--threads", "1", "-r", "--discard", f"{place}/mnt"], success=1,
                                nameless=True),
    "prefill": Command(mounted, lambda place: ["cachefiles", "prefill", *side(place), "--threads", "1", "-r", "--allow-culling", "--wait", "0", f"{place}/mnt"],
                       success=1, nameless=True),
    "daemon": Command(configured, lambda place: ["cachefiles-daemon", "-n", "-s", "-f", f"{place}/conf"], success=1),
}
