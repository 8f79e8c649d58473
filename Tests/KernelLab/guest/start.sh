#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first program of the guest: sets the machine up, runs the case that the kernel's command line names, and powers off.
value() { sed -n "s/.*lab\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
export PYTHONDONTWRITEBYTECODE=1 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
export LAB_FS LAB_GUEST LAB_CASE LAB_OBJECTS
LAB_FS=$(value fs) LAB_GUEST=/lab/host$(value guest) LAB_CASE=$(value case) LAB_OBJECTS=$(value objects)
# A case that needs systemd is a service of it: this starts again as that service.
if [[ $LAB_CASE == systemd && $$ == 1 ]]; then
  mkdir -p /run/systemd/system
  printf '%s\n' '[Unit]' 'Description=the case' '[Service]' 'Type=oneshot' "ExecStart=/bin/bash $LAB_GUEST/start.sh" \
    'StandardOutput=tty' 'StandardError=inherit' 'TTYPath=/dev/console' 'TimeoutStartSec=infinity' \
    > /run/systemd/system/lab.service
  printf '%s\n' '[Unit]' 'Description=the lab' 'Requires=lab.service' 'AllowIsolate=yes' > /run/systemd/system/lab.target
  exec /lib/systemd/systemd --system --unit=lab.target --show-status=no --log-level=warning
fi

# Each start of a program from the host's file system takes a second, from memory a quarter of it.
mkdir -p /run/lab/real /run/lab/json
cp -a "/lab/host$(value bin)/cachefiles-daemon" /run/lab/
# What the others print as JSON is noted for the host, which holds it to the schemas.
chmod 1777 /run/lab/json
for program in cachefiles cachefiles-fsck cachefiles-cull cache-du; do
  cp -a "/lab/host$(value bin)/$program" /run/lab/real/
  sed "s,@REAL@,/run/lab/real/$program,; s,@NOTES@,/run/lab/json," "$LAB_GUEST/../../noting.sh" > /run/lab/$program
  chmod 755 /run/lab/$program
done
PATH=/run/lab:$PATH

# Ganesha looks for its export there, and a bare machine has none.
[[ -e /etc/mtab ]] || ln -s /proc/self/mounts /etc/mtab
[[ -e /dev/fd ]] || ln -s /proc/self/fd /dev/fd
ip link set lo up
mkdir -p /out
mount -t 9p -o trans=virtio,version=9p2000.L out /out 2>/dev/null
cd /lab || exit
bash -c '. "$LAB_GUEST/lab.sh"; . "$LAB_GUEST/cases/$LAB_CASE.sh"; leave' 2>&1
echo "LAB exit $?"
[[ ! -d /out ]] || cp -r /run/lab/json /out/
sync
/lab/host/bin/busybox poweroff -f
