# SPDX-License-Identifier: Apache-2.0
# Case 11. What `cached -r` takes over a mounted tree, beside `find -printf %s`: NFS, LAB_OBJECTS files of one block, each wholly cached,
# everything warm. Slow: it runs only when it is named.
. "$LAB_GUEST/mapping.sh"
files=${LAB_OBJECTS:-100000}

mkdir -p $cache
mkfs.ext4 -q -F -N $((files * 5 / 4)) /dev/vda && mount /dev/vda $cache || broken "no file system"
rmdir $cache/lost+found
write_configuration brun=10 bcull=7 bstop=3 frun=10 fcull=7 fstop=3
# Whole blocks: 6.12 loses some that are not full (K14 of Docs/Errata.md).
start_nfs 700M -N $((files * 5 / 4))
python3 - "$files" <<'P'
import os, sys
for number in range(int(sys.argv[1])):
    if number % 250 == 0:
        directory = f"/srv/nfs/t/{number // 25000}/{number // 250 % 100}"
        os.makedirs(directory)
    with open(f"{directory}/file{number}", "wb") as file:
        file.write(b"x" * 4096)
P
check "the cache is bound" bind
mount_nfs3 actimeo=3600 || broken "no mount"
python3 - <<'P'
import os
for directory, _, names in os.walk("/mnt/n3/t"):
    for name in names:
        with open(f"{directory}/{name}", "rb", 0) as file:
            file.read(4096)
P
let_go /mnt/n3
mount_nfs3 actimeo=3600 || broken "no mount"
find /mnt/n3/t -type f -printf '%s\n' > /dev/null
equal "of each file all is cached" "$files" "$(cachefiles cached -r --json /mnt/n3/t 2> /dev/null | jq .totals.states.cached)"

# A turn of each, five times; "seconds COMMAND...".
seconds() { local start; start=$(date +%s.%N); "$@" > /dev/null 2>&1; echo "$(date +%s.%N) - $start" | bc; }
for _ in 1 2 3 4 5; do
  of_find=$(seconds find /mnt/n3/t -type f -printf '%s\n')
  for threads in 1 2 8; do
    echo "$threads $(seconds cachefiles cached -r --threads $threads /mnt/n3/t) $of_find" >> /tmp/turns
  done
done
for threads in 1 2 8; do
  median=$(awk -v t=$threads '$1 == t { printf "%.2f %.2f %.2f\n", $2 / $3, $2, $3 }' /tmp/turns | sort -n | sed -n 3p)
  note "cached -r, $threads threads: ${median% * *} of find -printf %s, the median of five turns (ratio, its seconds, find's: $median)"
done
let_go /mnt/n3
unbind
