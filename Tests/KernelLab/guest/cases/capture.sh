# SPDX-License-Identifier: Apache-2.0
# Not a case but the making of captures: one cache of NFS v3, v4.2, SMB and a user-space NFS server, one of the 9P server that
# chooses its keys. On a kernel before 5.17 they are in the old layout.
release=$(uname -r)
make_cache
start_nfs; start_samba
mkdir -p /srv/nfs/{a/b/c,small,big}
for i in $(seq 30); do head -c $((i * 97)) /dev/urandom > "/srv/nfs/small/f$i"; done
for size in 1 4095 4096 4097 65536 1000000; do head -c $size /dev/urandom > "/srv/nfs/big/s$size"; done
: > /srv/nfs/big/empty
truncate -s 50M /srv/nfs/big/sparse
for size in 1 5000 300000; do head -c $size /dev/urandom > "/srv/smb/c$size"; done
bind || broken "the cache cannot be bound"
mount_nfs3 fsc=lab,nosharecache && mount_nfs4 && mount_smb || broken "a mount fails"
mounts="/mnt/n3 /mnt/n4 /mnt/smb"
if start_ganesha && for i in $(seq 5); do head -c $((i * 777)) /dev/urandom > "/srv/ganesha/g$i"; done && mount_ganesha; then
  mounts="$mounts /mnt/ganesha"
fi
find /mnt/n4 /mnt/smb /mnt/ganesha -type f ! -name sparse -exec cat {} + > /dev/null
find /mnt/n3/small -name 'f1*' -exec cat {} + > /dev/null
dd if=/mnt/n4/big/sparse of=/dev/null bs=4096 skip=600 count=10 2>/dev/null
dd if=/mnt/n3/big/s1000000 of=/dev/null bs=4096 skip=100 count=10 2>/dev/null
head -c 9000 /dev/urandom > /mnt/n4/a/b/new; cat /mnt/n4/a/b/new > /dev/null
echo more >> /mnt/n4/small/f3; cat /mnt/n4/small/f3 > /dev/null
sleep 3; sync
save_tables "$release"
# shellcheck disable=SC2086 # a list of words
let_go $mounts
unbind
save_manifest "$release"

rm -rf "${cache:?}/cache" "${cache:?}/graveyard"
start_nine
bind || broken "the cache cannot be bound"
mount_nine || broken "9P does not mount"
cat /mnt/nine/* > /dev/null
sleep 3; sync
save_tables "$release-9p"
let_go /mnt/nine
unbind
save_manifest "$release-9p"
ok "captured $(objects | wc -l) objects of the 9P server"
