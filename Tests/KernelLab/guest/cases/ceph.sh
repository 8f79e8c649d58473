# SPDX-License-Identifier: Apache-2.0
# Case 2 and part of 11. Names and records of Ceph, and from a file to its object and back: the kernel's client against one monitor, one
# OSD that keeps its data in memory, and one metadata server, without authentication.
. "$LAB_GUEST/mapping.sh"
. "$LAB_GUEST/verify.sh"
modprobe ceph 2>/dev/null || { skip "this kernel has no ceph"; leave; }
for server in ceph-mon ceph-osd ceph-mds; do command -v $server > /dev/null || { skip "no $server"; leave; }; done
make_cache
fsid=5f0c1b7e-9a3d-4e52-8c11-0a6b7d2e4f90 osd=0d3c8f52-6b1e-4f0a-9c77-35e1a4d2b608 servers=/tmp/ceph
export CEPH_CONF=$servers/ceph.conf
start_ceph() {
  mkdir -p $servers/{mon,osd,mds} /mnt/ceph
  cat > $CEPH_CONF <<C
[global]
fsid = $fsid
mon host = v1:127.0.0.1:6789
mon initial members = a
public addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = $servers
pid file =
admin socket =
log file = $servers/\$name.log
mon data = $servers/mon
osd data = $servers/osd
mds data = $servers/mds
osd objectstore = memstore
memstore device bytes = 200M
osd pool default size = 1
osd pool default min size = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
osd class update on start = false
mon allow pool size one = true
mon data avail crit = 1
mon tick interval = 1
paxos propose interval = 0.1
mon lease = 60
osd heartbeat grace = 600
mds beacon grace = 600
mds beacon interval = 1
C
  monmaptool --create --fsid $fsid --addv a v1:127.0.0.1:6789 $servers/monmap > /dev/null
  ceph-mon --mkfs -i a --monmap $servers/monmap
  ceph-mon -i a -f > $servers/mon.out 2>&1 &
  ceph-osd -i 0 --mkfs --osd-uuid $osd > $servers/osd.out 2>&1
  python3 "$LAB_GUEST/ceph.py" $CEPH_CONF $osd || broken "no Ceph cluster"
  ceph-osd -i 0 -f >> $servers/osd.out 2>&1 &
  ceph-mds -i a -f > $servers/mds.out 2>&1 &
  python3 "$LAB_GUEST/ceph.py" $CEPH_CONF --wait || { tail -n 5 $servers/*.out; broken "no Ceph file system"; }
}

start_ceph
mount_ceph() { mount -i -t ceph "admin@$fsid.lab=/" /mnt/ceph -o mon_addr=127.0.0.1:6789,fsc; }
# downloads: how many requests netfs sent to a server.
downloads() { sed -n 's/.* DL=\([0-9]*\).*/\1/p' /proc/fs/fscache/stats; }
[[ -n $(downloads) ]] || broken "no count of downloads"

# Made without a cache, because what is written through a mount goes into the cache, too.
mount_ceph || { dmesg | tail -5; broken "Ceph does not mount"; }
mkdir /mnt/ceph/d
for i in $(seq 40); do head -c $((i * 911)) /dev/urandom > "/mnt/ceph/d/f$i"; done
head -c 3000000 /dev/urandom > /mnt/ceph/big
make_parts /mnt/ceph/parts || broken "Ceph takes no more files"
# Kernel 7.2 miscounts pages that are dirty when a snapshot is made: the unmount would wait for a minute (ceph_kill_sb).
sync
mkdir /mnt/ceph/d/.snap/old
printf more >> /mnt/ceph/d/f9
let_go /mnt/ceph
check "the cache is bound" bind
mount_ceph || broken "Ceph does not mount again"
ls -lR /mnt/ceph > /dev/null
cat /mnt/ceph/d/* /mnt/ceph/big /mnt/ceph/d/.snap/old/f9 > /dev/null
read_parts /mnt/ceph/parts
head -c 50000 /dev/urandom > /mnt/ceph/written
sync
stat -c '%n %i %s' /mnt/ceph/d/* /mnt/ceph/big > /tmp/server
cp /proc/fs/fscache/volumes /proc/fs/fscache/cookies /tmp/
locate_all /mnt/ceph/d/f7 /mnt/ceph/big /mnt/ceph/parts/{whole,half,block} > /tmp/located
equal "a file in a snapshot: unknown" "it is in a snapshot, whose number cannot be asked for" \
  "$(answer /mnt/ceph/d/.snap/old/f9 reason)"
save_tables "$(uname -r)-ceph"
let_go /mnt/ceph
unbind
save_manifest "$(uname -r)-ceph"
equal "there are objects of all 46 files that were read or written" 46 "$(objects | wc -l)"
python3 "$LAB_GUEST/names.py" /tmp/volumes /tmp/cookies $cache --schemes T
find $cache/cache -mindepth 3 -type f -print0 | xargs -0 cachefiles show --json |
  jq -r '.entries[] | "\(.key) \(.record.aux) \(.record.object_size_bytes) \(.netfs.object.snapshot)"' | sort > /tmp/records
equal "show gives the lengths of all files" "" "$(comm -23 <(cut -d' ' -f3 /tmp/server | sort) <(cut -d' ' -f3 /tmp/records | sort))"
equal "and the versions of their cookies" "" \
  "$(comm -23 <(cut -d' ' -f1,2 /tmp/records) <(awk 'NR > 2 { sub(",", "", $8); print $8, $9 }' /tmp/cookies | sort))"
equal "one object is of a snapshot" "8199 0x2" "$(sed -n 's/.* \([0-9]* 0x.*\)/\1/p' /tmp/records)"
status "fsck finds nothing" 0 cachefiles fsck $cache

# From the files to the objects, and back.
all_exist /tmp/located
check "the cache is bound again" bind
mount_ceph || broken "Ceph does not mount once more"
listing $cache > /tmp/before
states_of /mnt/ceph/parts
while read -r file object; do
  equal "$file: the bytes that its object has" "$(data_of "$object" "$(stat -c %s "$file")")" "$(answer "$file" cached_bytes)"
done < /tmp/located
cachefiles cached -q -r /mnt/ceph | sed 's/^/    /'
listing $cache > /tmp/after
check "the questions left the cache as it was, access times included" cmp /tmp/before /tmp/after
all_found /tmp/located
# The object of a file that was written through the mount has the version that the file had before the last of it reached the server.
said=$(answer /mnt/ceph/written state)
before=$(downloads)
cat /mnt/ceph/written > /dev/null
[[ $(downloads) == "$before" ]] && does=cached || does=stale
equal "a file that was written through the mount is what the kernel takes it for" $does "$said"
note "a file that was written through the mount: $said"
let_go /mnt/ceph
unbind

# Wrong bytes are found by a direct read.
spoil 1 /mnt/ceph/{d/f7,big,parts/whole,parts/half}
check "the cache with wrong bytes is bound" bind
mount_ceph || broken "Ceph does not mount with wrong bytes"
all_found_wrong Ceph 1 /mnt/ceph
let_go /mnt/ceph
unbind
mount_ceph || broken "Ceph does not mount"
cachefiles verify -q -r --json --discard /mnt/ceph > /tmp/verified
equal "offline the wrong objects are removed" '["removed"]' "$(jq -c '[.wrong[].removal] | unique' /tmp/verified)"
let_go /mnt/ceph
check "the cache is bound after that" bind
mount_ceph || broken "Ceph does not mount after that"
all_right "Ceph after the removal" /mnt/ceph
# For what comes, the files are read in again.
cat /mnt/ceph/d/f7 /mnt/ceph/big > /dev/null
read_parts /mnt/ceph/parts
sync
let_go /mnt/ceph
unbind

# As another client would: the files change while this machine has no cache.
mount_ceph || broken "Ceph does not mount without a cache"
printf more >> /mnt/ceph/parts/whole
printf X | dd of=/mnt/ceph/parts/half conv=notrunc status=none
cp /mnt/ceph/parts/half /tmp/half
let_go /mnt/ceph
check "the cache is bound for the last time" bind
# In the older form of the source, which does not tell the cluster.
mount -i -t ceph 127.0.0.1:6789:/ /mnt/ceph -o name=admin,fsc || broken "Ceph does not mount after the change"
equal "a file that is longer now is stale" stale "$(answer /mnt/ceph/parts/whole state)"
equal "a file of the same length with another byte is stale" stale "$(answer /mnt/ceph/parts/half state)"
equal "a file that is as it was is partial" partial "$(answer /mnt/ceph/parts/block state)"
note "why: $(answer /mnt/ceph/parts/block reason)"
check "the kernel reads the other byte" cmp /mnt/ceph/parts/half /tmp/half
let_go /mnt/ceph
unbind
