# SPDX-License-Identifier: Apache-2.0
# What the cases share that race daemons against each other for room.

files() { stat -f -c '%d' $cache; }
room() { stat -f -c '%a' $cache; }
room_percent() { stat -f -c '%a %b' $cache | { read -r free all; echo $((free * 100 / all)); }; }
# brun is 40 %. The kernel's limit: whole hundredths of all blocks, times 40.
# shellcheck disable=SC2017 # as the kernel divides
has_room() { stat -f -c '%a %b' $cache | { read -r free all; [[ $free -ge $((all / 100 * 40)) ]]; }; }
# Limits that are lowered go to the kernel in the order stop, cull, run: cachefilesd sends them as they stand.
# room_configuration BCULL
room_configuration() {
  printf 'dir %s\ntag lab\nbrun 40%%\nbcull %s%%\nbstop 1%%\nfstop 1%%\nfcull 2%%\nfrun 3%%\nculltable 12\n' $cache "$1" > /tmp/cachefilesd.conf
}
# start_daemon cachefilesd|cachefiles-daemon: binds the cache and leaves the daemon there.
start_daemon() {
  modprobe cachefiles
  if [[ $1 == cachefilesd ]]; then bind_daemon || broken "cachefilesd does not hold the cache"
  else
    touch /tmp/keeper.conf
    cachefiles-daemon -n -s -f /tmp/cachefilesd.conf --settings /tmp/keeper.conf > /tmp/keeper.log 2>&1 &
    wait_bound $! is_bound || { cat /tmp/keeper.log; broken "cachefiles-daemon does not hold the cache"; }
  fi
}
# reads FROM TO: how many files a second the reader reads between two times of day.
reads() { awk -v from="$1" -v to="$2" '$1 >= from && $1 < to { n++ } END { printf "%.1f", n / (to - from) }' /tmp/reads; }
server_reads() { awk '/[ \t]READ:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats; }
# take PERCENT FILE: takes room until so much is left; bc leaves no digits behind the point.
take() { fallocate -l "$(echo "($(room) - $(stat -f -c '%b' $cache) * $1 / 100) * $(stat -f -c '%S' $cache)" | bc)" "$cache/$2" || broken "no room to take"; }
# press WHO PERCENT SECONDS [TIME]: takes room down to so much, and measures what goes until there is 40 %, or the time is over. A second
# TIME needs a word of its own.
press() {
  take "$2" "taken${4-}"
  still=$(reads "$(echo "$(date +%s.%N) - 20" | bc)" "$(date +%s.%N)")
  # The kernel looks at the room when something is stored: only then does it tell a daemon.
  cat "/mnt/n3/late.$1${4-}" > /dev/null
  goes "$1" "$3"
}
# goes WHO SECONDS: measures what goes until there is 40 %, or the time is over.
goes() {
  local start before seconds objects end busy
  start=$(date +%s.%N) before=$(files)
  # By the clock: in a slow guest each look takes longer than the pause.
  while ! has_room && [[ $(echo "$(date +%s.%N) - $start < $2" | bc) == 1 ]]; do sleep 0.1; done
  end=$(date +%s.%N)
  seconds=$(echo "$end - $start" | bc) objects=$(($(files) - before))
  note "$1: $seconds s, $objects objects, $(echo "scale=1; $objects / $seconds" | bc) a second, $(room_percent) % free"
  busy=$(reads "$start" "$end")
  note "$1, a reader of cached files beside it: $still a second before, $busy meanwhile, $(echo "scale=3; $busy / $still" | bc) of that"
}
costs() { note "$1: memory $(awk '/VmHWM/ { print $2 }' "/proc/$(</tmp/binder.pid)/status") KiB at most; processor $(ps -o time= -p "$(</tmp/binder.pid)")"; }
# alternates PROCESS NAME SECONDS [DONE...]: stops a process for every other two seconds until the time is over or DONE holds; told says what
# came of all that have a NAME.
alternates() {
  local process=$1 name=$2 seconds=$3 start before now kind
  shift 3
  start=$(date +%s.%N) before=$(files)
  while [[ $(echo "$(date +%s.%N) - $start < $seconds" | bc) == 1 ]]; do
    if [[ $# -gt 0 ]] && "$@"; then break; fi
    for kind in off on; do
      [[ $kind == on ]] || kill -STOP "$process"
      now=$(date +%s.%N)
      sleep 2
      echo "$now $(date +%s.%N) $kind" >> "/tmp/windows.$name"
      kill -CONT "$process"
    done
  done
  echo $(($(files) - before)) >> "/tmp/gone.$name"
}
# told NAME...: what a reader does while what alternated runs and while it is stopped: whatever else goes on in the guest is in both.
told() {
  local name objects on
  for name in "$@"; do
    objects=$(awk '{ n += $1 } END { print n }' "/tmp/gone.$name") on=$(($(grep -c ' on$' "/tmp/windows.$name") * 2))
    note "$name, stopped for every other two seconds: $objects objects in $on s, $(echo "scale=1; $objects / $on" | bc) a second"
    note "$name, a reader of cached files beside it: $("$LAB_GUEST/windows.py" /tmp/reads "/tmp/windows.$name")"
  done
}
