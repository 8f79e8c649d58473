# SPDX-License-Identifier: Apache-2.0
"""What the network file systems write into a cache: the second implementation's part, see format.py beside it.

Each function returns a dictionary of the values as Docs/Format.md writes them.
"""
import re
import struct

RANKS = {"little": "<", "big": ">"}


def escape(data):
    """Bytes as text without blanks: everything but printable ASCII as \\xHH, a backslash twice."""
    return "".join("\\\\" if b == 92 else chr(b) if 33 <= b < 127 else f"\\x{b:02x}" for b in data)


def moment(seconds, nanoseconds):
    return f"{seconds}.{nanoseconds:09}"


def nt_time(units):
    return moment(units // 10**7 - 11644473600, units % 10**7 * 100)


def ipv4(number):
    return ".".join(str(number >> s & 255) for s in (24, 16, 8, 0))


def volume_key(key, order):
    fields = key.decode().split(",")
    if fields[0] == "nfs":
        def swapped(text, width):
            return int.from_bytes(int(text or "0", 16).to_bytes(width, order), "big")
        numbers = [int(f or "0", 16) for f in fields[2:16]]
        words = 1 if numbers[0] == 2 else 4
        address = "".join(f"{swapped(f, 4):08x}" for f in fields[4:4 + words])
        short = re.sub(r"(^|:)(0+:)+", "::", ":".join(address[i:i + 4] for i in range(0, 32, 4)))
        rest = fields[4 + words:]
        number = [int(f or "0", 16) for f in rest[:11]]
        found = {"version": re.sub(r"^([23])\.0$", r"\1", fields[1]),
                 "port": swapped(fields[3], 2), "fsid_major": hex(number[0]), "fsid_minor": hex(number[1]),
                 "rsize_bytes": number[4], "wsize_bytes": number[5], "acregmin_jiffies": number[6],
                 "acregmax_jiffies": number[7], "acdirmin_jiffies": number[8], "acdirmax_jiffies": number[9],
                 "address": ipv4(int(address, 16)) if words == 1 else re.sub(r"(^|:)0{1,3}(?=[0-9a-f])", r"\1", short),
                 "auth_flavour": {1: "sys", 390003: "krb5"}.get(number[10], hex(number[10]))}
        return found | ({"uniquifier": ",".join(rest[11:])} if rest[11:] else {})
    if fields[0] == "afs":
        return {"cell": fields[1], "volume_id": int(fields[2], 16)}
    if fields[0] == "cifs":
        address, port = fields[1].rsplit(":", 1)
        return {"address": address.strip("[]"), "port": port, "share": ",".join(fields[2:])}
    if fields[0] == "9p":
        return {"device": fields[1], "tag": fields[2]}
    if fields[0] == "ceph":
        return {"fsid": fields[1]} | ({"uniquifier": ",".join(fields[2:])} if fields[2:] else {})
    return {"domain": ",".join(fields[1:])}


def cookie_key(netfs, order, key):
    rank = RANKS[order]
    if netfs == "afs":
        low, unique, middle, high = struct.unpack(">4I", key)
        return {"vnode": low | middle << 32, "uniquifier": unique, "vnode_high": high}
    if netfs == "cifs" and len(key) == 17:
        inode, created, kind = struct.unpack("<QQB", key)
        kinds = {4: b"directory", 8: b"regular file"}
        return {"inode_number": inode, "created": nt_time(created), "file_type": escape(kinds[kind])}
    if netfs == "cifs":
        return {"inode_number": struct.unpack(rank + "Q", key)[0]}
    if netfs == "9p":
        return {"qid_path": struct.unpack("<Q", key)[0]}
    if netfs == "ceph":
        inode, snapshot = struct.unpack(rank + "2Q", key)
        return {"inode_number": hex(inode), "snapshot": {2**64 - 2: "live"}.get(snapshot, hex(snapshot))}
    if netfs == "erofs":
        return {"blob": escape(key)}
    if key[0] == 0x43:
        length = 5 + key[4]
        return {"export_id": int.from_bytes(key[2:4], "big"), "storage_handle": key[5:length].hex()}
    assert key[:3] == b"\1\0\1" and key[3] == 1, "of Linux servers' handles only fsid and 32-bit inode are known here"
    numbers = [(suffix, struct.unpack(rank + "3I", key[4:])) for suffix, rank in (("_little", "<"), ("_big", ">"))]
    assert numbers[0][1][0] == numbers[1][1][0], "an export's number that reads the same in both orders"
    return {"export_fsid": numbers[0][1][0]} | {
        name + suffix + "_endian": found[place]
        for suffix, found in numbers for place, name in ((1, "inode"), (2, "generation"))}


def coherency(netfs, order, data):
    rank = RANKS[order]
    if netfs == "nfs":
        seconds, nanos, changed, changed_nanos, change = struct.unpack(rank + "4qQ", data)
        return {"modified": moment(seconds, nanos), "changed": moment(changed, changed_nanos),
                "change_attribute": hex(change) if change else "none"}
    if netfs == "cifs":
        write, change, write_nanos, change_nanos = struct.unpack("<2q2I", data)
        return {"last_write": moment(write, write_nanos), "last_change": moment(change, change_nanos)}
    name, layout = {"afs": ("data_version", ">Q"), "9p": ("qid_version", "<I"),
                    "ceph": ("inode_version", rank + "Q")}[netfs]
    return {name: struct.unpack(layout, data)[0]}


def volume_coherency(data):
    resource, created, serial = struct.unpack("<QQI", data)
    return {"resource_id": hex(resource), "volume_created": nt_time(created), "volume_serial": hex(serial)}
