# SPDX-License-Identifier: Apache-2.0
# Case 17. What a reader of cached files loses while a daemon makes room: each is stopped for every other two seconds, so that the reader is
# compared with itself. cachefilesd as it is; cachefiles-daemon with several parts of the time, by turns, and a process that does nothing, which
# says how exact this is. Another program takes so little room that there is time. Slow: it runs only when it is named.
. "$LAB_GUEST/keeper.sh"
. "$LAB_GUEST/press.sh"
mkdir -p $cache
fill_room() {
  mkfs.ext4 -q -F -N 65536 /dev/vda 400M && mount /dev/vda $cache || broken "no file system"
  rmdir $cache/lost+found
  cachefiles sample --quiet --objects 45000 --data 4K $cache > /tmp/made 2>&1 || broken "no objects: $(tail -1 /tmp/made)"
  room_configuration 30
}
# share PART: what removing may take of the time.
share() {
  echo "cull-share $1" > /tmp/keeper.conf
  local before
  before=$(field settings_read_ns)
  kill -HUP "$(</tmp/binder.pid)"
  wait_for has_read_again "$before" || broken "the settings are not read"
}
has_read_again() { [[ $(field settings_read_ns) != "$1" ]]; }
start_nfs 64M
for i in $(seq 40); do head -c 262144 /dev/urandom > "/srv/nfs/f$i"; done
for who in cachefilesd cachefiles-daemon; do head -c 262144 /dev/urandom > "/srv/nfs/late.$who"; done
sleep 100000 &
nothing=$!
for who in cachefilesd cachefiles-daemon; do
  fill_room
  start_daemon $who
  mount_nfs3 actimeo=3600 || broken "no mount"
  cat /mnt/n3/f* > /dev/null
  [[ $who == cachefilesd ]] || share 100%
  # Between bcull and brun: nothing has to go yet, and there is time to learn.
  take 35 some
  sleep 180
  python3 "$LAB_GUEST/reader.py" /mnt/n3 /tmp/reads &
  reader=$!
  reads=$(server_reads)
  sleep 5
  # A little below bcull, far from bstop: there is time. The kernel looks at the room when something is stored.
  take 29 taken
  if [[ $who == cachefilesd ]]; then
    cat /mnt/n3/late.$who > /dev/null
    alternates "$(</tmp/binder.pid)" $who 600 has_room
    told $who
  else
    share 1%
    cat /mnt/n3/late.$who > /dev/null
    for round in 1 2 3 4; do
      alternates $nothing nothing 80
      for part in 1 2 4; do
        share "$part%"
        alternates "$(</tmp/binder.pid)" "share.$part" 80
      done
      note "round $round: $(room_percent) % free"
    done
    told nothing share.1 share.2 share.4
    check "it made room all the time" [ "$(room_percent)" -lt 40 ]
    share 100%
  fi
  # Stopped for half of the time it may not have been done.
  has_room || goes $who 600
  check "$who makes room where little is wanted" has_room
  check "$who lives" daemon_lives
  costs $who
  rm /tmp/reads
  wait $reader
  note "$who: READs at the server while room was made: $(($(server_reads) - reads)) (one file was new, 64 pages)"
  umount /mnt/n3
  unbind
  umount $cache || broken "cannot be unmounted"
done
kill $nothing
