# SPDX-License-Identifier: Apache-2.0
# Case 7. `sweep` empties the graveyard of a bound cache while the kernel buries in it: no error on any side, and the cache works on.
# While cachefilesd runs, which empties it itself, every sweep refuses (C4 of Docs/Errata.md).
make_cache
start_nfs 100M
files=120
for i in $(seq $files); do head -c 4096 /dev/urandom > "/srv/nfs/f$i"; done

fill_and_break() { # every object becomes a directory with files in it, which the kernel buries when it meets it
  rm -rf "${cache:?}/cache" "${cache:?}/graveyard"
  bind || broken "the cache cannot be bound"
  mount_nfs3 || broken "NFS does not mount"
  cat /mnt/n3/f* > /dev/null
  let_go /mnt/n3
  unbind
  python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
  while read -r _ path; do
    rm "$path"; mkdir -p "$path/a/b"; echo x | tee "$path/1" "$path/a/2" > "$path/a/b/3"
  done < /tmp/objects
}
sweeps() { # until /tmp/stop exists; one line for each run
  while [[ ! -e /tmp/stop ]]; do
    cachefiles sweep --json $cache > /tmp/sweep.json 2>> /tmp/sweep.err
    echo "$? $(jq -r '"\(.removed_entries) \(.left_entries) \(.errors)"' /tmp/sweep.json)"
  done
}

run() { # run WITH BIND
  fill_and_break
  rm -f /tmp/stop /tmp/sweep.err; : > /tmp/sweep.err
  check "with $1: the cache is bound" "$2"
  mount_nfs3 || broken "NFS does not mount"
  sweeps > /tmp/sweeps & sweeper=$!
  for i in $(seq $files); do cat "/mnt/n3/f$i" > "/tmp/got"; cmp -s /tmp/got "/srv/nfs/f$i" || echo "f$i"; done > /tmp/wrong
  sleep 2
  touch /tmp/stop
  wait $sweeper
  equal "with $1: all bytes are right" "" "$(cat /tmp/wrong)"
  if [[ $1 == cachefilesd ]]; then
    equal "with $1: every sweep refuses ($(wc -l < /tmp/sweeps) of them)" "" "$(awk '$1 != 2' /tmp/sweeps | head -3)"
    equal "with $1: and says why" 0 "$(grep -v 'note:' /tmp/sweep.err | grep -vc 'empties this graveyard itself')"
    status "with $1: a count is no sweep" 0 cachefiles sweep -n $cache
    for _ in $(seq 20); do [[ -z $(find $cache/graveyard -mindepth 1 -print -quit) ]] && break; sleep 1; done
  else
    equal "with $1: every sweep succeeds ($(wc -l < /tmp/sweeps) of them)" "" "$(awk '$1 != 0 || $4 != 0' /tmp/sweeps | head -3)"
    equal "with $1: no sweep complains" "" "$(grep -v 'note:' /tmp/sweep.err | head -3)"
    status "with $1: the last sweep succeeds" 0 cachefiles sweep $cache
  fi
  equal "with $1: the graveyard is empty" 0 "$(find $cache/graveyard -mindepth 1 | wc -l)"
  check "with $1: who bound it is alive" daemon_lives
  equal "with $1: the cache is still active" " A lab" "$(grep -o ' [A-Z] lab$' /proc/fs/fscache/caches)"
  let_go /mnt/n3
  mount_nfs3 || broken "NFS does not mount"
  equal "with $1: all files are cached again" 0 "$(reads_of /mnt/n3/f*)"
  let_go /mnt/n3
  unbind
  status "with $1: fsck finds nothing" 0 cachefiles fsck $cache
}
dmesg -C
run "nobody else" bind
equal "the sweeps removed what the kernel buried: directories" $files "$(dmesg | grep -c 'is not a file')"
check "more than one sweep had work" test "$(awk '$2 > 0' /tmp/sweeps | wc -l)" -gt 1
run cachefilesd bind_daemon
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
