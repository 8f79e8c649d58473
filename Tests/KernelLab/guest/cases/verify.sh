# SPDX-License-Identifier: Apache-2.0
# Case 22. What is cached is compared with the server: NFS v3 and v4.2, SMB and 9P. Bytes that were inverted are found, all of them and
# nothing else; files that are written, truncated, mapped or sparse are never called wrong; what is removed is served right again.
. "$LAB_GUEST/mapping.sh"
. "$LAB_GUEST/verify.sh"
make_cache
start_nfs; start_samba; start_nine
mount -t cifs -o guest,vers=3.0 //127.0.0.1/s /mnt/smb || broken "no SMB"
for place in /srv/nfs/d /mnt/smb/d; do
  make_parts $place
  for i in 1 2 3; do head -c $((100000 * i + 77)) /dev/urandom > $place/f$i; done
  python3 - $place/sparse <<'P'
import os, sys
with open(sys.argv[1], "wb") as file:
    file.truncate(1000000)
    file.seek(500000)
    file.write(os.urandom(70000))
P
done
umount /mnt/smb
# Samba tells the earliest of its times as the birth of the share's root, which is read once so that it does not move (see mapping.sh).
sleep 1
ls /srv/smb > /dev/null
mount_all() { mount_nfs3 && mount_nfs4 && mount_smb && mount_nine; }
places="/mnt/n3/d /mnt/n4/d /mnt/smb/d"
check "the cache is bound" bind
check "NFS v3, NFS v4.2, SMB and 9P mount" mount_all
nine=$(find /mnt/nine -type f -size +8 | sort | head -6)
for place in $places; do read_parts $place; cat $place/f* $place/sparse > /dev/null; done
# shellcheck disable=SC2086 # a list of words
cat $nine > /dev/null
# shellcheck disable=SC2046,SC2086 # lists of words
locate_all $(for place in $places; do echo $place/{whole,half,block,f1,f2,f3,sparse}; done) $nine > /tmp/located
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
check "all mount again" mount_all
for place in n3 n4 smb nine; do all_right "$place as the kernel filled it" /mnt/$place; done
# What was compared is served from the cache as before.
forget
equal "reading directly left the copy alone: no READ for a cached file" 0 "$(reads_of /mnt/n4/d/f2)"
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
unbind

# Wrong bytes.
# shellcheck disable=SC2046,SC2086 # lists of words
spoil 1 $(for place in $places; do echo $place/{whole,half,block,f2,sparse}; done) $(head -3 <<<"$nine")
check "the cache with wrong bytes is bound" bind_daemon
check "all mount" mount_all
for place in n3 n4 smb nine; do
  grep "^/mnt/$place/" /tmp/spoiled.1 > "/tmp/spoiled.$place"
  all_found_wrong $place $place /mnt/$place
done
check "the kernel serves the wrong bytes" bash -c '! cmp -s /srv/nfs/d/f2 /mnt/n4/d/f2'
cachefiles verify -r /mnt/n4/d 2>&1 | sed 's/^/    /'
cachefiles verify -v /mnt/n4/d/f2 2>&1 | sed 's/^/    /'
cachefiles verify -q -r --sample 50% --seed 1 /mnt/n4/d | sed 's/^/    /'
status "--discard without --live is refused for a cache in use" 2 cachefiles verify -q -r --discard /mnt/n4/d

# Removed with the kernel's leave, while the cache is in use; no mount goes.
exec 8< /mnt/n3/d/f2
head -c 10 <&8 > /dev/null
cachefiles verify -q -r --json --discard --live /mnt/n4 /mnt/smb /mnt/nine > /tmp/verified 2>/tmp/verify.err
equal "wrong bytes are status 1 when their objects are removed too" 1 $?
equal "all wrong objects of three mounts are removed" '["removed"]' "$(jq -c '[.wrong[].removal] | unique' /tmp/verified)"
cat /tmp/verify.err
check "NFS v4.2 serves the right bytes without a remount" cmp /srv/nfs/d/f2 /mnt/n4/d/f2
check "SMB does" bash -c 'for f in whole half f2 sparse; do cmp /srv/smb/d/$f /mnt/smb/d/$f || exit 1; done'
cachefiles verify -q --json --discard --live /mnt/n3/d/f2 > /tmp/verified 2>/tmp/verify.err
equal "the object of a file that is open stays" '"in-use"' "$(jq -c '.wrong[0].removal' /tmp/verified)"
exec 8<&-
check "cachefilesd lives" daemon_lives
for place in n4 smb nine; do all_right "$place after the removal" /mnt/$place; done
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
unbind

# Offline: the mounts are there, the cache is not bound. What is wrong of NFS v3 still is.
check "NFS v3 mounts without a cache" mount_nfs3
cachefiles verify -q -r --json --discard /mnt/n3 > /tmp/verified 2>/tmp/verify.err
equal "offline, wrong bytes are status 1" 1 $?
equal "exactly the bytes that were inverted are found" "$(sort /tmp/spoiled.n3)" "$(wrong_places /tmp/verified)"
equal "their objects are removed" '["removed"]' "$(jq -c '[.wrong[].removal] | unique' /tmp/verified)"
let_go /mnt/n3
check "the cache is bound again" bind
check "all mount once more" mount_all
check "NFS v3 serves the right bytes" bash -c 'for f in /srv/nfs/d/*; do cmp "$f" "/mnt/n3/d/${f##*/}" || exit 1; done'
for place in n3 n4 smb nine; do all_right "$place in the end" /mnt/$place; done

# What changes is never wrong. On the server, behind the client's back: the client believes what it knows for some seconds.
printf X | dd of=/srv/nfs/d/f1 conv=notrunc status=none
truncate -s 50000 /srv/nfs/d/f3
cachefiles verify -q -r --json /mnt/n3 /mnt/n4 > /tmp/verified 2>/tmp/verify.err
equal "files that changed on the server just now are stale, not wrong" "0" "$(jq -r .files.wrong /tmp/verified)"
note "just after a change on the server: $(jq -c '.files | with_entries(select(.value > 0))' /tmp/verified)"
# Through the mount, all the time, by calls, by a mapping, and by truncation.
python3 - /mnt/n4/d /mnt/n3/d /mnt/smb/d <<'P' &
import mmap, os, random, sys, time
end, chance = time.time() + 40, random.Random(3)
while time.time() < end:
    for place in sys.argv[1:]:
        with open(place + "/f1", "r+b") as file:
            file.seek(chance.randrange(90000))
            file.write(os.urandom(5000))
        with open(place + "/half", "r+b") as file:
            with mmap.mmap(file.fileno(), 0) as memory:
                memory[70000:70100] = os.urandom(100)
        os.truncate(place + "/f3", chance.randrange(1, 200000))
        with open(place + "/f3", "ab") as file:
            file.write(os.urandom(3000))
        with open(place + "/f2", "rb") as file:
            file.read()
P
writer=$!
wrong=0 runs=0
while kill -0 $writer 2>/dev/null; do
  for place in n3 n4 smb; do
    cachefiles verify -q -r --json /mnt/$place > /tmp/verified 2>>/tmp/verify.err
    runs=$((runs + 1))
    [[ $(jq -r .files.wrong /tmp/verified) == 0 ]] || { wrong=$((wrong + 1)); jq -c '.wrong[] | .ranges = .ranges[:2]' /tmp/verified | head -3; }
    jq -c '.files | with_entries(select(.value > 0))' /tmp/verified >> /tmp/while-writing
  done
done
equal "none of $runs verifications calls a file wrong that is being written, mapped or truncated" 0 $wrong
note "while files were written: $(tail -1 /tmp/while-writing)"
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine

# Another mount to compare with.
mkdir -p /mnt/other
mount_nfs3
mount -t nfs -o vers=3,nolock,nosharecache localhost:/srv/nfs /mnt/other || broken "no second mount"
cachefiles verify -q --json --against /mnt/other -r /mnt/n3 > /tmp/verified 2>/tmp/verify.err
note "against a second mount: $(jq -c '[.verdict, .files.right, .compared_bytes]' /tmp/verified)$(cat /tmp/verify.err)"
equal "against a second mount that is not cached nothing is wrong" 0 "$(jq -r .files.wrong /tmp/verified)"
check "and something was compared" test "$(jq -r .compared_bytes /tmp/verified)" -gt 100000
status "the cached mount itself is no such mount" 1 cachefiles verify -q --against /mnt/n3 -r /mnt/n3
umount /mnt/other
let_go /mnt/n3
unbind
