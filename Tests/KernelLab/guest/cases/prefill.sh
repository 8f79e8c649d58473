# SPDX-License-Identifier: Apache-2.0
# Case 22. The cache is filled on purpose: NFS v3 and v4.2, SMB and 9P. What is missing is read, and nothing else; afterwards the files
# are served without the server, but for what the kernel does not store, which is said.
. "$LAB_GUEST/mapping.sh"
. "$LAB_GUEST/verify.sh"
make_cache
start_nfs 600M; start_samba; start_nine
mount -t cifs -o guest,vers=3.0 //127.0.0.1/s /mnt/smb || broken "no SMB"
for place in /srv/nfs/d /mnt/smb/d; do
  make_parts $place
  for i in $(seq 12); do head -c $((7000 * i + 123)) /dev/urandom > $place/f$i; done
done
umount /mnt/smb
# Samba tells the earliest of its times as the birth of the share's root, which is read once so that it does not move (see mapping.sh).
sleep 1
ls /srv/smb > /dev/null
# With reading ahead, as machines have it.
mount_all() {
  mount -t nfs -o vers=3,fsc,nolock localhost:/srv/nfs /mnt/n3 && mount -t nfs -o vers=4.2,fsc,sec=sys localhost:/ /mnt/n4 &&
    mount_smb && mount_nine
}
# server_bytes: what NFS mounts have got from the server, by usual and direct reads.
server_bytes() { awk '/^[ \t]*bytes:/ { n += $6 } END { print n + 0 }' /proc/self/mountstats; }
key() { jq -r "$1" /tmp/filled; }
fill() { cachefiles prefill -q -r --json "$@" > /tmp/filled 2>/tmp/fill.err; }
check "the cache is bound" bind
check "NFS v3, NFS v4.2, SMB and 9P mount" mount_all
for place in /mnt/n3/d /mnt/n4/d /mnt/smb/d; do read_parts $place; done
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
check "all mount again" mount_all

for place in n3 n4 smb nine; do
  before=$(server_bytes)
  fill /mnt/$place && got=0 || got=$?
  got_bytes=$(($(server_bytes) - before))
  note "$place: status $got, $(key '[(.files | with_entries(select(.value > 0))), .read_bytes, .left_bytes, .reading_ns / 1e9] | tostring')"
  cat /tmp/fill.err
  # What 6.12 did not store at the first time is read once more.
  check "$place: as much was read as was missing ($(key .read_bytes) of $(key .missing_bytes) bytes)" \
    test "$(key .read_bytes)" -ge "$(key .missing_bytes)" -a "$(key .read_bytes)" -le $(($(key .missing_bytes) * 11 / 10))
  case $place in
    n3 | n4) check "$place: the server was asked for that and hardly more ($got_bytes bytes)" \
      test "$got_bytes" -ge "$(key .missing_bytes)" -a "$got_bytes" -le $(($(key .missing_bytes) * 11 / 10)) ;;
  esac
  left=$(key .left_bytes)
  # 6.12 never stores the last block of a file of 9P (K14).
  if [[ $(uname -r) == 6.12.* ]]; then
    equal "$place: nothing but last blocks is missing" "0 0" "$(key '"\(.files.partial) \(.files.uncached)"')"
  else
    equal "$place: all files are cached whole" "0 true 0" "$got $(key .done) $left"
  fi
  key '.not_cached[] | "    \(.file) \(.state) \(.reason)"' | head -5
  fill /mnt/$place
  note "$place: a second run reads $(key .read_bytes) bytes and leaves $(key .left_bytes)"
  # What is missing (a last block of 6.12's, K14) is read, and once more where the kernel let it fall again.
  check "$place: a second run reads nothing that is cached" test "$(key .read_bytes)" -le $((left * 2))
done

# All that is whole is served from the cache.
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
check "all mount once more" mount_all
downloads() { sed -n 's/.* DL=\([0-9]*\).*/\1/p' /proc/fs/fscache/stats; }
for place in n3/d n4/d smb/d nine; do
  cachefiles cached -q -r --cached -0 /mnt/$place > /tmp/whole
  number=$(tr -cd '\0' < /tmp/whole | wc -c)
  before=$(reads) nine_before=$(stat -c %s /tmp/nine.sock.reads) loads=$(downloads)
  xargs -0 cat < /tmp/whole > /dev/null
  # Of SMB only the kernel's count for all mounts tells; that of NFS is its own.
  [[ $place == smb/d ]] || loads=
  equal "$place: $number files that are whole are read without the server" "0 0 ${loads:+0}" \
    "$(($(reads) - before)) $(($(stat -c %s /tmp/nine.sock.reads) - nine_before)) ${loads:+$(($(downloads) - loads))}"
done
check "the bytes are right" bash -c 'for f in /srv/nfs/d/*; do cmp "$f" "/mnt/n3/d/${f##*/}" && cmp "$f" "/mnt/n4/d/${f##*/}" || exit 1; done
  for f in /srv/smb/d/*; do cmp "$f" "/mnt/smb/d/${f##*/}" || exit 1; done'
for place in n3 n4 smb nine; do all_right "$place after it was filled" /mnt/$place; done
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
unbind

# What is in memory and not in the cache is read all the same: its object was removed, its pages are there.
check "cachefilesd holds the cache" bind_daemon
mount -t nfs -o vers=4.2,fsc,sec=sys localhost:/ /mnt/n4
cat /mnt/n4/d/f3 > /dev/null
sleep 13
status "an object is removed with the kernel's leave" 0 \
  cachefiles purge -q --live --yes --object "$(cachefiles locate --json /mnt/n4/d/f3 | jq -r '.files[0].object')" $cache
fill /mnt/n4/d/f3
equal "a file whose pages are in memory is cached again" '{"filled":1}' "$(key '.files | with_entries(select(.value > 0)) | tostring')"
# Limits.
head -c 3000000 /dev/urandom > /srv/nfs/new
ls /mnt/n4 > /dev/null; sleep 4
fill --until-free 99% /mnt/n4/new
equal "nothing is read where too little would stay free" "0 room" "$(key '"\(.read_bytes) \(.stop)"')"
fill --max-bytes 1M --wait 1 /mnt/n4/new
equal "no more is read than is allowed" "1048576 max-bytes" "$(key '"\(.read_bytes) \(.stop)"')"
cachefiles prefill -r /mnt/n4 2>&1 | sed 's/^/    /'
fill /mnt/n4
equal "a file that was being cached for the first time is cached whole in the end" 0 "$(key .left_bytes)"
# 6.12 may have let its last block fall at the first time (K14); it is read now.
check "no more than a last block was read for that ($(key .read_bytes) bytes)" test "$(key .read_bytes)" -le 4096
# A file that is open for writing is not cached by NFS.
exec 8>> /mnt/n4/d/f5
printf more >&8
fill --wait 5 /mnt/n4/d/f5 && got=0 || got=$?
note "a file that is open for writing: status $got, $(key '.not_cached[0] | "\(.state): \(.reason)"')"
check "a file that is open for writing is no success" test $got -ne 0
exec 8>&-
check "cachefilesd lives" daemon_lives
let_go /mnt/n4
unbind

# How fast: the same files by as many threads, each time into an empty cache.
mkdir /srv/nfs/speed
for i in $(seq 40); do head -c 4000000 /dev/urandom > /srv/nfs/speed/f$i; done
for i in $(seq 400); do head -c 6000 /dev/urandom > /srv/nfs/speed/s$i; done
for round in 1 2; do
  for how in cat prefill; do
    umount $cache; make_cache
    bind || broken "the cache is not bound"
    mount -t nfs -o vers=4.2,fsc,sec=sys localhost:/ /mnt/n4
    forget
    start=$(date +%s%N)
    if [[ $how == cat ]]; then find /mnt/n4/speed -type f -print0 | xargs -0 -P 4 -n 55 cat > /dev/null
    else cachefiles prefill -q -r --json --threads 4 --allow-culling --wait 0 /mnt/n4/speed > /tmp/filled; fi
    took=$((($(date +%s%N) - start) / 1000000))
    more=""
    [[ $how == cat ]] || more=", of which reading $(key '.reading_ns / 1e6 | floor') ms"
    note "speed, round $round: $how of 40 large and 400 small files by 4 threads: $took ms$more"
    let_go /mnt/n4
    unbind
  done
done
