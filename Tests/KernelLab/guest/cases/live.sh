# SPDX-License-Identifier: Apache-2.0
# Case 16. A cache in use is culled with the kernel's leave, while cachefilesd holds it and files are read and written through it.
[[ -e /proc/fs/fscache/caches || $(uname -r) != 5.* ]] || { skip "5.10 marks no directories in use"; leave 0; }
make_cache
start_nfs 400M
files=60
for i in $(seq $files); do head -c 262144 /dev/urandom > "/srv/nfs/f$i"; done
check "cachefilesd holds the cache" bind_daemon
mount_nfs3 || broken "NFS does not mount"
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3
mount_nfs3
equal "every file has an object" $files "$(objects | wc -l)"
# The last use, in an order of our own; two files are open, and stay.
python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
while read -r file path; do touch -a -d "@$((1700000000 + ${file#f} * 86400))" "$path"; done < /tmp/objects
exec 8< /mnt/n3/f3 9< /mnt/n3/f5
cat <&8 > /dev/null; cat <&9 > /dev/null
sleep 1
touch -a -d "@1700000003" "$(awk '$1 == "f3" { print $2 }' /tmp/objects)" "$(awk '$1 == "f5" { print $2 }' /tmp/objects)"

# Whatever only reads says that the cache is in use, and by whom.
daemon=$(</tmp/binder.pid)
object=$(awk '$1 == "f7" { print $2 }' /tmp/objects)
for command in "ls" "stats" "doctor" "du" "show $object" "fsck -n"; do
  # shellcheck disable=SC2086 # a command and its options
  target=$cache; [[ $command != show* ]] || target=
  # shellcheck disable=SC2086
  cachefiles $command $target > /tmp/said 2>&1
  check "'${command%% *}' names the daemon" grep -q "cachefilesd (pid $daemon" /tmp/said || head -n 5 /tmp/said
done
# What a kernel before 5.17 left needs nobody's leave.
mkdir -p "$cache/cache/@4a/I03nfs/@30"; echo old > "$cache/cache/@4a/I03nfs/@30/Ji000000000000000--fHg8hi8400"
status "leftovers of the old layout go beside a kernel" 0 cachefiles purge --legacy --yes -q $cache
equal "all of them" "" "$(find $cache/cache -maxdepth 1 -name '@*')"

status "without --live a cull is refused" 2 cachefiles cull --max-objects 20 $cache
check "with one line that names --live" bash -c "cachefiles cull --max-objects 20 $cache 2>&1 | grep -c -- --live | grep -qx 1"
listing $cache > /tmp/before
cachefiles cull --live -n --list --jsonl --max-objects 20 $cache > /tmp/plan 2>/tmp/plan.err || cat /tmp/plan.err
listing $cache > /tmp/after
check "a dry run leaves no trace" diff /tmp/before /tmp/after
equal "and sees what is in use" 2 "$(jq -s 'map(select(.done)) | .[0].done.in_use' /tmp/plan)"

cachefiles cull --live --json --max-objects 20 $cache > /tmp/culled 2>/tmp/cull.err
equal "the cull succeeds" 0 $? || cat /tmp/cull.err
equal "its goal is met" true "$(jq -c .goal_met /tmp/culled)"
equal "so many objects went" 40 "$(jq -c .done.objects /tmp/culled)"
equal "and two were in use" 2 "$(jq -c .done.in_use /tmp/culled)"
left=$(while read -r file path; do [[ ! -e $path ]] || echo "$file"; done < /tmp/objects | sort -V | xargs)
equal "the victims are the least recently used of those not in use" "f3 f5 $(seq -f f%g 43 60 | xargs)" "$left"
check "cachefilesd lives" daemon_lives
equal "the cache is still up" " A lab" "$(grep -o ' A lab$' /proc/fs/fscache/caches)"
check "all bytes are right" bash -c 'for f in /srv/nfs/f*; do cmp "$f" /mnt/n3/${f##*/} || exit 1; done'
exec 8<&- 9<&-
let_go /mnt/n3; mount_nfs3
equal "what stayed is served without a READ" 0 "$(reads_of /mnt/n3/f50)"

# What cannot be removed the kernel answers with EIO, and goes on with the cache: it is no sign that the cache is dead.
object=$(awk '$1 == "f51" { print $2 }' /tmp/objects)
raw() { python3 "$LAB_GUEST/raw.py" "$daemon" "${object%/*}" "$1" "${object##*/}"; }
let_go /mnt/n3
for _ in $(seq 60); do [[ $(raw inuse) != OK ]] || break; sleep 1; done
chattr +i "$object"
equal "EIO is the answer for an object that cannot be removed" EIO "$(raw cull)"
equal "which counts as in use from then on" EBUSY "$(raw inuse)"
check "the kernel's log says so" bash -c 'dmesg | grep -q "CacheFiles: Internal error: -1$"'
equal "and the cache is still up" " A lab" "$(grep -o ' A lab$' /proc/fs/fscache/caches)"
chattr -i "$object"
equal "also when it could be removed" EBUSY "$(raw cull)"
echo 3 > /proc/sys/vm/drop_caches
note "when the kernel has forgotten its inode the answer is $(raw cull)"
mount_nfs3
check "its file is read as it is" cmp /srv/nfs/f51 /mnt/n3/f51

# Under load: readers and writers go on while a cull runs again and again.
(for _ in 1 2 3; do for i in $(seq $files); do cmp "/srv/nfs/f$i" "/mnt/n3/f$i" || echo "differs f$i"; done; done) > /tmp/readers 2>&1 &
readers=$!
(for i in $(seq 40); do head -c 100000 /dev/urandom > "/mnt/n3/w$i"; done) > /tmp/writers 2>&1 &
writers=$!
culls=0
while kill -0 $readers 2>/dev/null || kill -0 $writers 2>/dev/null; do
  cachefiles cull --live --best-effort -q --max-objects 10 $cache > /tmp/culling 2>&1
  culls=$((culls + 1))
done
wait $readers $writers
equal "readers saw no wrong byte and no error, during $culls culls" "" "$(cat /tmp/readers)"
equal "writers saw no error" "" "$(cat /tmp/writers)"
check "what was written is right" bash -c 'for f in /srv/nfs/w*; do cmp "$f" /mnt/n3/${f##*/} || exit 1; done'
check "cachefilesd lives" daemon_lives

# Two at a time: one works, the other says why not.
cachefiles cull --live -q --rate 5 --max-objects 0 --best-effort $cache > /tmp/first 2>&1 &
first=$!
sleep 1
status "a second cull is refused while the first is at work" 2 cachefiles cull --live -q --max-objects 0 --best-effort $cache
kill -TERM $first; wait $first
equal "and a signal ends it" 143 $?

# The daemon is killed in the middle: the cull ends, and the cache is withdrawn as it is without us.
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3
# On a busy machine the kernel is late in letting go of the objects; what it uses would stay.
for _ in $(seq 60); do
  cachefiles cull --live -n --json --max-objects 0 --best-effort $cache > /tmp/planned 2>/dev/null
  [[ $(jq .done.objects /tmp/planned) -lt 40 ]] || break
  sleep 1
done
how_many() { find $cache/cache -type f | wc -l; }
before=$(how_many)
cachefiles cull --live -q --rate 10 --max-objects 0 --best-effort $cache > /tmp/last 2>&1 &
last=$!
for _ in $(seq 300); do [[ $(how_many) == "$before" ]] || break; sleep 0.1; done
kill -9 "$(</tmp/binder.pid)"; rm -f /tmp/binder.pid
wait $last
equal "the cull ends with a failure" 1 $?
check "and says that the daemon has ended" grep -q 'the daemon that holds the cache has ended' /tmp/last
for _ in $(seq 50); do [[ $(wc -l < /proc/fs/fscache/caches) -gt 2 ]] || break; sleep 0.1; done
equal "the cache is withdrawn" "" "$(grep -o ' A lab$' /proc/fs/fscache/caches)"
# An object that comes into use while it is culled is an "Internal error" of the kernel, and no harm.
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error' | grep -vE 'Internal error: -(1|16)$')"
status "fsck finds nothing wrong" 0 cachefiles fsck -q $cache
# Culled offline with --live all the same.
status "--live culls a cache that nobody holds" 0 cachefiles cull --live -q --max-objects 0 $cache
leave 0
