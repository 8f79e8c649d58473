# SPDX-License-Identifier: Apache-2.0
# Case 3. What `show` says of an object is what the server knows of the file, and its auxiliary data is that of the cookie.
make_cache
start_nfs; start_samba; start_nine
for i in $(seq 12); do head -c $((i * 4999)) /dev/urandom > "/srv/nfs/f$i"; done
: > /srv/nfs/empty
truncate -s 20M /srv/nfs/sparse
printf end >> /srv/nfs/sparse
touch -m -d '2001-02-03 04:05:06.123456789' /srv/nfs/f3
touch -m -d '1969-12-31 23:59:58.5' /srv/nfs/f4
touch -m -d '2100-01-01 00:00:00.000000001' /srv/nfs/f5
for i in $(seq 6); do head -c $((i * 3001)) /dev/urandom > "/srv/smb/s$i"; done
touch -m -d '2001-02-03 04:05:06.123456700' /srv/smb/s2
check "the cache is bound" bind
mount_nfs3 && mount_nfs4 && mount_smb && mount_nine || broken "a mount fails"
find /mnt/n4 /mnt/smb /mnt/nine -type f -exec cat {} + > /dev/null
# Written through one client, so that its cookie is updated after it was made. The other one would not know.
find /mnt/n3 -type f ! -name f2 -exec cat {} + > /dev/null
head -c 12345 /dev/urandom > /mnt/n4/written; cat /mnt/n4/written > /dev/null; echo more >> /mnt/n4/f2; cat /mnt/n4/f2 > /dev/null
sync
cp /proc/fs/fscache/volumes /proc/fs/fscache/cookies /tmp/
let_go /mnt/n3 /mnt/n4 /mnt/smb /mnt/nine
unbind
# Only now: while 7.2 holds a delegation for writing, the times of a file are the client's, and the server does not know them yet.
stat -c '%n %i %s %.9Y %.9Z' /srv/nfs/* > /tmp/server.nfs
stat -c '%n %i %s %.9Y %.9Z' /srv/smb/* > /tmp/server.smb
python3 "$LAB_GUEST/records.py" $cache
