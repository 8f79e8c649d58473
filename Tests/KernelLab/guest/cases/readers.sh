# SPDX-License-Identifier: Apache-2.0
# Case 17. What a reader of cached files loses while a daemon makes room, with time to learn first: cachefilesd and cachefiles-daemon. Another
# program takes room at one stroke; twice, the second time so little that there is time. Slow: it runs only when it is named.
. "$LAB_GUEST/press.sh"
mkdir -p $cache
fill_room() {
  mkfs.ext4 -q -F -N 65536 /dev/vda 400M && mount /dev/vda $cache || broken "no file system"
  rmdir $cache/lost+found
  cachefiles sample --quiet --objects 45000 --data 4K $cache > /tmp/made 2>&1 || broken "no objects: $(tail -1 /tmp/made)"
  room_configuration 30
}
start_nfs 64M
for i in $(seq 40); do head -c 262144 /dev/urandom > "/srv/nfs/f$i"; done
for who in cachefilesd cachefiles-daemon; do
  for time in '' .calm; do head -c 262144 /dev/urandom > "/srv/nfs/late.$who$time"; done
done
for who in cachefilesd cachefiles-daemon; do
  fill_room
  note "before: $(room_percent) % of the room free"
  start_daemon $who
  mount_nfs3 actimeo=3600 || broken "no mount"
  cat /mnt/n3/f* > /dev/null
  python3 "$LAB_GUEST/reader.py" /mnt/n3 /tmp/reads &
  reader=$!
  # Between bcull and brun: nothing has to go yet.
  take 35 some
  sleep 60
  # How exact this is: nothing goes, stopped or not.
  alternates $who 120 false
  before=$(server_reads)
  press $who 18 300
  check "$who makes room" has_room
  # A little below bcull, far from bstop: there is time.
  sleep 30
  take 29 taken.calm
  cat /mnt/n3/late.$who.calm > /dev/null
  alternates $who 600 has_room
  # Stopped for half of the time it may not have been done.
  has_room || goes $who 600
  check "$who makes room where little is wanted" has_room
  check "$who lives" daemon_lives
  costs $who
  [[ $who == cachefilesd ]] || grep -E 'culled|learn' /tmp/keeper.log
  rm /tmp/reads
  wait $reader
  note "$who: READs at the server while room was made: $(($(server_reads) - before)) (two files were new, 64 pages each)"
  umount /mnt/n3
  unbind
  umount $cache || broken "cannot be unmounted"
done
