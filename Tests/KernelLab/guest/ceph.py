#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ceph.py CONF UUID: makes a file system "lab" in the newborn cluster of CONF: one OSD of this identifier, two pools. One connection for
all of it, because the command `ceph` takes seconds to start in an emulated machine.
ceph.py CONF --wait: waits until the file system has an active metadata server."""
import json
import sys
import time

import rados

EARLY = "wrong fsid"  # a connection that has not heard yet whose cluster it is


def ask(cluster, prefix, **more):
    """What the monitors answer."""
    command = json.dumps({"prefix": prefix, "format": "json", **more})
    for _ in range(60):
        status, output, error = cluster.mon_command(command, b"", timeout=120)
        if error != EARLY:
            break
        time.sleep(0.5)
    if status:
        sys.exit(f"{prefix}: {status} {error}")
    return output


def is_active(cluster):
    servers = json.loads(ask(cluster, "fs dump"))["filesystems"][0]["mdsmap"]["info"]
    return any(server["state"] == "up:active" for server in servers.values())


def main():
    cluster = rados.Rados(conffile=sys.argv[1], name="client.admin")
    cluster.connect(timeout=120)
    if sys.argv[2] == "--wait":
        end = time.monotonic() + 180
        while not is_active(cluster):
            if time.monotonic() > end:
                sys.exit("no metadata server is active")
            time.sleep(0.5)
        return
    ask(cluster, "osd new", uuid=sys.argv[2])
    ask(cluster, "osd crush add", id=0, weight=1.0, args=["root=default", "host=lab"])
    for pool in ("meta", "data"):
        ask(cluster, "osd pool create", pool=pool, pg_num=4)
    ask(cluster, "fs new", fs_name="lab", metadata="meta", data="data")


main()
