# What the scripts of the cases share. POSIX shell.

# sample NAME [CAPTURE]: a captured cache, objects last used ten days ago.
sample() {
  cachefiles sample --quiet --capture "${2:-6.12}" "$1" || exit 99
  age "$1"
}

# age DIR: makes every object of a cache last used ten days ago.
age() {
  find "$1" -type f -exec touch -a -d "@$(($(date +%s) - 864000))" {} +
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
