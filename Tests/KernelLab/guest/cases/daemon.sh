# SPDX-License-Identifier: Apache-2.0
# Case 10. cachefilesd takes up a cache that was repaired and culled by this package, culls it further, and neither exits nor
# removes anything but what it culls and what lies in the graveyard.
make_cache
start_nfs 200M
files=60
for i in $(seq $files); do head -c 1048576 /dev/urandom > "/srv/nfs/f$i"; done
check "the cache is bound" bind
mount_nfs3 || broken "NFS does not mount"
for i in $(seq $files); do cat "/mnt/n3/f$i" > /dev/null; done
let_go /mnt/n3
unbind
python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
object() { awk -v file="f$1" '$1 == file { print $2 }' /tmp/objects; }
while read -r file path; do touch -a -d "@$((1700000000 + ${file#f} * 86400))" "$path"; done < /tmp/objects

i=50
for damage in noxattr longxattr directory symlink fifo otherfanout badname; do
  i=$((i + 1)); python3 "$LAB_GUEST/damage.py" $damage "$(object $i)" || broken "cannot do $damage"
done
mkdir -p /var/lib/cachefiles-toolkit
status "fsck -p repairs it" 1 cachefiles fsck -p $cache
status "cull culls it" 0 cachefiles cull --max-objects 45 $cache
equal "to the number that was asked for" 45 "$(objects | wc -l)"
graves=$(find $cache/graveyard -mindepth 1 -maxdepth 1 | wc -l)
check "the repair has filled the graveyard: $graves" test "$graves" -gt 0
find /var/lib/cachefiles-toolkit -type f -exec sha256sum {} + > /tmp/journals
objects > /tmp/kept

# Limits that want ten files' room more than there is.
read -r blocks free size < <(stat -f -c '%b %a %S' $cache)
percent=$((blocks / 100))
write_configuration brun=$(((free + 10 * 1048576 / size) / percent + 1)) bcull=$((free / percent + 1)) bstop=1 frun=10 fcull=7 fstop=3
check "cachefilesd takes it up" bind_daemon
for _ in $(seq 60); do [[ $(objects | wc -l) == 45 ]] || break; sleep 0.5; done
sleep 5
check "it is still there" daemon_lives
daemon_lives 2> /dev/null || tail -20 /tmp/cachefilesd.log
equal "it has emptied the graveyard" 0 "$(find $cache/graveyard -mindepth 1 | wc -l)"
objects > /tmp/left
check "it has culled: $(wc -l < /tmp/left) of 45 objects are left" test "$(wc -l < /tmp/left)" -lt 45
equal "it has added nothing" "" "$(comm -13 /tmp/kept /tmp/left)"
check "our journals are as they were" sha256sum --quiet -c /tmp/journals
check "there is a journal" test -s /tmp/journals
mount_nfs3 || broken "NFS does not mount"
missed=0 held=0
while read -r file path; do
  [[ -e $path ]] && expected=0 || expected=1
  got=$(($(reads_of "/mnt/n3/$file") > 0 ? 1 : 0))
  [[ $expected == 0 ]] && held=$((held + 1))
  [[ $expected == "$got" || $expected == 0 && ! -e $path ]] || { missed=$((missed + 1)); echo "$file: $got"; }
done < /tmp/objects
equal "what is left, $held files, is served, the rest is not" 0 $missed
check "all bytes are right" bash -c 'for f in /srv/nfs/f*; do cmp "$f" "/mnt/n3/${f##*/}" || exit 1; done'
check "it is there in the end" daemon_lives
let_go /mnt/n3
equal "it has complained of nothing" "" "$(grep -iE 'error|fail|unable|abort|unsupported' /tmp/cachefilesd.log | head -3)"
unbind
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
status "fsck finds nothing in the end" 0 cachefiles fsck $cache
