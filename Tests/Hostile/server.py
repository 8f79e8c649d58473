# SPDX-License-Identifier: Apache-2.0
"""Runs the programs through Tests/CommandServer, which forks for each run, and says how each ended."""

import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Seconds after which a run is called a hang and ended, and the time of the processor that is too much. A busy machine makes anything wait.
LIMIT = 60
PROCESSOR = 5.0


class Result:
    def __init__(self, arguments, status, seconds, out, err, calls=()):
        self.arguments, self.status, self.seconds = arguments, status, seconds
        self.out, self.err, self.calls = out, err, calls

    @property
    def crashed(self):
        return self.status < 0 or b"Fatal error" in self.err

    @property
    def hung(self):
        return self.status == -signal.SIGALRM or self.seconds > PROCESSOR

    def __repr__(self):
        words = " ".join(os.fsdecode(argument) for argument in self.arguments)
        return f"{words!r}: status {self.status}, err {self.err[-600:]!r}, out {self.out[-400:]!r}"


class Server:
    """One server, and a directory of its own for what runs print."""

    def __init__(self, binary, directory):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="server-", dir=directory))
        self.directory.joinpath("state").mkdir()
        environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                       "XDG_STATE_HOME": str(self.directory / "state"), "HOME": str(self.directory),
                       "TMPDIR": str(self.directory), "SWIFT_BACKTRACE": "enable=no"}
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.runs = 0

    def ask(self, *fields):
        body = b"\0".join(os.fsencode(field) for field in fields)
        self.process.stdin.write(struct.pack("<I", len(body)) + body)
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] == b"what?":
            raise SystemExit(f"the command server did not understand {fields}")
        return [int(word) for word in answer]

    def run(self, *arguments, fault="-", stdin="", stdout=None, cwd=None, seconds=LIMIT):
        """Runs a program: its name and its arguments. Standard output may go to a file instead."""
        arguments = [argument if isinstance(argument, bytes) else str(argument) for argument in arguments]
        out, err = str(stdout or self.directory / "out"), str(self.directory / "err")
        status, micros = self.ask("run", fault, str(seconds), stdin, out, err, str(cwd or self.directory), *arguments)
        self.runs += 1
        calls = ()
        if fault == "record":
            calls = pathlib.Path(out + ".c").read_text().split()
        text = b"" if stdout else pathlib.Path(out).read_bytes()
        return Result(arguments, status, micros / 1e6, text, pathlib.Path(err).read_bytes(), calls)

    def race(self, steps, pause):
        return self.ask("race", str(pause), *[field for step in steps for field in step])[0]

    def stop(self, process):
        return self.ask("stop", str(process))[2]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def binary(configuration):
    """The server as it was built: debug or release."""
    path = ROOT / ".build" / configuration / "command-server"
    if not path.exists():
        raise SystemExit(f"{path} is not built: swift build -c {configuration} --product command-server")
    return str(path)


def workshop(asked=None):
    """A new directory for trees: in memory, where the kernel can keep attributes of users there, else where TMPDIR says."""
    for place in [asked] if asked else ["/dev/shm", os.environ.get("TMPDIR", "/var/tmp"), "/var/tmp"]:
        try:
            directory = tempfile.mkdtemp(prefix="hostile-", dir=place)
        except OSError:
            continue
        try:
            os.setxattr(directory, "user.test", b"1")
            os.removexattr(directory, "user.test")
            return directory
        except OSError:
            os.rmdir(directory)
    raise SystemExit("no directory whose file system keeps attributes of users")
