# SPDX-License-Identifier: Apache-2.0
# Case 5, continued: damage that stops a volume, the whole cache, or its start. One at a time; each is shown to do what the documents
# say, is found under its id, and is gone after `fsck -p`.
make_cache
start_nfs 100M
for i in 1 2 3 4 5 6; do head -c $((i * 8192)) /dev/urandom > "/srv/nfs/f$i"; done

fill() {
  rm -rf "${cache:?}/cache" "${cache:?}/graveyard"
  bind || broken "the cache cannot be bound"
  mount_nfs3 || broken "NFS does not mount"
  cat /mnt/n3/f* > /dev/null
  let_go /mnt/n3
  unbind
  python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
  object=$(awk '$1 == "f3" { print $2 }' /tmp/objects)
  volume=$(dirname "$(dirname "$object")")
  dmesg -C
}
damaged() { # damaged WHAT ID STATUS: fsck -n names it, -p repairs it
  local found
  found=$(cachefiles fsck --json $cache 2>/dev/null | jq -r '[.problems[] | select(.severity != "note") | .id] | unique | join(" ")')
  equal "$1: fsck names it" "$2" "$found"
}
repaired() { # repaired WHAT READS: after -p the kernel takes it, and reads so many of the six files from the server
  status "$1: fsck -p repairs it" 1 cachefiles fsck -p --journal "/tmp/$RANDOM.journal" $cache
  status "$1: fsck finds nothing then" 0 cachefiles fsck $cache
  check "$1: the repaired cache is bound" bind || return
  mount_nfs3 || broken "NFS does not mount"
  local missed=0 i
  for i in 1 2 3 4 5 6; do [[ $(reads_of "/mnt/n3/f$i") == 0 ]] || missed=$((missed + 1)); done
  # After the reads: until the kernel has made a new volume, its accesses are 0.
  equal "$1: the volume's cache and accesses after the repair" "lab 1" "$(volume_line)"
  equal "$1: files read from the server after the repair" "$2" $missed
  let_go /mnt/n3
  mount_nfs3 || broken "NFS does not mount"
  equal "$1: READs after another mount" 0 "$(reads_of /mnt/n3/f*)"
  check "$1: the bytes are right" bash -c 'for f in /srv/nfs/f*; do cmp "$f" "/mnt/n3/${f##*/}" || exit 1; done'
  let_go /mnt/n3
  unbind
}
served() { # served: how many of the six files the damaged cache serves without a READ
  local hits=0 i
  for i in 1 2 3 4 5 6; do [[ $(reads_of "/mnt/n3/f$i") != 0 ]] || hits=$((hits + 1)); done
  echo $hits
}
# The name of the cache and the accesses in the volume's line: a volume that is cached has one that the cache itself holds.
volume_line() { awk 'NR > 2 && /nfs,3/ { print $6, $4 }' /proc/fs/fscache/volumes; }

# One immutable object takes the whole cache down.
fill
chattr +i "$object"
damaged "immutable object" O19
bind; mount_nfs3; cat /mnt/n3/f* > /dev/null; let_go /mnt/n3
check "immutable object: the kernel stops the cache" bash -c "dmesg | grep -q 'stopped due to I/O error'"
unbind
repaired "immutable object" 0

# Append-only does not stop it, but the object cannot be culled.
fill
chattr +a "$object"
damaged "append-only object" O19
repaired "append-only object" 0

# A file in the place of a fanout directory: the volume runs without a cache.
fill
fanout=$(dirname "$object")
lost=$(find "$fanout" -type f | wc -l)
rm -rf "$fanout"; echo x > "$fanout"
damaged "fanout that is a file" F02
bind; mount_nfs3
equal "fanout that is a file: nothing is served" 0 "$(served)"
check "fanout that is a file: the kernel says so" bash -c "dmesg | grep -q '@.. is not a directory'"
equal "fanout that is a file: the volume's cache and accesses" "lab 0" "$(volume_line)"
check "fanout that is a file: doctor says so" bash -c "cachefiles doctor $cache | grep -q 'the kernel has refused the volume'"
let_go /mnt/n3; unbind
repaired "fanout that is a file" "$lost"

# The volume itself is a file, or a link.
for kind in file link; do
  fill
  rm -rf "$volume"
  if [[ $kind == file ]]; then echo x > "$volume"; else ln -s /tmp "$volume"; fi
  damaged "volume that is a $kind" V03
  bind; mount_nfs3
  equal "volume that is a $kind: nothing is served" 0 "$(served)"
  let_go /mnt/n3; unbind
  repaired "volume that is a $kind" 6
done

# The volume's attribute. What the kernel does is checked on the damaged cache, the repair on another one.
attribute() { # attribute WHAT ID SERVED COMMAND...
  local what=$1 id=$2 expected=$3
  shift 3
  fill
  local before
  before=$(stat -c %i "$volume")
  "$@" "$volume"
  bind; mount_nfs3
  equal "$what: so many files are served" 0 "$(served)"
  let_go /mnt/n3; unbind
  if [[ $(stat -c %i "$volume") == "$before" ]]; then got=refused; else got=buried; fi
  equal "$what: the kernel's answer" "$expected" $got
  fill
  "$@" "$volume"
  damaged "$what" "$id"
  repaired "$what" 0
}
attribute "volume attribute absent" V04 refused setfattr -x user.CacheFiles.cache
attribute "volume attribute too long" V05 refused setfattr -n user.CacheFiles.cache -v 0x0000000000
attribute "volume attribute too short" V06 buried setfattr -n user.CacheFiles.cache -v 0x0000
attribute "volume attribute with a bit set" V07 buried setfattr -n user.CacheFiles.cache -v 0x00000001

# The two directories of the root.
for place in cache graveyard; do
  fill
  rm -rf "${cache:?}/$place"; echo x > "$cache/$place"
  damaged "$place that is a file" "$([[ $place == cache ]] && echo R02 || echo R03)"
  status "$place that is a file: the cache cannot be bound" 1 bind
  repaired "$place that is a file" "$([[ $place == cache ]] && echo 6 || echo 0)"
done

# Something that cannot be unlinked in the graveyard: cachefilesd does not start.
fill
mkdir -p $cache/graveyard/6b00e87700000001
echo x > $cache/graveyard/6b00e87700000001/file
chattr +i $cache/graveyard/6b00e87700000001/file
damaged "unremovable grave" G03
# It may have bound the cache for a moment.
status "unremovable grave: cachefilesd does not come up" 1 eval 'bind_daemon && sleep 2 && daemon_lives'
rm -f /tmp/binder.pid
status "unremovable grave: fsck -p repairs it" 1 cachefiles fsck -p --journal /tmp/g03.journal $cache
check "unremovable grave: cachefilesd comes up then" bind_daemon
sleep 2
check "unremovable grave: and stays" daemon_lives
equal "unremovable grave: and empties the graveyard" 0 "$(find $cache/graveyard -mindepth 1 | wc -l)"
unbind
