#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults: each command that changes something, with each of its system calls failing once with each plausible error, and killed once
before each change. Afterwards its invariants must hold: a documented status, a line that says what failed, nothing lost that was not to go,
and a second run that ends the work, leaves nothing of its own behind, and can be taken back where that was promised.

    Tests/faults.py [--commands NAME,...] [--part N/M] [--jobs N] [--list] [--directory DIR]
    Tests/faults.py --commands NAME --fault 'fail 17 5'

The commands are the table in Tests/Hostile/faulted.py. --part does every M-th fault only. Needs .build/debug/command-server (swift build
--product command-server): release builds cannot make calls fail."""

import argparse
import collections
import errno
import os
import pathlib
import sys
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "Tests/Hostile")]
sys.dont_write_bytecode = True
import faulted  # noqa: E402
import parallel  # noqa: E402
import server  # noqa: E402
import snapshot  # noqa: E402

# What each call may fail with; all others with EIO.
READING = ["EIO", "EACCES", "ENOENT", "ESTALE", "ENOMEM", "EINTR"]
CHANGING = ["EIO", "ENOSPC", "EACCES", "EPERM", "EROFS", "EINTR"]
ERRORS = {
    "open": [*READING, "EMFILE"], "openat": [*READING, "EMFILE"], "dup": ["EMFILE"], "statx": READING, "getdents64": ["EIO", "ENOENT", "ENOMEM"],
    "readlinkat": ["EACCES", "ENOENT"], "fstatat": ["EACCES", "ENOENT"],
    "getxattr": ["EIO", "EACCES", "ESTALE", "ENOMEM"], "getxattrat": READING, "listxattr": ["EIO", "EACCES", "ENOMEM"],
    "pread": ["EIO", "ENOMEM", "EINTR"], "read": ["EIO", "EINTR"], "fsync": ["EIO", "ENOSPC", "EINTR"], "syncfs": ["EIO", "ENOSPC"],
    "flock": ["EIO", "ENOMEM", "EINTR"], "rmdir": ["EIO", "EACCES", "EROFS"], "clone": ["EIO", "EXDEV", "ENOSPC"],
    "copyFileRange": ["EIO", "EXDEV", "ENOSPC", "EINTR"], "ioctl": ["EIO", "ENOTTY", "EINTR"], "lseek": ["EIO", "ESTALE"],
    "mkdirat": [*CHANGING, "ENOENT", "ENOMEM"], "renameat2": [*CHANGING, "ENOENT", "ESTALE"], "linkat": [*CHANGING, "ENOENT"],
    "unlinkat": [*CHANGING, "ENOENT", "ESTALE"],
}


def plan(calls):
    """All faults for a run that made these calls; those that change the disk have a star."""
    changes = 0
    for ordinal, call in enumerate(calls, 1):
        name = call.rstrip("*")
        for error in ERRORS.get(name, CHANGING if call.endswith("*") else ["EIO"]):
            yield f"fail {ordinal} {getattr(errno, error)}", f"{name} {error}"
        if call.endswith("*"):
            changes += 1
            yield f"kill {changes}", f"{name} killed"


def chosen(faults, part, job, jobs):
    number, of = part
    mine = [fault for index, fault in enumerate(faults) if index % of == number % of]
    return mine[job::jobs]


def one(name, programs, directory, options, counts):
    """One command with its share of the faults; gives how many went wrong."""
    command, wrong = faulted.TABLE[name], 0
    trial = faulted.Trial(command, programs, os.path.join(directory, "place"))
    try:
        calls = trial.clean()
    except faulted.Wrong as failure:
        print(f"{name}: {failure}", flush=True)
        return 1
    snapshot.remove(trial.place)
    faults = [(options.fault, "as asked")] if options.fault else chosen(list(plan(calls)), options.part, options.job, options.jobs)
    for fault, words in faults:
        counts[name] += 1
        try:
            trial.faulty(trial.place, fault)
        except faulted.Wrong as failure:
            wrong += 1
            print(f"{name}: {fault} ({words}): {failure}", flush=True)
        except Exception:  # what the test itself did not expect
            wrong += 1
            print(f"{name}: {fault} ({words}): {traceback.format_exc()}", flush=True)
        snapshot.remove(trial.place)
    return wrong


def work(job, directory, options):
    counts, wrong = collections.Counter(), 0
    options.job, directory = job, os.path.join(directory, f"job-{job}")
    os.mkdir(directory)
    programs = server.Server(server.binary("debug"), directory)
    for name in options.names:
        wrong += one(name, programs, directory, options, counts)
        snapshot.remove(os.path.join(directory, "place"))
    programs.close()
    return wrong, counts


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands")
    parser.add_argument("--part", default="0/1", help="N/M")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--fault", help="only this one")
    parser.add_argument("--directory")
    parser.add_argument("--list", action="store_true", help="the commands of the table")
    options = parser.parse_args()
    if options.list:
        raise SystemExit("\n".join(faulted.TABLE))
    options.names = options.commands.split(",") if options.commands else list(faulted.TABLE)
    options.part = tuple(map(int, options.part.split("/")))
    if options.fault:
        options.jobs = 1
    return options


def main():
    options, start = arguments(), time.monotonic()
    directory = server.workshop(options.directory)
    try:
        failed, counts = parallel.run(options.jobs, lambda job: work(job, directory, options))
    finally:
        snapshot.remove(directory)
    for name in options.names:
        print(f"{counts[name]:7} {name}")
    print(f"faults: {counts.total()} of {len(options.names)} commands, {time.monotonic() - start:.0f} s: "
          f"{'FAILED' if failed else 'all invariants hold'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
