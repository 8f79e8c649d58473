# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: building, running with time and memory, tables."""
import contextlib, os, shutil, statistics, subprocess, sys, threading, time

package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build():
    """Builds the release programs and gives their directory."""
    subprocess.run(["swift", "build", "-c", "release", "--static-swift-stdlib"], cwd=package, check=True, stdout=subprocess.DEVNULL)
    return os.path.join(package, ".build/release")


def compile_scanner(directory):
    """Compiles the scanner in C and gives its path."""
    source, program = os.path.join(package, "Tests/Benchmarks/c/scan.c"), os.path.join(directory, "scan")
    subprocess.run([shutil.which("cc") or "clang", "-O2", "-pthread", "-o", program, source], check=True)
    return program


def watch(process, peak, done):
    """Keeps the high-water mark of a process in KiB."""
    while not done.wait(0.005):
        try:
            with open(f"/proc/{process}/status") as file:
                marks = [line for line in file if line.startswith("VmHWM")]
        except OSError:
            return
        if marks:
            peak[0] = int(marks[0].split()[1])


def run(command, stdin=None):
    """Seconds of wall clock, of user and system time, and the peak memory in MiB.

    Peak memory is the kernel's high-water mark (VmHWM), read every 5 ms: ru_maxrss would count this script's own
    memory, which a child starts with."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL)
    peak, done = [0], threading.Event()
    watcher = threading.Thread(target=watch, args=(process.pid, peak, done))
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = status
    done.set()
    watcher.join()
    if status != 0:
        sys.exit(f"{command[0]} failed: {status}")
    return seconds, usage.ru_utime, usage.ru_stime, peak[0] / 1024


def drop_caches():
    subprocess.run(["sync"], check=True)
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3\n")


@contextlib.contextmanager
def mounted_image(kind, directory, objects):
    """A new file system of a kind in a sparse file, mounted, with room for two caches of so many objects without data."""
    os.makedirs(directory, exist_ok=True)
    image, place = os.path.join(directory, "image"), os.path.join(directory, "mounted")
    os.mkdir(place)
    with open(image, "wb") as file:
        file.truncate((8 << 30) + objects * 4096)
    more = ["-F", "-N", str(objects * 5 // 2 + 200_000), "-E", "lazy_itable_init=0,lazy_journal_init=0"]
    subprocess.run([f"mkfs.{kind}", "-q", *(more if kind == "ext4" else []), image], check=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
        os.unlink(image)


def table(title, commands, objects, runs, prepare, yardstick):
    """Runs commands in turn, so that a disturbance hits all of them, and prints the medians."""
    results = {name: [] for name, _ in commands}
    for _ in range(runs):
        for name, command in commands:
            prepare()
            results[name].append(run(command))
    print(f"\n{title}\n\n| command | seconds | objects/s | {yardstick} is 1 | user s | system s | peak MiB |\n"
          "|---|--:|--:|--:|--:|--:|--:|")
    unit = statistics.median(result[0] for result in results[yardstick])
    for name, _ in commands:
        seconds, user, system, memory = (statistics.median(column) for column in zip(*results[name]))
        print(f"| {name} | {seconds:.2f} | {objects / seconds:,.0f} | {seconds / unit:.2f} | "
              f"{user:.2f} | {system:.2f} | {memory:.0f} |", flush=True)


def count_calls(commands, objects):
    """Prints how many system calls each command makes for an object, as strace counts them."""
    print("\nSystem calls for an object\n\n| command | calls | the most frequent |\n|---|--:|---|")
    for name, command in commands:
        result = subprocess.run(["strace", "-c", "-f", "-U", "calls,name", "-o", "/dev/stderr", *command],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        rows = [line.split() for line in result.stderr.splitlines()]
        counts = {row[1]: int(row[0]) for row in rows if len(row) == 2 and row[0].isdigit() and row[1] != "total"}
        frequent = sorted(counts.items(), key=lambda item: -item[1])[:4]
        words = ", ".join(f"{call} {count / objects:.2f}" for call, count in frequent)
        print(f"| {name} | {sum(counts.values()) / objects:.2f} | {words} |", flush=True)
    if subprocess.run(["strace", "-e", "trace=getxattrat", "true"], stderr=subprocess.DEVNULL).returncode:
        print("\nThis strace does not know `getxattrat`, and leaves it out.")
