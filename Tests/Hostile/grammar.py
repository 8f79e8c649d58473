# SPDX-License-Identifier: Apache-2.0
"""A grammar of hostile caches: what is near the valid forms, from a seed. Mounts are left to other tests."""

import os
import random
import re
import stat
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Independent"))
sys.dont_write_bytecode = True
import format  # noqa: E402  the second implementation of the format
from snapshot import APPEND_ONLY, CACHE, IMMUTABLE, set_flags  # noqa: E402

IS_ROOT = os.geteuid() == 0
LONGEST = (1 << 63) - 1

# Bytes of coherency data of an object, by network file system.
COHERENCY = {b"nfs": 40, b"afs": 8, b"cifs": 24, b"9p": 4, b"ceph": 8, b"erofs": 0}
VOLUME_COHERENCY = {kind: 20 if kind == b"cifs" else 0 for kind in COHERENCY}
PIECES = [b"\n", b"\x1b[31m", b"<b>", b'"', b"\\", b"'", b"\xff\xfe", b"\xc3\xa9", b"e\xcc\x81", b"\t", b"\r", b"{", b"}", b"=", b",", b" ",
          b"\x7f", b"\xe2\x80\xae", b"%", b"&amp;", b"]]>", b"=1+1", b"@", b"*", b"?", b"#", b"--", b"\\x41", b"[", b"\x01"]
FOREIGN = [b"cache", b"graveyard", b"@00", b"@0a", b"I", b"I9p,a", b"T1", b"x" * 255, b"lost+found", b"-p", b"--all", b"graveyard.cachefiles-fsck",
           b"graveyard.cachefiles-fsck-1", b"@0", b"@ e", b"@0A", b".cachefiles-copy", b"6b00e87700000001", b"x6b00e4cfx0x"]
NFS = b"nfs,3.0,2,,100007f,,,,3082c0,80000,80000,2ee,3a98,1d4c,3a98,1,"


def fanout(volume, key):
    return b"@%02x" % (format.mix(format.volume_hash(volume), key) & 255)


def netfs(volume):
    words = volume.split(b",", 1)
    return words[0] if len(words) == 2 and words[0] in COHERENCY else None


# The forms of keys, as far as they decide about what is below: a number has no zero in front, and NFS leaves a zero out.
NUMBER = rb"(?:[1-9a-f][0-9a-f]*)?"
FORMS = {
    # Version, words of the address, port, the address, and eleven numbers; the uniquifier is the last.
    b"nfs": rb"nfs,[1-9][0-9]*\.(?:0|[1-9][0-9]*),(?:2,%(n)s,%(n)s|a,%(n)s,%(n)s,%(n)s,%(n)s,%(n)s)(?:,%(n)s){11}(?:,.*)?" % {b"n": NUMBER},
    b"afs": rb"afs,[^,]+,(?:0|[1-9a-f][0-9a-f]{0,15})",
    b"cifs": rb"cifs,[0-9]{1,3}(?:\.[0-9]{1,3}){3}:[0-9]{1,5},.*",
    b"9p": rb"9p,[^,]*,.*",
    b"ceph": rb"ceph,[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:,.*)?",
    b"erofs": rb"erofs,.+",
}


def rules(volume):
    """Whose lengths of keys and records hold in a volume: nobody's where its network file system makes no such key."""
    kind = netfs(volume)
    return kind if kind and re.fullmatch(FORMS[kind], volume, re.DOTALL) else None


def legible(name):
    """A name that a directory can hold."""
    name = name.replace(b"/", b"_").replace(b"\0", b"_")[:255]
    return b"x" if name in (b"", b".", b"..") else name


class Tree:
    """One cache below `root`, with a directory of canaries beside it to which its links lead."""

    def __init__(self, seed, root, canary):
        self.random, self.root, self.canary = random.Random(seed), os.fsencode(root), os.fsencode(canary)
        self.now = time.time_ns()
        self.linked, self.flagged = [], []
        self.files = [0] * 8

    # Words.

    def chance(self, share):
        return self.random.random() < share

    def junk(self, longest=12):
        choose = self.random.choice
        length = self.random.randint(1, longest)
        if self.chance(0.5):
            return legible(b"".join(choose(PIECES) if self.chance(0.4) else bytes([choose(b"abcXYZ019")]) for _ in range(length)))
        return legible(bytes(self.random.randint(1, 255) for _ in range(length)))

    def name(self):
        return self.junk() if self.chance(0.5) else self.random.choice(FOREIGN)

    def volume_key(self):
        number = self.random.getrandbits(32)
        return self.random.choices([
            b"9p,srv," + self.junk(6), NFS + self.junk(6),
            b"nfs,4.2,2,108,%x,,,,,80000,80000,2ee,3a98,1d4c,3a98,1" % number, b"cifs,127.0.0.1:445," + self.junk(6),
            b"afs,example.com,%x" % number, b"ceph,3b6f1d2e-55aa-4c0e-9a77-0011223344%02x" % (number & 255),
            b"erofs," + self.junk(5), self.junk(20), self.random.choice([b"x" * 254, b"y" * 253 + b","]),
            self.random.choice([b"nfs", b"9p", b"nfs,", b"9p,", b"cifs,,", b"erofs", b"afs,a", b"ceph,"])],
            [15, 15, 8, 12, 10, 8, 10, 12, 4, 6])[0][:254]

    def cookie_key(self, kind):
        def sparse(length):
            return bytes(self.random.getrandbits(8) if self.chance(0.5) else 0 for _ in range(length))
        if kind == b"nfs":
            return sparse(self.random.choice([16, 20, 28, 32, 56, 128, 17, 3, 1]))
        if kind == b"cifs":
            return sparse(16) + b"\x08" if self.chance(0.85) else sparse(8)
        if kind == b"erofs":
            return bytes(self.random.choice(b"!#-.09AZaz~") for _ in range(self.random.randint(1, 20)))
        return sparse({b"9p": 8, b"afs": 16, b"ceph": 16}.get(kind) or self.random.randint(1, 40))

    def mutated(self, name):
        letters = bytearray(name)
        for _ in range(self.random.randint(1, 3)):
            place = self.random.randrange(len(letters) + 1)
            what = self.random.random()
            if what < 0.3 and place < len(letters):
                letters[place] = self.random.choice(b"DSTE012,abcfABC0_- %\xff\n")
            elif what < 0.6:
                letters.insert(place, self.random.choice(b"0,aF_\x1b"))
            elif place < len(letters) > 1:
                del letters[place]
        return legible(bytes(letters))

    def record(self, kind):
        """The size that the record of an object tells, and the record."""
        choose = self.random.choice
        size = choose([0, 1, 4095, 4096, 4097, self.random.randint(0, 20000), self.random.randint(0, 20000), 1 << 40, LONGEST - 4095, LONGEST])
        if self.chance(0.03):
            size = choose([1 << 63, (1 << 64) - 1])
        header = struct.pack(">QQBB", size, choose([0] * 20 + [1, 1 << 63]), choose([1] * 20 + [0, 2]), choose([0] * 10 + [1, 2, 3, 4, 4, 9, 255]))
        value = header + self.random.randbytes(COHERENCY.get(kind, self.random.randint(0, 30)))
        what = self.random.random()
        if what < 0.04:
            value += bytes(choose([1, 3, 200, 300, 1100]))
        elif what < 0.08:
            value = value[:self.random.randint(0, len(value))]
        return size, value

    # What an entry has beside its name.

    def moment(self):
        """A time between 1901 and 2446, mostly of this year."""
        what = self.random.random()
        day = 86400 * 10**9
        if what < 0.75:
            return self.now - self.random.randint(0, 200) * day - self.random.randint(0, 10**9)
        if what < 0.85:
            # Ties.
            return (self.now // day - self.random.randint(0, 3)) * day
        if what < 0.9:
            return self.now + self.random.randint(1, 400) * day
        second = self.random.choice([0, -1, -(1 << 31), 1 << 31, (1 << 31) - 1, 4102444800, 9223372036, 9223372037, 15032385535,
                                     self.random.randint(-(1 << 31), 15032385535)])
        return second * 10**9 + self.random.choice([0, 1, 999999999])

    def dress(self, path, status):
        """Times, owner, flags and attributes that are not the cache's."""
        is_link = stat.S_ISLNK(status)
        if self.chance(0.05):
            names = [b"user.other", b"user.CacheFiles.cache2", b"user." + self.junk(8)] * (not is_link)
            names += [b"trusted.note", b"security.note"] * IS_ROOT
            if names:
                self.attempt(os.setxattr, path, self.random.choice(names), self.junk(30), follow_symlinks=False)
        if IS_ROOT and self.chance(0.06):
            owners = [0, 1, 1000, 65534, 0x7FFFFFFF, 0xFFFFFFFE]
            self.attempt(os.chown, path, self.random.choice(owners), self.random.choice(owners), follow_symlinks=False)
        if not is_link and self.chance(0.2):
            # Without root nobody would get into the others any more.
            modes = [0o644, 0o777, 0o4755, 0o2770, 0o1777, 0o700, 0, 0o100] if IS_ROOT else [0o700, 0o755, 0o777, 0o1777]
            self.attempt(os.chmod, path, self.random.choice(modes))
        if IS_ROOT and not is_link and (stat.S_ISREG(status) or stat.S_ISDIR(status)) and self.chance(0.02):
            self.flagged.append((path, self.random.choice([IMMUTABLE, APPEND_ONLY, IMMUTABLE | APPEND_ONLY])))
        accessed = self.moment()
        modified = accessed if self.chance(0.5) else self.moment()
        self.attempt(os.utime, path, ns=(accessed, modified), follow_symlinks=False)

    @staticmethod
    def attempt(call, *arguments, **options):
        """A file system may refuse a name, a time or an attribute."""
        try:
            call(*arguments, **options)
            return True
        except (OSError, OverflowError):
            return False

    # Entries.

    def file(self, path, size, value):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            for _ in range(self.random.randint(0, 3)):
                os.pwrite(descriptor, bytes([self.random.randint(0, 255)]) * self.random.randint(1, 5000), self.random.randint(0, 6) * 4096)
            whole = min((size + 4095) // 4096 * 4096, LONGEST)
            what = self.random.random()
            length = whole
            if what > 0.95:
                length = max(0, whole + self.random.randint(-100, 100))
            elif what > 0.9:
                length = whole + 4096 * self.random.randint(0, 3)
            elif what > 0.85:
                length = None
            if length is not None and not self.attempt(os.ftruncate, descriptor, min(length, LONGEST)):
                self.attempt(os.ftruncate, descriptor, 8192)
        finally:
            os.close(descriptor)
        if value is not None:
            self.attempt(os.setxattr, path, CACHE, value)
        self.dress(path, stat.S_IFREG)
        if self.chance(0.05):
            self.linked.append(path)

    def other(self, path, depth=0):
        """Anything, where it may not belong."""
        what = self.random.random()
        choose = self.random.choice
        try:
            if what < 0.3:
                return self.file(path, self.random.randint(0, 9000), self.record(b"9p")[1] if self.chance(0.4) else None)
            if what < 0.6:
                return self.directory(path, depth)
            if what < 0.75:
                canary = self.canary
                os.symlink(choose([canary, canary + b"/cache", canary + b"/graveyard", canary + b"/file", b"..", b"nowhere", b".", b"/", self.junk()]), path)
                return self.dress(path, stat.S_IFLNK)
            if what < 0.85 or not IS_ROOT:
                os.mkfifo(path)
            elif what < 0.93:
                os.mknod(path, 0o600 | choose([stat.S_IFCHR, stat.S_IFBLK]), os.makedev(1, 3))
            else:
                os.mknod(path, 0o600 | stat.S_IFSOCK)
            self.dress(path, stat.S_IFIFO)
        except OSError:
            pass

    def directory(self, path, depth):
        os.mkdir(path, 0o700)
        if self.chance(0.01):
            # Deeper than anything of a cache.
            inner = path
            for _ in range(self.random.randint(10, 300)):
                inner += b"/d"
                os.mkdir(inner)
        elif depth < 4:
            for _ in range(self.random.randint(0, 3)):
                self.other(path + b"/" + self.name(), depth + 1)
        self.dress(path, stat.S_IFDIR)

    def objects(self, volume, path):
        kind = netfs(volume)
        for _ in range(self.random.choice([0, 1, 2, 4, 8])):
            key = self.cookie_key(kind)
            name, place = format.encode(key), fanout(volume, key)
            if self.chance(0.12):
                name = self.mutated(name)
            if self.chance(0.08):
                place = b"@%02x" % self.random.getrandbits(8)
            path_of_object = path + b"/" + place + b"/" + name
            if len(name) > 255 or not (os.path.isdir(path + b"/" + place) or self.attempt(os.mkdir, path + b"/" + place, 0o700)):
                continue
            if os.path.lexists(path_of_object):
                continue
            if self.chance(0.08):
                self.other(path_of_object)
                continue
            size, value = self.record(kind)
            self.attempt(self.file, path_of_object, size, value if self.chance(0.93) else None)

    def volume(self, cache):
        key = legible(self.volume_key())
        path = cache + b"/I" + key[:254]
        if not self.attempt(os.mkdir, path, 0o700):
            return
        value = bytes(24 if netfs(key) == b"cifs" else 4)
        what = self.random.random()
        if what > 0.86:
            value = self.random.choice([b"", b"\0", b"\0\0\0\1", bytes(5), bytes(24), bytes(260), b"C3", bytes(1200)])
        if not 0.8 < what < 0.86:
            self.attempt(os.setxattr, path, CACHE, value)
        self.objects(key, path)
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            inner = path + b"/" + self.random.choice([b"@9C", b"@9", b"README", self.junk(), b"@%02x" % self.random.getrandbits(8), b"@ e"])
            if not os.path.lexists(inner):
                self.other(inner)
        self.dress(path, stat.S_IFDIR)

    def legacy(self, cache):
        path = cache + b"/@4a"
        if not os.path.lexists(path):
            os.makedirs(path + b"/Jx/@01")
            self.file(path + b"/Jx/@01/Exyz", 100, b"\1abcdef")
        if self.chance(0.5):
            self.attempt(os.setxattr, cache, CACHE, self.random.choice([b"C3", b"xx"]))

    def scatter(self, directory, names, counts):
        for _ in range(self.random.choice(counts)):
            path = directory + b"/" + names()
            if not os.path.lexists(path):
                self.other(path)

    def build(self):
        root, cache, graveyard = self.root, self.root + b"/cache", self.root + b"/graveyard"
        os.mkdir(root, 0o700)
        for path, share in ((cache, 0.95), (graveyard, 0.85)):
            if self.chance(share):
                os.mkdir(path, 0o700)
            elif self.chance(0.6):
                self.other(path)
        if os.path.isdir(cache) and not os.path.islink(cache):
            for _ in range(self.random.choice([0, 1, 2, 3, 5])):
                self.volume(cache)
            self.scatter(cache, self.name, [0, 0, 1, 2])
            if self.chance(0.1):
                self.legacy(cache)
        if os.path.isdir(graveyard) and not os.path.islink(graveyard):
            self.scatter(graveyard, lambda: self.random.choice([self.name(), b"%016x" % self.random.getrandbits(64)]), [0, 0, 1, 3])
        self.scatter(root, self.name, [0, 0, 0, 1])
        for path in self.linked:
            beside = os.path.dirname(path) + b"/" + self.mutated(os.path.basename(path))
            self.attempt(os.link, path, self.random.choice([root + b"/" + self.name(), beside, graveyard + b"/linked", self.canary + b"/" + self.junk()]),
                         follow_symlinks=False)
        for path in (cache, graveyard):
            if os.path.isdir(path) and not os.path.islink(path) and self.chance(0.3):
                self.dress(path, stat.S_IFDIR)
        for path, value in self.flagged:
            self.attempt(set_flags, path, value)
        return self


def make_canary(path):
    """A directory that looks like a cache, and of which nothing may change."""
    for inner in ("cache/I9p,a/@00", "graveyard/6b00e87700000001/inner", "I9p,a", "@00"):
        os.makedirs(os.path.join(path, inner))
    for inner in ("file", "cache/I9p,a/@00/T1", "cache/file", "graveyard/file", "graveyard/6b00e87700000001/inner/file", "T1"):
        with open(os.path.join(path, inner), "w") as file:
            file.write("precious")
