# SPDX-License-Identifier: Apache-2.0
# Case 20. cachefiles-daemon as a service of systemd, which is the first process of this machine: restarts under load, crashes, a hang
# that the watchdog ends, and a stop that is meant. guest/start.sh boots it.
[[ -e /proc/fs/fscache/caches || $(uname -r) != 5.* ]] || { skip "5.10 marks no directories in use"; leave 0; }
[[ $(cat /proc/1/comm) == systemd ]] || broken "systemd is not the first process"
state=/run/cachefiles-daemon/status
make_cache
units=$(realpath "$LAB_GUEST/../../../Sources/Packaging/systemd")
for unit in daemon check cull sweep metrics scan report; do
  sed "s,/usr/bin/cachefiles,$(dirname "$(command -v cachefiles-daemon)")/cachefiles," "$units/cachefiles-$unit.service" \
    > "/run/systemd/system/cachefiles-$unit.service"
done
# run_unit NAME: with all that it may not do, to its end. What is left undone without being a failure counts here.
run_unit() {
  systemctl start "cachefiles-$1" && ! journalctl -u "cachefiles-$1" --no-pager | grep -i 'cannot\|in use\|refuse' && return
  journalctl -u "cachefiles-$1" --no-pager | tail -5
  return 1
}
mkdir -p /var/lib/prometheus/node-exporter
mkdir -p /run/systemd/system/cachefiles-daemon.service.d
printf '%s\n' '[Service]' 'WatchdogSec=6' 'TimeoutAbortSec=2' > /run/systemd/system/cachefiles-daemon.service.d/lab.conf
cp /tmp/cachefilesd.conf /etc/cachefilesd.conf
systemctl daemon-reload
wait_for() { for _ in $(seq 300); do "$@" > /dev/null 2>&1 && return 0; sleep 0.1; done; return 1; }
field() { sed -n "s/^$1 //p" $state; }
main_pid() { systemctl show -P MainPID cachefiles-daemon; }
stored() { systemctl show -P NFileDescriptorStore cachefiles-daemon; }
# came_back PROCESS: another process is the main one, and ready.
came_back() { [[ $(main_pid) != "$1" && $(systemctl is-active cachefiles-daemon) == active && $(field pid) == "$(main_pid)" ]]; }

check "systemd starts it, and is told when the cache is bound" systemctl start cachefiles-daemon
[[ $(systemctl is-active cachefiles-daemon) == active ]] || { systemctl status cachefiles-daemon; journalctl -u cachefiles-daemon --no-pager | tail -20; }
check "the cache is bound" is_bound
equal "systemd keeps the device" 1 "$(stored)"
check "the status has its words" bash -c "systemctl show -P StatusText cachefiles-daemon | grep -q 'keeping the cache'"
equal "of its capabilities two are left" 000000000000000a "$(awk '/^CapEff/ { print $2 }' "/proc/$(main_pid)/status")"
check "it filters system calls" grep -q '^Seccomp:.2' "/proc/$(main_pid)/status"
start_nfs 100M
files=30
for i in $(seq $files); do head -c $((98 * 4096)) /dev/urandom > "/srv/nfs/f$i"; done
mount_nfs3 || broken "NFS does not mount"
read_pages /mnt/n3 128
cat /mnt/n3/f* > /dev/null
let_go /mnt/n3; mount_nfs3
equal "what was read is cached" 0 "$(reads_of /mnt/n3/f1)"

# Under load: readers go on while the service is restarted, reloaded and killed.
(while [[ ! -e /tmp/enough ]]; do for i in $(seq $files); do cmp "/srv/nfs/f$i" "/mnt/n3/f$i" || echo "differs f$i"; done; done) > /tmp/readers 2>&1 &
readers=$!
for round in 1 2 3; do
  before=$(main_pid)
  check "restart $round" systemctl restart cachefiles-daemon
  check "restart $round: another process is ready" wait_for came_back "$before"
  equal "restart $round: it has taken the cache over" true "$(field taken_over)"
done
before=$(main_pid)
check "a reload is over when the settings are in force" systemctl reload cachefiles-daemon
equal "and is one of the same process" "$before" "$(main_pid)"
for signal in KILL SEGV; do
  before=$(main_pid)
  kill -$signal "$before"
  check "killed by SIG$signal it comes back" wait_for came_back "$before"
  equal "and has taken the cache over" true "$(field taken_over)"
done
before=$(main_pid)
kill -STOP "$before"
check "one that hangs is ended by the watchdog and comes back" wait_for came_back "$before"
check "as the journal says" bash -c "journalctl -u cachefiles-daemon --no-pager | grep -q 'Watchdog timeout'"
equal "the cache was taken over" true "$(field taken_over)"
# A mistake in a file of its own: systemd tries again and again, and keeps the device meanwhile.
echo 'max-age 3650days and more' > /etc/cachefiles-daemon.conf
status "a start with a mistake in the settings fails" 1 systemctl restart cachefiles-daemon
sleep 20
equal "after twenty seconds of that systemd still has the device" 1 "$(stored)"
check "and the cache is bound" is_bound
before=$(main_pid)
# What a time service tells the kernel.
python3 "$LAB_GUEST/clock.py"
echo 'max-age 3650d' > /etc/cachefiles-daemon.conf
check "with the mistake mended it comes back by itself" wait_for came_back "$before"
equal "and has taken the cache over" true "$(field taken_over)"
check "it can ask the kernel about the clock" bash -c "sleep 5; ! grep -q '^waiting' $state"
touch /tmp/enough; wait $readers
equal "readers saw no wrong byte and no error" "" "$(cat /tmp/readers)"
equal "the kernel has bound the cache once" 1 "$(dmesg | grep -c 'File cache on lab registered')"
let_go /mnt/n3; mount_nfs3
equal "no mount lost its cache: nothing is read again" 0 "$(reads_of /mnt/n3/f[1-9])"
equal "systemd keeps one copy of the device" 1 "$(stored)"
status "cull --live finds the daemon beside systemd's copy" 0 cachefiles cull --live -q --max-objects 28 $cache
for unit in metrics scan report sweep cull; do check "the unit cachefiles-$unit does its work beside the daemon" run_unit $unit; done
check "the kernel's counts are there for Prometheus" grep -q '^cachefiles_' /var/lib/prometheus/node-exporter/cachefiles.prom
check "and that it uses the cache" grep -Eq '^cachefiles_live(\{.*\})? 1$' /var/lib/prometheus/node-exporter/cachefiles.prom
check "with its state" grep -q '^cachefiles_cache_state' /var/lib/prometheus/node-exporter/cachefiles.prom
check "the record of the night has what was culled" bash -c "tail -n 1 /var/lib/cachefiles/stats.jsonl | grep -q '\"culled\":'"
check "and what is in the cache" grep -q '^cachefiles_' /var/lib/prometheus/node-exporter/cachefiles-scan.prom
check "and the report" grep -q '</html>' /var/lib/cachefiles/report.html
check "the doctor names the daemon" bash -c "cachefiles doctor $cache | grep -q 'in this directory.*$(main_pid)'"
let_go /mnt/n3
check "a stop that is meant" systemctl stop cachefiles-daemon
check "unbinds" wait_for bash -c "! grep -q ' A lab' /proc/fs/fscache/caches"
check "and a start binds anew" systemctl start cachefiles-daemon
equal "without anything to take over" false "$(field taken_over)"
systemctl stop cachefiles-daemon
# An object that nothing can write to stops a cache that is bound; repairs before the bind may do all that they have to.
wait_for bash -c "! grep -q ' A lab' /proc/fs/fscache/caches"
chattr +i "$(find $cache/cache -type f | head -1)"
echo 'check yes' > /etc/cachefiles-daemon.conf
check "with 'check yes' it starts" systemctl start cachefiles-daemon
check "and has mended what was wrong" bash -c "journalctl -u cachefiles-daemon --no-pager | grep -q 'checked before the bind.*: 1 of 1 problems mended'"
equal "no object has a flag" "" "$(lsattr -R $cache/cache 2> /dev/null | grep '^....i')"
systemctl stop cachefiles-daemon
journalctl -u cachefiles-daemon --no-pager | tail -30
equal "the kernel reports no error" "" "$(dmesg | grep -iE 'cachefiles.*(error|fail|refus)|I/O error')"
wait_for bash -c "! grep -q ' A lab' /proc/fs/fscache/caches"
check "the unit cachefiles-check checks it before the next bind" run_unit check
chattr +i "$(find $cache/cache -type f | head -1)"
status "and mends what is wrong" 0 systemctl restart cachefiles-check
check "with a journal" bash -c 'ls /var/lib/cachefiles-toolkit/*.journal'
status "fsck finds nothing wrong" 0 cachefiles fsck -q $cache
leave 0
