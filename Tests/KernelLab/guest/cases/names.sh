# SPDX-License-Identifier: Apache-2.0
# Case 1. The names that the kernel gives to objects are those that `encode` computes from its cookies, and `decode` leads back:
# NFS v3 and v4.2, SMB, a 9P server that chooses the keys (D, S, T and E names), and a user-space NFS server (E names).
make_cache
start_nfs; start_samba; start_nine
mkdir -p /srv/nfs/a/b
for i in $(seq 40); do head -c $((i * 397)) /dev/urandom > /srv/nfs/a/b/f$i; done
: > /srv/nfs/empty
for i in $(seq 12); do head -c $((i * 1000)) /dev/urandom > /srv/smb/s$i; done

check "the cache is bound" bind
check "NFS v3 mounts" mount_nfs3
check "NFS v4.2 mounts" mount_nfs4
check "SMB mounts" mount_smb
check "9P mounts" mount_nine
mounts="/mnt/n3 /mnt/n4 /mnt/smb /mnt/nine"
if start_ganesha; then
  for i in $(seq 12); do head -c $((i * 777)) /dev/urandom > /srv/ganesha/g$i; done
  check "the user-space NFS server mounts" mount_ganesha
  mounts="$mounts /mnt/ganesha"
else
  tail -3 /tmp/ganesha.log
  skip "names of the user-space NFS server: it does not start"
fi
# shellcheck disable=SC2086 # a list of words
find $mounts -type f -exec cat {} + > /tmp/all
sync
cp /proc/fs/fscache/volumes /proc/fs/fscache/cookies /tmp/
# shellcheck disable=SC2086
let_go $mounts
unbind
python3 "$LAB_GUEST/names.py" /tmp/volumes /tmp/cookies $cache --schemes DSTE
equal "every file of the 9P server has an object" \
  "$(python3 "$LAB_GUEST/nine.py" --keys | wc -l)" "$(objects | grep -c '^I9p,')"
status "fsck finds nothing in it" 0 cachefiles fsck $cache
