# SPDX-License-Identifier: Apache-2.0
# What the scripts of the cases share. POSIX shell.

# sample NAME [CAPTURE]: a captured cache, objects last used ten days ago.
sample() {
  cachefiles sample --quiet --capture "${2:-6.12}" "$1" || exit 99
  age "$1"
}

# age DIR: makes every object of a cache last used ten days before NOW, in seconds since 1970: a case that passes a fixed
# --now sets it to the same moment, for all others it is the clock's.
age() {
  find "$1" -type f -exec touch -a -d "@$((${NOW:-$(date +%s)} - 864000))" {} +
}

# past DIR: makes every object that a real kernel made last used in 2023, before any clock under which the tests run.
past() {
  find "$1/cache" -type f ! -path '*sample*' ! -path '*6401a8c0*' -exec touch -a -d @1700000000 {} +
}

# small NAME: a cache of one 9P volume with two objects, times fixed.
small() {
  mkdir -p "$1/graveyard" "$1/cache/I9p,p9src,hosttag"
  attribute "$1/cache/I9p,p9src,hosttag" 00000000
  object "$1" ea25f80000000000 6000
  object "$1" eb25f80000000000 100
}

# object ROOT KEY SIZE: an object of the volume 9p,p9src,hosttag, its first block cached.
object() {
  path=$1/$(cachefiles encode --volume 9p,p9src,hosttag "$2")
  mkdir -p "${path%/*}"
  printf '%4096s' '' >"$path"
  truncate -s $((($3 + 4095) / 4096 * 4096)) "$path"
  attribute "$path" "$(cachefiles record --build --size "$3" --aux 47ad176b)"
  touch -d @1700000000 "$path"
}

# attribute FILE HEX: sets the cache attribute.
attribute() {
  setfattr -n user.CacheFiles.cache -v "0x$2" "$1"
}

# as_nobody COMMAND...: runs a command without privileges.
as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# proc NAME KERNEL: what a captured kernel told under /proc/fs/fscache.
proc() {
  mkdir -p "$1"
  for file in stats caches volumes cookies; do
    if [ -e "$CASES/../../Fixtures/proc/$2.$file" ]; then cp "$CASES/../../Fixtures/proc/$2.$file" "$1/$file"; fi
  done
}

# until_lines FILE CONDITION: waits until the JSON lines in a file, as one list, meet a condition of jq. No time is assumed: a busy machine
# takes as long as it takes.
until_lines() {
  until jq -es "$2" "$1" >/dev/null 2>&1; do sleep 0.05; done
}

# machine NAME CAPTURE: a copy of the /proc of a machine whose kernel was captured, its cache `lab` bound, with three
# mounts that are cached; and a configuration NAME.conf for the directory c.
machine() {
  mkdir -p "$1/fs/nfsfs" "$1/self" "$1/sys/kernel"
  proc "$1/fs/fscache" "$2"
  echo "$2" >"$1/sys/kernel/osrelease"
  printf '%s\n' '237 loop-control' ' 61 cachefiles' >"$1/misc"
  cat >"$1/fs/nfsfs/volumes" <<'END'
NV SERVER   PORT DEV          FSID                              FSC
v4 7f000001  801 0:52         0:0                               yes
v3 7f000001  801 0:53         0:0                               yes
END
  cat >"$1/self/mountinfo" <<'END'
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 22 0:52 / /srv/v4 rw,relatime shared:2 - nfs4 filer:/export rw,vers=4.2,fsc
37 22 0:53 / /srv/v\0403 rw,relatime shared:3 - nfs filer:/export rw,vers=3,fsc=uniq1
38 22 0:54 / /srv/smb rw,relatime shared:4 - cifs //filer/s rw,vers=3.1.1,fsc
END
  # Limits that every machine keeps, lowered in the order in which the kernel takes them.
  printf '%s\n' "dir $PWD/c" 'tag lab' 'bstop 0%' 'bcull 1%' 'brun 2%' 'fstop 0%' 'fcull 1%' 'frun 2%' >"$1.conf"
}

# doctor NAME [OPTION...]: asks about the directory c on a machine.
doctor() {
  machine=$1
  shift
  cachefiles doctor --proc "$machine" --config "$machine.conf" --ignore fs-no-access-times,fs-doubtful "$@" "$PWD/c"
  echo "exit $?"
}

# mapped NAME CAPTURE KERNEL: the cache NAME of a capture, and NAME.proc with the tables and mounts of the machine that
# had it; `facts` and `side` are the options to ask about it.
mapped() {
  sample "$1" "$2"
  mkdir -p "$1.proc/self" "$1.proc/fs/nfsfs"
  proc "$1.proc/fs/fscache" "$3"
  cp "$CASES/../../Fixtures/mapping/${3%.117*}.mountinfo" "$1.proc/self/mountinfo"
  cp "$CASES/../../Fixtures/mapping/${3%.117*}.nfs-volumes" "$1.proc/fs/nfsfs/volumes"
  facts="--proc $1.proc --facts $CASES/../../Fixtures/mapping/${3%.117*}.facts"
  side="--dir $1 $facts"
}

# mounted9p NAME: a directory NAME that the table of mounts in NAME.proc calls a 9P mount with caching, and an empty cache `c`;
# `side` is the options to ask about it.
mounted9p() {
  mkdir -p "$1" "$1.proc/self" "$1.proc/sys/kernel" c/graveyard c/cache/I9p,p9src,hosttag
  attribute c/cache/I9p,p9src,hosttag 00000000
  echo "36 1 0:52 / $(cd "$1" && pwd -P) rw - 9p p9src rw,cache=fscache,cachetag=hosttag" >"$1.proc/self/mountinfo"
  echo 6.12.0 >"$1.proc/sys/kernel/osrelease"
  side="--dir c --proc $1.proc"
}

# cached9p FILE [BLOCKS]: an object of a file of such a mount with its first blocks of 4096 bytes, all without a number.
cached9p() {
  size=$(stat -c %s "$1")
  # shellcheck disable=SC2086 # a list of words
  object=$(cachefiles locate $side --json "$1" | sed -n 's/.*"object": "\(.*\)",*/\1/p' | head -1)
  mkdir -p "${object%/*}"
  : >"$object"
  truncate -s $(((size + 4095) / 4096 * 4096)) "$object"
  dd if="$1" of="$object" bs=4096 count="${2:-$(((size + 4095) / 4096))}" conv=notrunc,sync status=none
  attribute "$object" "$(cachefiles record --build --size "$size" --aux 47ad176b)"
}

# invert FILE OFFSET...: inverts bytes of a file.
invert() {
  inverted=$1
  shift
  for offset; do
    byte=$(od -An -tu1 -j "$offset" -N 1 "$inverted")
    # shellcheck disable=SC2059 # the byte is the format
    printf "\\$(printf %03o $((byte ^ 255)))" | dd of="$inverted" bs=1 seek="$offset" conv=notrunc status=none
  done
}
