#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [--cases NAME,...] [--fs NAME,...] [--jobs N] [--again] [--no-install] [--no-matrix] [SERIES ...]

Checks what this package says of cachefiles against real kernels: boots Debian kernels in QEMU, with this machine's root file system
and the release binaries inside, and runs the cases of guest/cases in each. Prints a line for each claim and ends with
"N passed, N failed, N skipped". The exit status is 1 when a claim failed. What cannot be run is skipped with the reason and never
counted as passed. Docs/KernelMatrix.md is written at the end, from what each case said when it last ran on each series; what has not run on
this machine stays in it as it was.

SERIES: 5.10, 6.1, 6.12, 7 (the newest); without any, all of them, with the cache on XFS and btrfs too. Needs Debian, root, and a
Swift toolchain.
The environment: CACHEFILES_KERNEL_LAB, the directory for kernels, disks and logs, in place of ~/.cache/cachefiles-kernel-lab;
LAB_BIN, a directory of binaries in place of a build; LAB_ACCEL, QEMU's accelerator in place of software emulation."""

import argparse
import collections
import concurrent.futures
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(REPOSITORY, "Tests"))
import matrix  # noqa: E402 (beside this file)

SERIES = ["5.10", "6.1", "6.12", "7"]
BOOTS = 3  # of a kernel that panics before the case begins
LIMIT = 600  # seconds for one boot with one case
LIMITS = {"phases": 1800, "prefill": 1200, "verify": 1200}  # but for these
SLOW = {"race": 1800, "readers": 3600, "soak": 3600, "mapped": 3600, "large": 7200, "vast": 9000}  # cases that run only when they are named, and their limits
# Cases whose disk the host makes: inodes, bytes of the disk, the length of an object. 'large' has half of the room free; 'vast' has few inodes.
FILLED = {"large": (lambda n: (n * 5 // 4, n * 9420, "4K")), "vast": (lambda n: (n * 102 // 100 + 8192, n * 1024 + (1 << 28), "0"))}
# What takes longest begins first, so that in the end no guest is waited for alone.
LONGEST = ["vast", "large", "soak", "readers", "race", "phases", "prefill", "verify", "systemd", "successor", "live", "faults", "liverepair", "wedges"]
CPUS = os.cpu_count() or 1

PACKAGES = """qemu-system-x86 busybox-static cpio zstd xz-utils kmod iproute2 e2fsprogs xfsprogs btrfs-progs attr jq python3 cachefilesd
nfs-kernel-server nfs-common rpcbind samba cifs-utils nfs-ganesha-vfs keyutils python3-jsonschema dmsetup""".split()
AFS_PACKAGES = ["openafs-dbserver", "openafs-fileserver", "openafs-client", "openafs-krb5"]
CEPH_PACKAGES = ["ceph-mon", "ceph-osd", "ceph-mds", "ceph-common", "python3-rados"]
NEEDED = ["qemu-system-x86_64", "busybox", "cpio", "zstd", "modprobe", "cachefilesd", "rpc.nfsd", "smbd", "mount.cifs", "jq"]

MODERN = "old layout"
LEGACY = "for old layouts"

# A case of the matrix: the script, the file system of the cache, the number in the list of claims.
Case = collections.namedtuple("Case", "script fs number title")
CASES = [
    Case("names", "ext4", "1", "Names of NFS, SMB, 9P and a user-space NFS server"),
    Case("afs", "ext4", "2", "Names and records of AFS"),
    Case("ceph", "ext4", "2", "Names and records of Ceph"),
    Case("records", "ext4", "3", "Records are what the servers know"),
    Case("tails", "ext4", "3", "Last blocks that are not full"),
    Case("liveness", "ext4", "4", "Live and not live; refusals leave no trace"),
    Case("faults", "ext4", "5", "Damaged objects: found, as documented, repaired"),
    Case("wedges", "ext4", "5", "Damage that stops a volume or the cache"),
    Case("cull", "ext4", "6", "Culling offline: exactly the victims miss"),
    Case("backing", "ext4", "18", "File systems that a cache can be bound on"),
    Case("sweep", "ext4", "7", "Sweeping while the kernel buries"),
    Case("undo", "ext4", "7", "Undo of a repair"),
    Case("copy", "ext4", "8", "A copy is a cache"),
    Case("legacy", "ext4", "9", "The layout before 5.17"),
    Case("mixed", "ext4", "9", "Both layouts in one cache"),
    Case("daemon", "ext4", "10", "cachefilesd after a repair and a cull"),
    Case("successor", "ext4", "20", "cachefiles-daemon in the place of cachefilesd"),
    Case("phases", "ext4", "20", "cachefiles-daemon killed in each phase, and on a file system that fills"),
    Case("soak", "ext4", "20", "cachefiles-daemon for half an hour under load and damage"),
    Case("systemd", "ext4", "20", "cachefiles-daemon as a service of systemd"),
    Case("live", "ext4", "16", "Culling a cache in use, with the kernel's leave"),
    Case("liverepair", "ext4", "18", "Purging and repairing a cache in use, with the kernel's leave"),
    Case("pins", "ext4", "19", "What is pinned stays through culls and purges of a cache in use"),
    Case("race", "ext4", "17", "Culling a cache in use beside cachefilesd, and cachefilesd alone"),
    Case("readers", "ext4", "17", "What readers lose while a daemon makes room"),
    Case("large", "ext4", "17", "What a daemon culls in a second from a large cache"),
    Case("vast", "ext4", "17", "What a daemon culls in a second from a cache of millions of objects"),
    Case("fleet", "ext4", "23", "What is sent and received is a cache"),
    Case("mapping", "ext4", "11", "From a file to its object and back"),
    Case("mapped", "ext4", "11", "What the question takes over a tree on NFS"),
    Case("verify", "ext4", "22", "What is cached is compared with the server"),
    Case("prefill", "ext4", "22", "The cache is filled on purpose"),
] + [Case(script, fs, number, f"{title}, on {fs}") for fs in ("xfs", "btrfs") for script, number, title in (
    ("names", "1", "Names"), ("records", "3", "Records"), ("faults", "5", "Damaged objects"), ("cull", "6", "Culling"))]


class Result:
    """What one case said on one kernel."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], []
        self.lines = []

    def cell(self):
        if self.failed:
            return f"**{len(self.failed)} of {self.passed + len(self.failed)} failed**"
        parts = [f"{self.passed} passed"] if self.passed else []
        parts += ["skipped: " + reason for reason in self.skipped]
        return "; ".join(parts) or "not run"


class Lab:
    def __init__(self, options):
        self.options = options
        default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cachefiles-kernel-lab")
        self.place = os.environ.get("CACHEFILES_KERNEL_LAB") or default
        self.results = {}
        self.releases = {}
        self.legacy = threading.Lock()

    # --- what it takes ---

    def prepare(self):
        """Packages and binaries. Returns why the machine cannot do it, or nothing."""
        if os.uname().machine != "x86_64":
            return "the kernels are for x86_64"
        if os.geteuid() != 0:
            return "it needs root"
        os.makedirs(os.path.join(self.place, "logs"), exist_ok=True)
        if not self.options.no_install:
            self.install()
        for program in NEEDED:
            if not shutil.which(program):
                return f"{program} cannot be had here"
        self.bin = os.environ.get("LAB_BIN")
        if not self.bin and not shutil.which("swift"):
            return "no Swift toolchain"
        if not self.bin:
            scratch = os.path.join(self.place, "build")
            build = ["swift", "build", "-c", "release", "--static-swift-stdlib", "-Xlinker", "-s", "--package-path", REPOSITORY,
                     "--scratch-path", scratch]
            subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
            # Through the link that it prints, because a path with the platform's name in it is not everywhere the same.
            self.bin = subprocess.run(build + ["--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
        return None

    def install(self):
        """Server packages start their services where they are installed; a policy for the time being keeps them from it."""
        if not shutil.which("apt-get"):
            return
        missing = [p for p in PACKAGES + AFS_PACKAGES + CEPH_PACKAGES if not installed(p)]
        if not missing:
            return
        policy, mine = "/usr/sbin/policy-rc.d", False
        if not os.path.exists(policy):
            with open(policy, "w", encoding="ascii") as file:
                file.write("#!/bin/sh\nexit 101\n")
            os.chmod(policy, 0o755)
            mine = True
        try:
            quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "check": False}
            subprocess.run(["apt-get", "update", "-q"], **quiet)
            install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
            if subprocess.run(install + missing, **quiet).returncode:
                # Without OpenAFS or Ceph its case is skipped.
                for packages in (PACKAGES, AFS_PACKAGES, CEPH_PACKAGES):
                    if wanted := [p for p in packages if p in missing]:
                        subprocess.run(install + wanted, **quiet)
        finally:
            if mine:
                os.unlink(policy)

    def kernel(self, series):
        """The directory of a kernel, or why there is none."""
        directory = os.path.join(self.place, "kernels", series)
        run = subprocess.run([os.path.join(HERE, "kernels.sh"), series, directory], capture_output=True, text=True, check=False)
        if run.returncode:
            return None, (run.stderr.strip().splitlines() or ["it cannot be fetched"])[-1]
        self.releases[series] = run.stdout.strip()
        return directory, None

    # --- cases ---

    def run_all(self, chosen):
        """Every case on every kernel, as many at a time as was asked for."""
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            tasks = []
            for series in chosen:
                directory, reason = self.kernel(series)
                for case in sorted(CASES, key=lambda case: LONGEST.index(case.script) if case.script in LONGEST else len(LONGEST)):
                    if self.options.cases and case.script not in self.options.cases:
                        continue
                    if not self.options.cases and case.script in SLOW:
                        continue
                    if case.fs not in self.options.fs:
                        continue
                    result = self.results[series, case] = Result()
                    tasks.append(pool.submit(self.attempt, series, directory, reason, case, result))
            for task in tasks:
                task.result()

    def attempt(self, series, directory, reason, case, result):
        """Runs a case, or says why not. What has to do with the tree of the old kernel goes one after the other."""
        with self.legacy if case.script in ("legacy", "mixed") else contextlib.nullcontext():
            why = f"no kernel {series}: {reason}" if reason else self.impossible(series, case)
            if why:
                self.say(series, case, "skipped", why, result)
                print("\n".join(result.lines), flush=True)
            else:
                self.run_case(series, directory, case, result)
                if result.failed and self.options.again:
                    first, result.passed, result.failed, result.skipped, result.lines = result.failed, 0, [], [], []
                    for what in first:
                        self.say(series, case, "note", f"failed at the first try, tried again: {what}", result)
                    self.run_case(series, directory, case, result)

    @staticmethod
    def senseless(series, case):
        """Why a case has no sense on a kernel, or nothing."""
        if series == "5.10" and case.script != "legacy":
            return MODERN
        if series != "5.10" and case.script == "legacy":
            return LEGACY
        return None

    def impossible(self, series, case):
        """Why a case cannot run on a kernel, or nothing."""
        if why := self.senseless(series, case):
            return why
        if case.script == "mixed" and not os.path.exists(self.legacy_disk()):
            directory, reason = self.kernel("5.10")
            if reason:
                return f"no tree of an old kernel: {reason}"
            self.run_case("5.10", directory, next(c for c in CASES if c.script == "legacy"), Result(), silent=True)
            if not os.path.exists(self.legacy_disk()):
                return "the old kernel made no tree"
        return None

    def legacy_disk(self):
        return os.path.join(self.place, "legacy.img")

    def run_case(self, series, directory, case, result, silent=False):
        """Boots the kernel with one case. What it says is printed when it has ended."""
        name = f"{self.releases[series]}-{case.script}-{case.fs}"
        disk, out = os.path.join(self.place, name + ".img"), os.path.join(self.place, "out", name)
        log = self.log(series, case)
        if case.script == "mixed":
            subprocess.run(["cp", "--sparse=always", self.legacy_disk(), disk], check=True)
        else:
            with open(disk, "wb") as file:
                file.truncate(1 << 30)
        if case.script in FILLED:
            self.fill_disk(disk, FILLED[case.script])
        limit = (LIMITS | SLOW).get(case.script, LIMIT)
        env = {**os.environ, "BIN": os.path.realpath(self.bin), "LAB_FS": case.fs, "LAB_SECONDS": str(limit),
               "LAB_SMP": str(max(1, CPUS // self.options.jobs))}
        shutil.rmtree(os.path.join(out, "json"), ignore_errors=True)
        for _ in range(BOOTS):
            seconds = self.boot([directory, case.script, disk, out], log, env)
            panic = self.panic_before_the_case(log)
            if not panic:
                break
            self.say(series, case, "note", f"the emulated machine did not start, started again: {panic}", result)
        ended = self.read_log(series, case, log, result)
        self.hold_to_schemas(series, case, os.path.join(out, "json"), log, result)
        if case.script == "legacy" and ended == "0":
            os.rename(disk, self.legacy_disk())
        else:
            os.unlink(disk)
        if not silent:
            print("\n".join(result.lines + [f"# {self.releases[series]} {case.script} {case.fs}: {seconds} s"]), flush=True)

    @staticmethod
    def boot(arguments, log, env):
        """Starts the emulator, its output to the log. Returns after how many seconds it has ended."""
        start = time.monotonic()
        with open(log, "wb") as file:
            boot = subprocess.run([os.path.join(HERE, "boot.sh")] + arguments, stdout=file, stderr=subprocess.STDOUT, env=env, check=False)
            seconds = int(time.monotonic() - start)
            if boot.returncode in (124, 137):
                file.write(f"\nLAB not ok: the lab itself: killed after {seconds} s\n".encode())
        return seconds

    @staticmethod
    def panic_before_the_case(log):
        """
        The last line of a kernel that panicked before a case said anything, or nothing. Software emulation now and then loses a kernel
        while it patches itself, 1 s after its start; nothing of the case was on the disk by then.
        """
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        panic = re.search(r"Kernel panic - not syncing.*", text)
        return panic[0].strip() if panic and "LAB " not in text else None

    def fill_disk(self, disk, shape):
        """Gives a disk a cache of LAB_OBJECTS objects; processors are not emulated here."""
        objects = int(os.environ.get("LAB_OBJECTS", "300000"))
        inodes, size, data = shape(objects)
        os.truncate(disk, size)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-I", "512", "-N", str(inodes), disk], check=True)
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(["mount", "-o", "loop", disk, place], check=True)
            try:
                os.rmdir(os.path.join(place, "lost+found"))
                sample = ["sample", "--quiet", "--objects", str(objects), "--data", data, place]
                subprocess.run([os.path.join(self.bin, "cachefiles")] + sample, check=True)
            finally:
                subprocess.run(["umount", place], check=True)

    def log(self, series, case):
        return os.path.join(self.place, "logs", f"{self.releases[series]}-{case.script}-{case.fs}.log")

    def read_log(self, series, case, log, result):
        """Takes what a guest said from its log. Returns with what status it ended, or nothing."""
        with open(log, encoding="utf-8", errors="replace") as file:
            lines = [line.replace("\r", "").rstrip("\n") for line in file]
        ended = None
        for line in lines:
            kind, _, what = line.removeprefix("LAB ").partition(": ")
            if line.startswith("LAB exit "):
                ended = line[9:]
            elif line.startswith("LAB ") and kind in ("ok", "not ok", "skipped", "note"):
                self.say(series, case, kind, what, result)
            elif line.startswith("    ") and result.lines and result.lines[-1].startswith(("not ok", "    ")):
                result.lines.append(line)
        if ended is None:
            self.say(series, case, "not ok", f"the lab itself: the guest did not end by itself; log {log}", result)
            result.lines += ["    " + line for line in lines[-15:]]
        elif ended != "0" or not (result.passed or result.failed or result.skipped):
            self.say(series, case, "not ok", f"the lab itself: the guest ended with {ended}; log {log}", result)
        return ended

    def hold_to_schemas(self, series, case, notes, log, result):
        """One more claim: what the programs printed as JSON is what the schemas promise. It goes into the log, as the guest's do."""
        names = sorted(os.listdir(notes)) if os.path.isdir(notes) else []
        if not names:
            return
        try:
            import schemas
        except ImportError as error:
            self.say(series, case, "note", f"JSON is not held to the schemas: {error}", result)
            return
        texts = []
        for name in names:
            with open(os.path.join(notes, name), encoding="utf-8", errors="surrogateescape") as file:
                texts.append(file.read())
        counts = collections.Counter()
        wrong = list(dict.fromkeys(schemas.objections(texts, schemas.validators(), counts)))
        what = f"{counts.total()} JSON documents are as their schemas promise"
        lines = [f"LAB ok: {what}"] if not wrong else [f"LAB not ok: {what}"] + [f"    {line}" for line in wrong[:8]]
        with open(log, "a", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join(lines) + "\n")
        self.say(series, case, "not ok" if wrong else "ok", what, result)
        result.lines += lines[1:]

    def say(self, series, case, kind, what, result):
        name = case.script + ("" if case.fs == "ext4" else "-" + case.fs)
        result.lines.append(f"{kind} {self.releases.get(series, series)} {name}: {what}")
        if kind == "ok":
            result.passed += 1
        elif kind == "not ok":
            result.failed.append(what)
        elif kind == "skipped":
            result.skipped.append(what)

    # --- the matrix ---

    def write_matrix(self):
        """From the logs: a cell is what the case said when it last ran on that release; what has no log here stays as it was."""
        document = os.path.join(REPOSITORY, "Docs", "KernelMatrix.md")
        written = matrix.Matrix(document)
        for series in SERIES:
            directory = os.path.join(self.place, "kernels", series)
            if not os.path.exists(os.path.join(directory, "release")):
                continue
            with open(os.path.join(directory, "release"), encoding="ascii") as file:
                self.releases[series] = file.read().strip()
            with open(os.path.join(directory, "version"), encoding="ascii") as file:
                version = file.read().strip()
            for case in CASES:
                result = Result()
                if why := self.senseless(series, case):
                    self.say(series, case, "skipped", why, result)
                    written.add(case, series, result.cell())
                elif os.path.exists(self.log(series, case)):
                    self.read_log(series, case, self.log(series, case), result)
                    written.add(case, series, result.cell(), os.path.getmtime(self.log(series, case)))
                    written.kernels[series] = (self.releases[series], version)
                written.failed += [f"- {self.releases[series]} `{case.script}` on {case.fs}: {what}" for what in result.failed]
        written.write(document, SERIES, CASES)


def installed(package):
    run = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True, check=False)
    return run.stdout == "installed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="*", metavar="SERIES")
    parser.add_argument("--cases", type=lambda text: text.split(","), help="only these")
    parser.add_argument("--fs", type=lambda text: text.split(","), help="the cache on these file systems: ext4, xfs, btrfs")
    parser.add_argument("--jobs", type=int, default=CPUS, help="so many guests at a time; default: one for each processor")
    parser.add_argument("--again", action="store_true", help="try a case that failed once more, and say so")
    parser.add_argument("--no-install", action="store_true", help="install no packages")
    parser.add_argument("--no-matrix", action="store_true", help="leave Docs/KernelMatrix.md alone")
    options = parser.parse_args()
    options.fs = options.fs or (["ext4"] if options.series else ["ext4", "xfs", "btrfs"])
    unknown = set(options.cases or []) - {case.script for case in CASES}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")

    lab = Lab(options)
    reason = lab.prepare()
    if reason:
        print(f"skipped: {reason}\n0 passed, 0 failed, {len(CASES)} skipped")
        return 0
    lab.run_all(options.series or SERIES)
    passed = sum(result.passed for result in lab.results.values())
    failed = sum(len(result.failed) for result in lab.results.values())
    skipped = sum(len(result.skipped) for result in lab.results.values())
    if not options.no_matrix:
        lab.write_matrix()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
