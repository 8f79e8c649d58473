# SPDX-License-Identifier: Apache-2.0
# Case 11. From a mounted file to its object and back: `locate`, `cached` and `whatis` on NFS v3 and v4.2, SMB and 9P. Of each file
# whose name says so all, a half, one block or nothing is read. AFS has the same in its own case.
. "$LAB_GUEST/mapping.sh"

start_servers() {
  start_nfs; start_samba; start_nine
  # Of files that are made through SMB, Samba keeps the time of birth. Of others it tells the earliest of their times, which moves
  # when they are read or changed, and with it the cookie key.
  mount -t cifs -o guest,vers=3.0 //127.0.0.1/s /mnt/smb || broken "no SMB"
  make_parts /srv/nfs/d
  make_parts /mnt/smb/d
  umount /mnt/smb
  # The same goes for the root of the share, whose birth is that of the volume: when it moves, the client's kernel buries the volume.
  # It is read once, so that the access time is not the earliest any more.
  sleep 1
  ls /srv/smb > /dev/null
}

mount_all() { mount_nfs3 && mount_nfs4 && mount_smb && mount_nine; }

make_cache
start_servers
check "the cache is bound" bind
check "NFS v3, NFS v4.2, SMB and 9P mount" mount_all
nine=$(find /mnt/nine -type f -size +0 | sort | head -3)
for place in /mnt/n3/d /mnt/n4/d /mnt/smb/d; do read_parts $place; done
# shellcheck disable=SC2086 # a list of words
cat $nine > /dev/null
equal "a file that is cached for the first time has no object with a name yet" unknown "$(answer /mnt/n4/d/whole state)"
equal "and cached says so" "in use, not yet committed" "$(answer /mnt/n4/d/whole reason | cut -d: -f1)"
read_files="$(for place in /mnt/n3/d /mnt/n4/d /mnt/smb/d; do echo $place/{whole,half,block}; done) $nine"
# shellcheck disable=SC2086 # a list of words
locate_all $read_files > /tmp/located
cachefiles cached -q -r /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine | sed 's/^/    /'
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine

all_exist /tmp/located

check "all mount again" mount_all
listing $cache > /tmp/before
for place in /mnt/n3/d /mnt/n4/d /mnt/smb/d; do
  states_of $place
done
while read -r file object; do
  case $file in
    *nine*) ;;
    *) equal "$file: the bytes that its object has" "$(data_of "$object" 2000000)" "$(answer "$file" cached_bytes)" ;;
  esac
done < /tmp/located
for file in $nine; do
  equal "$file on 9P: what its object has" "$(data_of "$(cachefiles locate "$file")" "$(stat -c %s "$file")")" \
    "$(answer "$file" cached_bytes)"
done
cachefiles cached -q -r /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine | sed 's/^/    /'
listing $cache > /tmp/after
check "the questions left the cache as it was, access times included" cmp /tmp/before /tmp/after

# Back from the objects to the files.
all_found /tmp/located
equal "whatis finds all objects of a mount in one walk" 3 \
  "$(grep '^/mnt/n4/' /tmp/located | cut -d' ' -f2- | tr '\n' '\0' | xargs -0 cachefiles whatis --jsonl --search /mnt/n4 |
    jq -r .file | grep -c '^/mnt/n4/d/')"
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine

# On the server the files change.
for place in /srv/nfs/d /srv/smb/d; do printf more >> $place/whole; touch -d '2020-01-01' $place/half; done
check "all mount once more" mount_all
for place in /mnt/n3/d /mnt/n4/d /mnt/smb/d; do
  equal "$place/whole is longer on the server: stale" stale "$(answer $place/whole state)"
  equal "$place/half has another time on the server: stale" stale "$(answer $place/half state)"
  equal "$place/block is as it was: partial" partial "$(answer $place/block state)"
done

# By the handle alone, of a file that nobody looked up since the mount, and of one that was.
umount /mnt/n4; mount_nfs4
object=$(awk '$1 == "/mnt/n4/d/block" { print $2 }' /tmp/located)
before=$(awk '/[ \t]READDIR(PLUS)?:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats)
cachefiles whatis --search /mnt/n4 "$object" | sed -n 2p
after=$(awk '/[ \t]READDIR(PLUS)?:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats)
note "by its handle, not looked up before: $((after - before)) directories were read"
stat /mnt/n4/d/block > /dev/null
before=$(awk '/[ \t]READDIR(PLUS)?:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats)
cachefiles whatis --search /mnt/n4 "$object" | sed -n 2p
after=$(awk '/[ \t]READDIR(PLUS)?:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats)
equal "a file that was looked up is found by its handle, without reading a directory" 0 $((after - before))
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
unbind
