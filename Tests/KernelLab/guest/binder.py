#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""binder.py CONFIGURATION STATE: binds a cache with /dev/cachefiles, as cachefilesd does, and does nothing else: it neither culls
nor empties the graveyard. Writes what the kernel says of the cache to STATE, again at each SIGUSR1, and ends at SIGTERM."""
import os
import signal
import sys

configuration, state = sys.argv[1:3]
device = os.open("/dev/cachefiles", os.O_RDWR)
lines = [line.strip() for line in open(configuration) if line.strip()]
# The kernel holds each limit against the others as they are: the greater ones first.
order = ["dir", "tag", "brun", "frun", "bcull", "fcull", "bstop", "fstop"]
for line in sorted(lines, key=lambda line: order.index(line.split()[0])):
    os.write(device, line.encode())
os.write(device, b"bind")


def tell(*_):
    text = os.read(device, 4096)
    with open(state + ".new", "wb") as file:
        file.write(text + b"\n")
    os.rename(state + ".new", state)


signal.signal(signal.SIGUSR1, tell)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
tell()
while True:
    signal.pause()
