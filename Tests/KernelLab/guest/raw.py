#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""raw.py PROCESS DIRECTORY COMMAND NAME: gives a command to the device of the process that holds the cache, from that directory, and
prints what the kernel answers: OK, or the name of an error."""
import ctypes
import errno
import os
import sys

PIDFD_OPEN, PIDFD_GETFD = 434, 438
process, directory, command, name = sys.argv[1:5]
libc = ctypes.CDLL(None, use_errno=True)
links = {int(fd): os.readlink(f"/proc/{process}/fd/{fd}") for fd in os.listdir(f"/proc/{process}/fd")}
theirs = next(fd for fd, target in links.items() if target == "/dev/cachefiles")
device = libc.syscall(PIDFD_GETFD, libc.syscall(PIDFD_OPEN, int(process), 0), theirs, 0)
if device < 0:
    raise SystemExit(f"raw.py: {os.strerror(ctypes.get_errno())}")
os.chdir(directory)
try:
    os.write(device, f"{command} {name}".encode())
    print("OK")
except OSError as error:
    print(errno.errorcode[error.errno])
