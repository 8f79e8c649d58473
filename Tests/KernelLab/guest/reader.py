#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reader.py DIR LOG: reads the files f* in DIR one after another, again and again, each from the cache: what the mount has of it in memory
goes before. LOG gets the time of day after each, in seconds. It ends when LOG is gone."""
import os
import sys
import time

directory, log = sys.argv[1:]
names = sorted(entry.name for entry in os.scandir(directory) if entry.name.startswith("f"))
with open(log, "w") as times:
    while os.path.exists(log):
        for name in names:
            descriptor = os.open(os.path.join(directory, name), os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            while os.read(descriptor, 1 << 18):
                pass
            os.close(descriptor)
            print(time.time(), file=times, flush=True)
