#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the packages: one command each.

    Sources/Packaging/build.py deb          a Debian package, with debhelper
    Sources/Packaging/build.py rpm          an RPM
    Sources/Packaging/build.py static       one file that runs everywhere
    Sources/Packaging/build.py tarball      the static file with manuals, completions and documents, and its parts' list
    Sources/Packaging/build.py all          all of them
    Sources/Packaging/build.py stage DIR    what a package installs, below DIR
    Sources/Packaging/build.py split DIR OTHER    moves what is of the daemon's own package from DIR to OTHER
    Sources/Packaging/build.py sysroot DIR  the libraries of the oldest supported Debian, to link against
    Sources/Packaging/build.py version      the version

The results are in .build/packages, or below --output. With --sysroot DIR the program is linked against the C library in DIR and
runs wherever that one or a later one is; without it, against this machine's.
"""

import argparse
import contextlib
import datetime
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Below debian/rules and in an RPM's build the sources are where the packager put them, and no repository.
SOURCE = HERE.parent.parent
NAME = "cachefiles-toolkit"
PROGRAMS = ["cachefiles-fsck", "cachefiles-cull", "cachefiles-daemon", "cache-du"]
SHELLS = {
    "bash": ("bash-completion/completions", "{}"),
    "zsh": ("zsh/vendor-completions", "_{}"),
    "fish": ("fish/vendor_completions.d", "{}.fish"),
}
# What is in the daemon's package, in Debian and elsewhere.
DAEMON_PARTS = [
    "usr/bin/cachefiles-daemon", "*lib/systemd/system/cachefiles-daemon.service",
    "usr/share/man/man5/cachefiles-daemon.conf.5", "usr/share/man/man8/cachefiles-daemon.8",
    "usr/share/bash-completion/completions/cachefiles-daemon", "usr/share/zsh/*/_cachefiles-daemon",
    "usr/share/fish/vendor_completions.d/cachefiles-daemon.fish", "usr/share/cachefiles-daemon",
]
# The distribution whose C library packages are linked against, glibc 2.31; older.c makes 2.27 of it.
OLDEST = "bullseye"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def output_of(*command, **options):
    return run(*command, stdout=subprocess.PIPE, text=True, **options).stdout.strip()


class Version:
    """The version: that of the program, which has it in one place, and for what is no release the commits since."""

    def __init__(self):
        text = (SOURCE / "Sources/CachefilesCommands/Shared/Version.swift").read_text()
        self.number = re.search(r'number = "([^"]+)"', text)[1]
        self.revision, self.time = "", int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
        known = HERE / "version.json"
        if known.exists():
            facts = json.loads(known.read_text())
            self.revision, self.time = facts["revision"], facts["time"]
        elif (SOURCE / ".git").exists():
            git = ["git", "-C", SOURCE]
            self.time = int(output_of(*git, "log", "-1", "--format=%ct"))
            described = subprocess.run(
                ["git", "-C", SOURCE, "describe", "--tags", "--long", "--match", f"v{self.number}"], capture_output=True,
                text=True).stdout.strip()
            count = described.rsplit("-", 2)[1] if described else output_of(*git, "rev-list", "--count", "HEAD")
            if count != "0":
                self.revision = f"{count}.g" + output_of(*git, "rev-parse", "--short=8", "HEAD")

    @property
    def suffix(self):
        """What the program says behind its number."""
        return f"+git{self.revision}" if self.revision else ""

    # What follows a release sorts behind it, and before the next one.
    @property
    def debian(self):
        return self.number + (f"+git{self.revision}" if self.revision else "")

    @property
    def rpm(self):
        return self.number + (f"^git{self.revision}" if self.revision else "")


class Build:
    def __init__(self, arguments):
        self.version = Version()
        self.sysroot = pathlib.Path(arguments.sysroot).resolve() if arguments.sysroot else None
        self.scratch = pathlib.Path(arguments.scratch or SOURCE / ".build").resolve()
        self.output = pathlib.Path(arguments.output or SOURCE / ".build/packages").resolve()
        self.environment = dict(os.environ, SOURCE_DATE_EPOCH=str(self.version.time))

    # The program

    def objects(self):
        """Compiles, once for all ways to link, and gives the list of object files."""
        command = ["swift", "build", "--package-path", SOURCE, "--scratch-path", self.scratch, "-c", "release",
                   "--static-swift-stdlib", "--product", "cachefiles"]
        run(*command, stdout=subprocess.DEVNULL)
        directory = output_of(*command[:-2], "--show-bin-path")
        return pathlib.Path(directory) / "cachefiles.product" / "Objects.LinkFileList"

    def link(self, target, kind):
        """Links the program: `static`, or `dynamic` against the C library and libattr. libarchive and libdeflate are in both."""
        target.parent.mkdir(parents=True, exist_ok=True)
        revision = target.parent / "revision.c"
        revision.write_text(f'const char *cachefiles_revision(void) {{ return "{self.version.suffix}"; }}\n')
        run("gcc", "-O2", "-c", "-o", revision.with_suffix(".o"), revision)
        command = ["swiftc", "-o", target, "@" + str(self.objects()), revision.with_suffix(".o"), "-Xlinker", "--gc-sections", "-Xlinker", "-s",
                   "-Xlinker", "--build-id"]
        if kind == "static":
            # The C library warns of calls that load others at run time; FoundationEssentials has them, nothing here uses them.
            run(*command, "-static-executable", "-l:libarchive.a", "-l:libdeflate.a", "-lattr", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return
        # The C++ part of Swift's library is of this machine's compiler, and newer than that of the sysroot.
        archives = target.parent / "archives"
        archives.mkdir(exist_ok=True)
        link(archives / "libstdc++.a", output_of("gcc", "-print-file-name=libstdc++.a"))
        # libarchive too: that of the oldest release is not divided into functions, and asks for all that its other parts need. And
        # libdeflate, so that packages need no library for it.
        for library in ("libarchive.a", "libdeflate.a"):
            link(archives / library, output_of("gcc", f"-print-file-name={library}"))
        command += ["-static-stdlib", "-use-ld=lld", "-Xlinker", "--as-needed", "-Xlinker", "-z", "-Xlinker", "relro",
                    "-Xlinker", "-z", "-Xlinker", "now", "-Xlinker", "--no-export-dynamic",
                    "-L", archives, "-Xclang-linker", "-static-libgcc"]
        if self.sysroot:
            architecture = output_of("gcc", "-print-multiarch")
            older = target.parent / "older.o"
            run("gcc", "-O2", "-c", "-o", older, HERE / "older.c")
            command += [older, "-Xclang-linker", f"--sysroot={self.sysroot}", "-L", self.sysroot / "lib" / architecture,
                        "-L", self.sysroot / "usr/lib" / architecture, "-Xclang-linker", "-pthread", "-ldl"]
        # Of libarchive the part for pax, which needs nothing else, becomes part of the program.
        command += ["-l:libarchive.a", "-l:libdeflate.a", "-l:libattr.so.1"]
        result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(result.stdout + result.stderr)
        run("objcopy", "--remove-section=.comment", target)

    def program(self, kind):
        """The linked program; one that was linked before, in an outer build, is taken as it is."""
        given = os.environ.get("CACHEFILES_PROGRAM")
        if given:
            return pathlib.Path(given)
        target = self.scratch / "linked" / kind / "cachefiles"
        self.link(target, kind)
        return target

    # What a package installs

    def stage(self, root, kind, prefix="usr", documents=f"share/doc/{NAME}"):
        program = self.program(kind)
        base = root / prefix
        (base / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(program, base / "bin/cachefiles")
        (base / "bin/cachefiles").chmod(0o755)
        for name in PROGRAMS:
            link(base / "bin" / name, "cachefiles")
        run("python3", HERE / "manuals.py", program, base / "share/man", env=self.environment)
        self.completions(base)
        target = base / documents
        target.mkdir(parents=True, exist_ok=True)
        for path in [SOURCE / "README.md", *(SOURCE / "Docs").glob("*.md")]:
            if path.name != "Changelog.md":
                shutil.copy(path, target)
        shutil.copy(SOURCE / "Docs/Changelog.md", target / "changelog")
        for name in ("schemas", "prometheus", "grafana", "fleet"):
            if (HERE / name).is_dir():
                shutil.copytree(HERE / name, base / "share" / NAME / name, dirs_exist_ok=True,
                                ignore=shutil.ignore_patterns("*_test.yml", "*.py"))
        configuration = base / "share/cachefiles-daemon"
        configuration.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "cachefilesd.conf", configuration)
        if prefix == "usr":
            units = root / "usr/lib/systemd/system"
            units.mkdir(parents=True, exist_ok=True)
            for path in sorted((HERE / "systemd").glob("*")):
                shutil.copy(path, units)

    def completions(self, base):
        program = (base / "bin/cachefiles").resolve()
        with tempfile.TemporaryDirectory() as directory:
            for name in ["cachefiles", *PROGRAMS]:
                called = pathlib.Path(directory) / name
                called.symlink_to(program)
                for shell, (folder, form) in SHELLS.items():
                    target = base / "share" / folder / form.format(name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    script = output_of(called, "--generate-completion-script", shell)
                    # A completion is read by a shell and not run.
                    target.write_text(re.sub(r"^#!.*\n", "", script) + "\n")

    @staticmethod
    def split(root, target):
        """Moves what belongs to the daemon alone; `cachefiles daemon`, which is a command, needs none of it."""
        for pattern in DAEMON_PARTS:
            found = sorted(root.glob(pattern))
            if not found:
                raise SystemExit(f"{root}: there is no {pattern} to move")
            for path in found:
                place = target / path.relative_to(root)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, place)

    # Packages

    def source_tree(self, target, extra):
        """The sources as they are in the working tree, as git lists them, with a packager's directory at the top."""
        names = output_of("git", "-C", SOURCE, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        for name in names:
            path = SOURCE / name
            if name and path.is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target / name, follow_symlinks=False)
        facts = {"revision": self.version.revision, "time": self.version.time}
        (target / "Sources/Packaging/version.json").write_text(json.dumps(facts) + "\n")
        for name, path in extra.items():
            shutil.copytree(path, target / name, dirs_exist_ok=True)

    def deb(self):
        program = self.program("dynamic")
        with tempfile.TemporaryDirectory() as directory:
            tree = pathlib.Path(directory) / f"{NAME}-{self.version.debian}"
            self.source_tree(tree, {"debian": HERE / "debian"})
            when = datetime.datetime.fromtimestamp(self.version.time, datetime.timezone.utc)
            (tree / "debian/changelog").write_text(
                f"{NAME} ({self.version.debian}) unstable; urgency=medium\n\n  * What changed is in Changelog.md.\n\n"
                f" -- The cachefiles-toolkit authors <cachefiles-toolkit@example.org>  {when:%a, %d %b %Y %H:%M:%S} +0000\n")
            run("dpkg-buildpackage", "-b", "-us", "-uc", "-d", cwd=tree, stdout=subprocess.DEVNULL, env=dict(self.environment, CACHEFILES_PROGRAM=str(program)))
            return self.keep(pathlib.Path(directory).glob("*.deb"))

    def rpm(self):
        program = self.program("dynamic")
        with tempfile.TemporaryDirectory() as directory:
            tree = pathlib.Path(directory) / "stage"
            with environment(CACHEFILES_PROGRAM=str(program)):
                self.stage(tree, "dynamic")
            # Elsewhere than in Debian.
            shutil.move(tree / "usr/share/zsh/vendor-completions", tree / "usr/share/zsh/site-functions")
            license = tree / "usr/share/licenses" / NAME
            license.mkdir(parents=True)
            shutil.copy(SOURCE / "Docs/LICENSE", license)
            shutil.copy(HERE / "debian/copyright", license)
            run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {directory}/rpm", "--define", f"stage {tree}",
                "--define", f"upstream_version {self.version.rpm}", "--define", "_build_id_links none",
                "--define", "_unitdir /usr/lib/systemd/system", HERE / f"rpm/{NAME}.spec", env=self.environment)
            return self.keep(pathlib.Path(directory).glob("rpm/RPMS/*/*.rpm"))

    def static(self):
        machine = os.uname().machine
        program = self.program("static")
        target = self.output / f"cachefiles-{self.version.debian}-linux-{machine}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(program, target)
        return [target]

    def tarball(self):
        machine = os.uname().machine
        name = f"{NAME}-{self.version.debian}-linux-{machine}"
        program = self.program("static")
        with tempfile.TemporaryDirectory() as directory:
            tree = pathlib.Path(directory) / name
            with environment(CACHEFILES_PROGRAM=str(program)):
                self.stage(tree, "static", prefix=".")
            shutil.copy(SOURCE / "Docs/LICENSE", tree / f"share/doc/{NAME}/LICENSE")
            shutil.copy(HERE / "debian/copyright", tree / f"share/doc/{NAME}/copyright")
            units = tree / "lib/systemd/system"
            units.mkdir(parents=True)
            for path in sorted((HERE / "systemd").glob("*")):
                shutil.copy(path, units)
            (tree / f"share/doc/{NAME}/sbom.spdx.json").write_text(json.dumps(self.parts(tree), indent=1) + "\n")
            target = self.output / (name + ".tar.gz")
            target.parent.mkdir(parents=True, exist_ok=True)
            pack(tree, target, self.version.time)
        return [target]

    def parts(self, tree):
        """The list of parts, as SPDX 2.3: the program and what is linked into it, with versions and licences."""
        when = datetime.datetime.fromtimestamp(self.version.time, datetime.timezone.utc)
        swift = re.search(r"Swift version (\S+)", output_of("swift", "--version", stderr=subprocess.DEVNULL))[1]
        state = json.loads((self.scratch / "workspace-state.json").read_text())
        linked = {"swift-argument-parser", "swift-system"}
        versions = {
            entry["packageRef"]["identity"]: entry["state"]["checkoutState"].get("version", "")
            for entry in state["object"]["dependencies"]}

        def debian(package):
            return output_of("dpkg-query", "-W", "-f", "${Version}", package) if shutil.which("dpkg-query") else "NOASSERTION"

        packages = [(NAME, self.version.debian, "Apache-2.0", "NOASSERTION")]
        packages += [(name, versions[name], "Apache-2.0", f"https://github.com/apple/{name}") for name in sorted(linked)]
        packages += [("swift", swift, "Apache-2.0 WITH Swift-exception", "https://www.swift.org/"),
                     ("glibc", debian("libc6-dev"), "LGPL-2.1-or-later", "https://www.gnu.org/software/libc/"),
                     ("libarchive", debian("libarchive-dev"), "BSD-2-Clause", "https://libarchive.org/"),
                     ("libattr", debian("libattr1-dev"), "LGPL-2.1-or-later", "https://savannah.nongnu.org/projects/attr"),
                     ("libdeflate", debian("libdeflate-dev"), "MIT", "https://github.com/ebiggers/libdeflate"),
                     ("libstdc++", debian("libstdc++6"), "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org/")]
        program = hashlib.sha256((tree / "bin/cachefiles").read_bytes()).hexdigest()
        identifiers = ["SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name) for name, *_ in packages]
        return {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"{NAME}-{self.version.debian}",
            "documentNamespace": f"https://spdx.org/spdxdocs/{NAME}-{self.version.debian}-{program[:16]}",
            "creationInfo": {"created": f"{when:%Y-%m-%dT%H:%M:%SZ}", "creators": ["Tool: Sources/Packaging/build.py"]},
            "packages": [
                {"name": name, "SPDXID": identifier, "versionInfo": version, "licenseConcluded": license,
                 "licenseDeclared": license, "downloadLocation": location, "copyrightText": "NOASSERTION",
                 "filesAnalyzed": False}
                for (name, version, license, location), identifier in zip(packages, identifiers)],
            "files": [{"fileName": "./bin/cachefiles", "SPDXID": "SPDXRef-program",
                       "checksums": [{"algorithm": "SHA256", "checksumValue": program}],
                       "licenseConcluded": "Apache-2.0", "copyrightText": "NOASSERTION"}],
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": identifiers[0]},
                {"spdxElementId": identifiers[0], "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-program"}] + [
                {"spdxElementId": "SPDXRef-program", "relationshipType": "STATIC_LINK", "relatedSpdxElement": identifier}
                for identifier in identifiers[1:]],
        }

    def keep(self, paths):
        self.output.mkdir(parents=True, exist_ok=True)
        kept = [pathlib.Path(shutil.copy(path, self.output)) for path in sorted(paths)]
        if not kept:
            raise SystemExit("nothing was built")
        return kept

    def checksums(self):
        """SHA256SUMS of all that lies in the directory of results."""
        lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(self.output.iterdir())
                 if path.is_file() and path.name != "SHA256SUMS"]
        (self.output / "SHA256SUMS").write_text("\n".join(lines) + "\n")


@contextlib.contextmanager
def environment(**values):
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def link(path, target):
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def pack(tree, target, time):
    """A tar file that is the same for the same content: sorted, owned by root, with the time of the commit."""
    def plain(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = time
        return entry
    with open(target, "wb") as file, gzip.GzipFile("", "wb", mtime=time, fileobj=file) as compressed:
        with tarfile.open(fileobj=compressed, mode="w", format=tarfile.GNU_FORMAT) as archive:
            archive.add(tree, tree.name, filter=plain, recursive=False)
            for path in sorted(tree.rglob("*")):
                archive.add(path, str(path.relative_to(tree.parent)), filter=plain, recursive=False)


def make_sysroot(target):
    """Unpacks Debian's oldest supported release with the libraries to link against."""
    run("debootstrap", "--variant=minbase", f"--include=libc6-dev,libgcc-10-dev,libattr1-dev", OLDEST, target,
        stdout=subprocess.DEVNULL)
    # Links from the root of that system are links within it here.
    for directory in ("lib64", "lib", "usr/lib"):
        for folder, directories, files in os.walk(target / directory):
            for name in files + directories:
                path = pathlib.Path(folder) / name
                if path.is_symlink() and os.readlink(path).startswith("/"):
                    link(path, os.path.relpath(str(target) + os.readlink(path), os.path.realpath(folder)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", help="where the packages go")
    parser.add_argument("--scratch", help="where to compile")
    parser.add_argument("--sysroot", help="link against the C library in this directory")
    parser.add_argument("command", choices=["deb", "rpm", "static", "tarball", "all", "stage", "split", "sysroot", "version"])
    parser.add_argument("directory", nargs="?")
    parser.add_argument("other", nargs="?")
    arguments = parser.parse_args()
    if arguments.command in ("stage", "sysroot") and not arguments.directory:
        parser.error("a directory is missing")
    if arguments.command == "sysroot":
        return make_sysroot(pathlib.Path(arguments.directory).resolve())
    if arguments.command == "split":
        return Build.split(pathlib.Path(arguments.directory).resolve(), pathlib.Path(arguments.other).resolve())
    build = Build(arguments)
    if arguments.command == "version":
        return print(build.version.debian)
    if arguments.command == "stage":
        return build.stage(pathlib.Path(arguments.directory).resolve(), "dynamic")
    wanted = ["deb", "rpm", "static", "tarball"] if arguments.command == "all" else [arguments.command]
    for name in wanted:
        for path in getattr(build, name)():
            print(path)
    build.checksums()


if __name__ == "__main__":
    main()
