# SPDX-License-Identifier: Apache-2.0
# What the cases of cachefiles-daemon share.
state=/run/cachefiles-daemon/status
tag=lab

# bound_as TAG: a cache of this name is active.
bound_as() { grep -q " A $1\$" /proc/fs/fscache/caches; }
# wait_for COMMAND...: it succeeds within ten seconds.
wait_for() { for _ in $(seq 100); do "$@" > /dev/null 2>&1 && return 0; sleep 0.1; done; return 1; }
# start_keeper ARGUMENT...: the daemon in the foreground.
start_keeper() {
  cachefiles-daemon -n -s "$@" > /tmp/keeper.log 2>&1 &
  echo $! > /tmp/keeper.pid
  wait_for bound_as "$tag" || { cat /tmp/keeper.log; return 1; }
}
keeper_lives() { kill -0 "$(</tmp/keeper.pid)"; }
# field NAME: what the daemon says of itself.
field() { sed -n "s/^$1 //p" $state; }
field_is() { [[ $(field "$1") == "$2" ]]; }
# came_back PROCESS: another process than this one is the daemon.
came_back() { local now; now=$(field pid 2>/dev/null); [[ -n $now && $now != "$1" && -e /proc/$now ]]; }
stop_keeper() {
  kill "$(</tmp/keeper.pid)"
  wait "$(</tmp/keeper.pid)" 2>/dev/null
  wait_for bash -c "! grep -q ' A ' /proc/fs/fscache/caches"
}
available() { stat -f -c '%a' $cache; }
# start_managed [ARGUMENT...]: the daemon under a manager that keeps its device.
start_managed() {
  python3 "$LAB_GUEST/manager.py" /tmp/manager.log cachefiles-daemon -n -s "$@" > /tmp/managed.log 2>&1 &
  echo $! > /tmp/manager.pid
  wait_for bound_as "$tag" || { cat /tmp/managed.log; return 1; }
}
stop_managed() {
  kill "$(</tmp/manager.pid)"
  for _ in $(seq 150); do kill -0 "$(</tmp/manager.pid)" 2> /dev/null || return 0; sleep 0.1; done
}
