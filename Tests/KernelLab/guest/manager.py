#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manager.py LOG COMMAND...: does for a service what systemd does for one of Type=notify with a descriptor store: listens on
NOTIFY_SOCKET, keeps the descriptors that come with FDSTORE=1, starts the command again when it did not end by itself with status 0, and hands them over
(LISTEN_FDS). SIGTERM ends the command and then this, SIGUSR1 restarts the command as 'systemctl restart' does, SIGUSR2 throws the
descriptors away. Writes what it hears to LOG."""
import array
import fcntl
import os
import select
import signal
import socket
import sys

log = open(sys.argv[1], "w", buffering=1, encoding="ascii")
command = sys.argv[2:]
path = sys.argv[1] + ".socket"
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(path)
kept, child, state = [], 0, {"end": False, "restart": False}


def start():
    pid = os.fork()
    if pid:
        return pid
    environment = {**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "4000000", "WATCHDOG_PID": str(os.getpid())}
    if kept:
        for index, descriptor in enumerate(kept):
            os.dup2(descriptor, 3 + index)
        environment |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(kept)),
                        "LISTEN_FDNAMES": ":".join(["cachefiles"] * len(kept))}
    os.execvpe(command[0], command, environment)


def drop():
    for descriptor in kept:
        os.close(descriptor)
    kept.clear()
    log.write("store emptied\n")


def hear():
    message, ancillary, _, _ = server.recvmsg(65536, 4096)
    text = message.decode("ascii", "replace")
    for _, _, data in ancillary:
        descriptors = array.array("i")
        descriptors.frombytes(data)
        # Away from the numbers that are handed over.
        for descriptor in descriptors:
            kept.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 50))
            os.close(descriptor)
        while len(kept) > 1:
            os.close(kept.pop(0))
    if "FDSTOREREMOVE=1" in text:
        drop()
    log.write(text.replace("\n", " ") + "\n")


def note(name):
    state[name] = True
    if child:
        os.kill(child, signal.SIGTERM)


signal.signal(signal.SIGTERM, lambda *_: note("end"))
signal.signal(signal.SIGUSR1, lambda *_: note("restart"))
signal.signal(signal.SIGUSR2, lambda *_: drop())
child = start()
while True:
    if select.select([server], [], [], 0.1)[0]:
        hear()
    pid, status = os.waitpid(child, os.WNOHANG)
    if not pid:
        continue
    log.write(f"ended {status}\n")
    if state["end"] or not (status or state["restart"]):
        break
    state["restart"] = False
    child = start()
