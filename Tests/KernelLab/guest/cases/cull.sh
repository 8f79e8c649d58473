# SPDX-License-Identifier: Apache-2.0
# Case 6. A cache that is past its limits is culled offline. The kernel binds it again without an error, stops asking for room,
# misses exactly the victims, and serves all others without a READ.
make_cache
start_nfs 200M
files=40
for i in $(seq $files); do head -c 1048576 /dev/urandom > "/srv/nfs/f$i"; done

check "the cache is bound" bind
mount_nfs3 || broken "NFS does not mount"
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3
unbind
python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
equal "every file has an object" $files "$(wc -l < /tmp/objects)"

# The last use, in an order that is neither that of the names nor that of the making.
while read -r file path; do
  touch -a -d "@$((1700000000 + (${file#f} * 7) % 41 * 86400))" "$path"
done < /tmp/objects
# Limits such that room is wanted: bcull just above what is free now, brun 20 files more.
read -r blocks free size < <(stat -f -c '%b %a %S' $cache)
percent=$((blocks / 100))
cull_at=$((free / percent + 1))
run_at=$(((free + 20 * 1048576 / size) / percent + 1))
write_configuration brun=$run_at bcull=$cull_at bstop=1 frun=10 fcull=7 fstop=3
check "the cache is bound with limits that it is past" bind
equal "the kernel wants room" 1 "$(grep -c '^cull=1' /tmp/state)"
unbind

cachefiles cull -n --list --jsonl --config /tmp/cachefilesd.conf > /tmp/plan 2>/tmp/plan.err || cat /tmp/plan.err
listing $cache > /tmp/before
cachefiles-cull --json --config /tmp/cachefilesd.conf > /tmp/culled 2>/tmp/cull.err
equal "the cull succeeds" 0 $?
listing $cache > /tmp/after
equal "its goal is met" true "$(jq -c .goal_met /tmp/culled)"
gone=$(while read -r file path; do [[ -e $path ]] || echo "$file"; done < /tmp/objects | sort)
count=$(wc -w <<<"$gone")
equal "the plan was kept" "$(jq -s '[.[] | select(.path)] | length' /tmp/plan)" "$count"
check "some files are gone, and some not: $count of $files" test "$count" -gt 10 -a "$count" -lt $files
oldest=$(while read -r file path; do echo "$(((${file#f} * 7) % 41)) $file"; done < /tmp/objects | sort -n | head -"$count" | cut -d' ' -f2 | sort)
equal "the victims are the least recently used" "$(echo $oldest)" "$(echo $gone)"

check "the culled cache is bound with the same limits" bind
echo "limits $percent% steps, bcull $cull_at%, brun $run_at%, free before $free; now:" "$(stat -f -c '%b %f %a' $cache)" "$(</tmp/state)"
equal "the kernel wants no room" 1 "$(grep -c '^cull=0' /tmp/state)"
mount_nfs3 || broken "NFS does not mount"
missed=$(for i in $(seq $files); do [[ $(reads_of "/mnt/n3/f$i") == 0 ]] || echo "f$i"; done | sort)
equal "exactly the victims miss" "$(echo $gone)" "$(echo $missed)"
check "all bytes are right" bash -c 'for f in /srv/nfs/f*; do cmp "$f" /mnt/n3/${f##*/} || exit 1; done'
let_go /mnt/n3
unbind
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
equal "and caches the victims again" $files "$(objects | wc -l)"
status "fsck finds nothing" 0 cachefiles fsck $cache
