# SPDX-License-Identifier: Apache-2.0
# Case 2 and part of 11. Names and records of AFS, and from a file to its object and back: the kernel's client (kafs) against OpenAFS servers, without Kerberos.
. "$LAB_GUEST/mapping.sh"
. "$LAB_GUEST/verify.sh"
modprobe kafs 2>/dev/null || { skip "this kernel has no kafs"; leave; }
command -v bosserver > /dev/null || { skip "no OpenAFS server"; leave; }
make_cache
modprobe dummy
ip link add dummy0 type dummy 2>/dev/null
ip addr add 192.168.77.1/24 dev dummy0
ip link set dummy0 up
hostname testhost
echo "192.168.77.1 testhost testhost.test.local" >> /etc/hosts
# Newer kernels look up the cell in DNS even when its servers were given. This answers in the form of <linux/dns_resolver.h>: a server
# list of version 1 with one server, its UDP port 7003 and its one address.
if [[ $(uname -r) != 6.1.* ]]; then
  cat > /sbin/lab-answer <<'K'
#!/bin/sh
printf '\0\0\001\003\001\001\002\0\0\0\0\0\133\033\003\001\001\001vl\0\300\250\115\001' | keyctl pinstantiate "$1" "$2"
K
  chmod +x /sbin/lab-answer
  echo 'create dns_resolver afsdb:* * /sbin/lab-answer %k %S' > /etc/request-key.conf
fi

loop_mount /tmp/vice.img 200M /vicepa
touch /vicepa/AlwaysAttach
mkdir -p /etc/openafs/server /var/lib/openafs/{db,local,logs} /var/log/openafs /run/openafs /mnt/afs
echo test.local | tee /etc/openafs/server/ThisCell > /etc/openafs/ThisCell
printf '>test.local #test\n192.168.77.1 #testhost\n' | tee /etc/openafs/server/CellServDB > /etc/openafs/CellServDB
asetkey add 1 0123456789abcdef
bosserver -noauth
sleep 2
for server in ptserver vlserver; do bos create testhost $server simple /usr/lib/openafs/$server -noauth; done
# The database servers need a quorum before the file server starts: else it does not register its address for five minutes. They say
# that they have one before they take writes.
for port in 7002 7003; do
  for _ in $(seq 60); do udebug testhost $port 2>/dev/null | grep -q 'I am sync site' && break; sleep 1; done
done
sleep 30
bos create testhost dafs dafs -cmd /usr/lib/openafs/dafileserver -cmd /usr/lib/openafs/davolserver \
  -cmd /usr/lib/openafs/salvageserver -cmd /usr/lib/openafs/dasalvager -noauth
for _ in $(seq 120); do vos listaddrs -noauth 2>/dev/null | grep -q . && break; sleep 1; done
vos listaddrs -noauth | grep -q . || { tail -5 /var/log/openafs/{FileLog,VLLog}; broken "the AFS file server does not register"; }
for volume in root.afs root.cell data.zero; do
  for _ in $(seq 20); do vos create testhost a $volume -maxquota 0 -noauth > /tmp/vos 2>&1 && break; sleep 1; done
done
# Without Kerberos nobody is an administrator: in a dump of the empty volume the administrators' entry of the access list (-204) is
# given to everybody (-101), and the volume is made again from it.
vos dump data.zero -file /tmp/zero.dump -noauth > /tmp/vos 2>&1
python3 - <<'P'
dump = open("/tmp/zero.dump", "rb").read()
number = lambda n: n.to_bytes(4, "big", signed=True)
open("/tmp/one.dump", "wb").write(dump.replace(number(-204), number(-101)))
P
vos restore testhost a data.one -file /tmp/one.dump -noauth > /tmp/vos 2>&1 || { cat /tmp/vos; broken "OpenAFS has no volume"; }
echo add test.local 192.168.77.1 > /proc/fs/afs/cells
mount_afs() { mount -t afs "%test.local:data.one" /mnt/afs; }
mount_afs || broken "AFS does not mount"
# Without a cache: what is written through the mount is stored in it.
make_parts /mnt/afs/parts || broken "AFS takes no more files"
umount /mnt/afs
check "the cache is bound" bind
mount_afs || broken "AFS does not mount with a cache"
mkdir /mnt/afs/d
for i in $(seq 40); do head -c $((i * 911)) /dev/urandom > "/mnt/afs/d/f$i"; done
head -c 3000000 /dev/urandom > /mnt/afs/big
umount /mnt/afs
sleep 1
mount_afs || broken "AFS does not mount again"
ls -lR /mnt/afs > /dev/null
cat /mnt/afs/d/* /mnt/afs/big > /dev/null
read_parts /mnt/afs/parts
sync
stat -c '%n %i %s' /mnt/afs/d/* /mnt/afs/big > /tmp/server.afs
cp /proc/fs/fscache/volumes /proc/fs/fscache/cookies /tmp/
locate_all /mnt/afs/d/f7 /mnt/afs/big /mnt/afs/parts/{whole,half,block} > /tmp/located
save_tables "$(uname -r)-afs"
let_go /mnt/afs
unbind
save_manifest "$(uname -r)-afs"
check "there are objects of all 44 files that were read" test "$(objects | wc -l)" -ge 44
python3 "$LAB_GUEST/names.py" /tmp/volumes /tmp/cookies $cache --schemes S
sizes=$(find $cache/cache/Iafs*/@* -type f -print0 | xargs -0 cachefiles show --json | jq '.entries[] | .record.object_size_bytes' | sort -n)
equal "show gives the lengths of all files" "" "$(comm -23 <(cut -d' ' -f3 /tmp/server.afs | sort) <(sort <<<"$sizes"))"
status "fsck finds nothing" 0 cachefiles fsck $cache

# From the files to the objects, and back.
all_exist /tmp/located
check "the cache is bound again" bind
mount_afs || broken "AFS does not mount once more"
# Newer kernels cache directories, too: these are in the cache before it is looked at.
ls -lR /mnt/afs > /dev/null
sync; sleep 2
listing $cache > /tmp/before
states_of /mnt/afs/parts
while read -r file object; do
  equal "$file: the bytes that its object has" "$(data_of "$object" "$(stat -c %s "$file")")" "$(answer "$file" cached_bytes)"
done < /tmp/located
cachefiles cached -q -r /mnt/afs | sed 's/^/    /'
listing $cache > /tmp/after
check "the questions left the cache as it was, access times included" cmp /tmp/before /tmp/after
diff /tmp/before /tmp/after | head -5 | cut -c1-200
all_found /tmp/located
let_go /mnt/afs
unbind

# Wrong bytes are found by a direct read, which kafs has from 6.8 on.
spoil 1 /mnt/afs/{d/f7,big,parts/whole,parts/half}
check "the cache with wrong bytes is bound" bind
mount_afs || broken "AFS does not mount with wrong bytes"
if [[ $(uname -r) == 6.1.* ]]; then
  cachefiles verify -q -r --json /mnt/afs > /tmp/verified
  equal "this kernel cannot read AFS directly: nothing is compared, and that is said" "1 unknown 0" \
    "$? $(jq -r '"\(.verdict) \(.compared_bytes)"' /tmp/verified)"
  cachefiles verify -q -r /mnt/afs | sed 's/^/    /'
else
  all_found_wrong AFS 1 /mnt/afs
fi
let_go /mnt/afs
unbind
if [[ $(uname -r) != 6.1.* ]]; then
  mount_afs || broken "AFS does not mount"
  cachefiles verify -q -r --json --discard /mnt/afs > /tmp/verified
  equal "offline the wrong objects are removed" '["removed"]' "$(jq -c '[.wrong[].removal] | unique' /tmp/verified)"
  let_go /mnt/afs
  check "the cache is bound after that" bind
  mount_afs || broken "AFS does not mount after that"
  all_right "AFS after the removal" /mnt/afs
  # For what comes, the files are read in again.
  cat /mnt/afs/d/f7 /mnt/afs/big > /dev/null
  read_parts /mnt/afs/parts
  sync
  let_go /mnt/afs
  unbind
fi

# As another client would: the files change while this machine has no cache.
mount_afs || broken "AFS does not mount without a cache"
printf more >> /mnt/afs/parts/whole
printf X | dd of=/mnt/afs/parts/half conv=notrunc status=none
let_go /mnt/afs
check "the cache is bound for the last time" bind
mount_afs || broken "AFS does not mount after the change"
equal "a file that is longer now is stale" stale "$(answer /mnt/afs/parts/whole state)"
equal "a file that is as it was is partial" partial "$(answer /mnt/afs/parts/block state)"
equal "a file of the same length with another byte is stale by the kernel's table" stale "$(answer /mnt/afs/parts/half state)"
head -c 1 /mnt/afs/parts/half > /dev/null
equal "and when the kernel has opened it" stale "$(answer /mnt/afs/parts/half state)"
let_go /mnt/afs
unbind
