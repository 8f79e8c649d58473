# SPDX-License-Identifier: Apache-2.0
"""Work in several processes, and what they counted."""

import collections
import os
import sys
import traceback


def run(jobs, work):
    """Runs work(job), which gives how much failed and a Counter, in so many processes. Gives whether any failed, and the sums."""
    counts, failed = collections.Counter(), False
    for child, reading in [_start(job, work) for job in range(jobs)]:
        with os.fdopen(reading) as pipe:
            for line in pipe:
                count, name = line.rstrip("\n").split(" ", 1)
                counts[name] += int(count)
        failed |= os.waitpid(child, 0)[1] != 0
    return failed, counts


def _start(job, work):
    """Starts one process; what it counted comes back through a pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 2
    try:
        os.close(reading)
        wrong, counts = work(job)
        status = 1 if wrong else 0
        with os.fdopen(writing, "w") as pipe:
            pipe.write("\n".join(f"{count} {name}" for name, count in counts.items()))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)
