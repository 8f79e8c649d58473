# SPDX-License-Identifier: Apache-2.0
# What the cases share: assertions, the cache, the servers and their mounts. Sourced in the guest by guest/start.
# Lines for the driver begin with LAB; all else is for whoever looks for the reason of a failure.

cache=/var/cache/fscache

# --- assertions ---

ok() { echo "LAB ok: $*"; }
not_ok() { echo "LAB not ok: $*"; }
skip() { echo "LAB skipped: $*"; }
note() { echo "LAB note: $*"; }

# check WHAT COMMAND...: the command succeeds. It runs in a subshell.
check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then ok "$what"; else not_ok "$what"; echo "$output" | tail -8 | sed 's/^/    /'; fi
}

# equal WHAT EXPECTED GOT
equal() {
  if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: expected '$2', got '$3'"; fi
}

# status WHAT EXPECTED COMMAND...: the command ends with this status.
status() {
  local what=$1 expected=$2 output got
  shift 2
  output=$("$@" 2>&1) && got=0 || got=$?
  if [[ $got == "$expected" ]]; then ok "$what"; else
    not_ok "$what: expected status $expected, got $got"
    echo "$output" | tail -8 | sed 's/^/    /'
  fi
}

# A case that cannot go on.
broken() { echo "LAB not ok: the lab itself: $*"; leave 1; }

leave() {
  dmesg | grep -E '[Cc]ache[Ff]iles|[Ff][Ss]-?[Cc]ache|netfs|BUG:|Oops|WARNING:|Call Trace' | tail -40 > /tmp/kernel-log
  [[ ! -s /tmp/kernel-log ]] || { echo "--- kernel log"; cat /tmp/kernel-log; }
  # Where it happened.
  dmesg | grep -E -A40 'BUG:|Oops|WARNING:' | head -150
  check "the kernel's log has no BUG, Oops or warning" bash -c "! dmesg | grep -E 'BUG:|kernel BUG|Oops|WARNING:'"
  exit "${1:-0}"
}

# --- the cache ---

# make_cache [DEVICE]: an empty file system on the disk, mounted where the cache belongs.
make_cache() {
  local device=${1:-/dev/vda}
  mkdir -p $cache
  modprobe "$LAB_FS" 2>/dev/null
  case $LAB_FS in
    ext4) mkfs.ext4 -q -F "$device" ;;
    xfs) mkfs.xfs -q -f "$device" ;;
    btrfs) mkfs.btrfs -q -f "$device" ;;
  esac > /tmp/mkfs 2>&1 || { cat /tmp/mkfs; broken "mkfs.$LAB_FS failed"; }
  mount -t "$LAB_FS" "$device" $cache || broken "the $LAB_FS file system cannot be mounted"
  write_configuration brun=10 bcull=7 bstop=3 frun=10 fcull=7 fstop=3
}

# write_configuration NAME=PERCENT...
write_configuration() {
  { echo "dir $cache"; echo "tag lab"; for limit; do echo "${limit%=*} ${limit#*=}%"; done; } > /tmp/cachefilesd.conf
}

# bind: the kernel takes the cache up. Nobody culls it or empties its graveyard.
bind() {
  modprobe cachefiles || broken "no module cachefiles"
  [[ ! -e /tmp/binder.pid ]] || broken "bound twice"
  python3 "$LAB_GUEST/binder.py" /tmp/cachefilesd.conf /tmp/state > /tmp/binder.log 2>&1 &
  wait_bound $! test -s /tmp/state || { cat /tmp/binder.log; return 1; }
}

# bind_daemon: the same by cachefilesd, which culls and empties the graveyard. More arguments go to it. With addresses at random it
# ends at once in one of sixteen starts (C5 of Docs/Errata.md).
bind_daemon() {
  modprobe cachefiles || broken "no module cachefiles"
  [[ ! -e /tmp/binder.pid ]] || broken "bound twice"
  setarch -R cachefilesd -n -d -s -f /tmp/cachefilesd.conf -p /run/cachefilesd.pid "$@" > /tmp/cachefilesd.log 2>&1 &
  wait_bound $! is_bound
}

# wait_bound PROCESS CONDITION...: the process is kept for unbind when the condition comes to hold while it lives.
wait_bound() {
  local process=$1
  shift
  for _ in $(seq 50); do
    kill -0 "$process" 2>/dev/null || return 1
    ! "$@" || { echo "$process" > /tmp/binder.pid; return 0; }
    sleep 0.1
  done
  kill "$process"
  return 1
}

# daemon_lives: the process that bound the cache is still there.
daemon_lives() { kill -0 "$(</tmp/binder.pid)"; }

# is_bound: a cache is registered. Without /proc/fs/fscache/caches (5.10) the message of the kernel tells.
is_bound() {
  if [[ -e /proc/fs/fscache/caches ]]; then grep -q ' A lab$' /proc/fs/fscache/caches
  else dmesg | grep -q 'File cache on .* registered'; fi
}

# unbind: and waits until the kernel has let go of everything. Mounts that use the cache go first.
unbind() {
  [[ -e /tmp/binder.pid ]] || return 0
  kill "$(</tmp/binder.pid)" 2>/dev/null
  for _ in $(seq 100); do kill -0 "$(</tmp/binder.pid)" 2>/dev/null || break; sleep 0.1; done
  rm -f /tmp/state /tmp/binder.pid
  for _ in $(seq 100); do
    [[ -e /proc/fs/fscache/caches ]] || { sleep 2; break; }
    [[ $(wc -l < /proc/fs/fscache/caches) -gt 2 ]] || break
    sleep 0.1
  done
  sync
}

# objects: the paths of all objects, below cache/.
objects() { (cd $cache/cache && find . -mindepth 3 -type f -printf '%P\n' | sort); }

# listing DIR [--no-ctime]: every entry with everything that a command could change, access times included.
listing() { python3 "$LAB_GUEST/listing.py" "$@"; }

# --- servers, all in this machine ---

# loop_mount FILE SIZE DIR: a file system of its own for a server.
loop_mount() {
  modprobe loop 2>/dev/null
  truncate -s "$2" "$1"
  mkfs.ext4 -q -F "${@:4}" "$1"
  mkdir -p "$3"
  mount -o loop "$1" "$3" || broken "no loop mount for $3"
}

# The kernel's own NFS server, exporting /srv/nfs.
start_nfs() {
  modprobe nfsd; modprobe nfs; modprobe nfsv4
  loop_mount /tmp/nfs.img "${1:-400M}" /srv/nfs "${@:2}"
  mkdir -p /run/rpcbind /var/lib/nfs/{sm,v4recovery,rpc_pipefs} /run/sendsigs.omit.d /mnt/n3 /mnt/n4
  mount -t nfsd nfsd /proc/fs/nfsd
  mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs 2>/dev/null
  echo '/srv/nfs *(rw,no_root_squash,insecure,no_subtree_check,fsid=0)' > /etc/exports
  rpcbind -w 2>/dev/null
  rpc.statd --no-notify 2>/dev/null
  exportfs -ra
  # Newer kernels open no file over NFSv4 until the time is over in which clients may reclaim: 90 s, and at least 10.
  rpc.nfsd -G 10 4
  rpc.mountd
  for _ in $(seq 50); do rpcinfo -t localhost mountd 3 > /dev/null 2>&1 && return; sleep 0.2; done
  broken "the NFS server does not come up"
}

mount_nfs3() { mount -t nfs -o "vers=3,fsc,nolock${1:+,$1}" localhost:/srv/nfs /mnt/n3 && read_pages /mnt/n3; }
mount_nfs4() { mount -t nfs -o "vers=4.2,fsc,sec=sys" localhost:/ /mnt/n4 && read_pages /mnt/n4; }

# read_pages DIR [KIB]: no reading ahead, or so much. Each page is a request of its own then, and 6.12 loses no block between two
# requests (K14 of Docs/Errata.md).
read_pages() { echo "${2:-0}" > "/sys/class/bdi/$(mountpoint -d "$1")/read_ahead_kb"; }

start_samba() {
  modprobe cifs
  loop_mount /tmp/smb.img 100M /srv/smb
  mkdir -p /run/samba /var/lib/samba/private /var/cache/samba /var/log/samba /mnt/smb
  printf '%s\n' '[global]' 'map to guest=bad user' 'guest account=root' 'log level=0' 'server min protocol=SMB2' \
    'smb ports=445' 'disable netbios=yes' \
    '[s]' 'path=/srv/smb' 'guest ok=yes' 'read only=no' 'force user=root' > /tmp/smb.conf
  smbd -s /tmp/smb.conf -D
  for _ in $(seq 50); do (: < /dev/tcp/127.0.0.1/445) 2>/dev/null && return; sleep 0.2; done
  broken "the SMB server does not come up"
}

mount_smb() { mount -t cifs -o guest,fsc,vers=3.0 //127.0.0.1/s /mnt/smb; }

# A user-space NFS server with file handles of its own, exporting /srv/ganesha.
start_ganesha() {
  loop_mount /tmp/ganesha.img 100M /srv/ganesha
  mkdir -p /run/ganesha /var/run/ganesha /var/lib/nfs/ganesha /mnt/ganesha
  pgrep -x rpcbind > /dev/null || { mkdir -p /run/rpcbind; rpcbind -w 2>/dev/null; }
  cat > /tmp/ganesha.conf <<'G'
NFS_CORE_PARAM { NFS_Protocols = 4; NFS_Port = 20490; Enable_NLM = false; Enable_RQUOTA = false; }
NFSv4 { Graceless = true; RecoveryBackend = fs; }
EXPORT { Export_Id = 5; Path = /srv/ganesha; Pseudo = /g; Access_Type = RW; Squash = No_Root_Squash; Protocols = 4;
  SecType = sys; FSAL { Name = VFS; } }
G
  ganesha.nfsd -f /tmp/ganesha.conf -L /tmp/ganesha.log -p /run/ganesha.pid
  for _ in $(seq 100); do (: < /dev/tcp/127.0.0.1/20490) 2>/dev/null && return; sleep 0.2; done
  return 1
}

mount_ganesha() { mount -t nfs4 -o vers=4.1,fsc,port=20490,sec=sys localhost:/g /mnt/ganesha; }

# A 9P server whose qid paths, the cookie keys, are ours to choose.
start_nine() {
  modprobe 9pnet_fd 2>/dev/null; modprobe 9p
  mkdir -p /mnt/nine
  python3 "$LAB_GUEST/nine.py" /tmp/nine.sock > /tmp/nine.log 2>&1 &
  for _ in $(seq 50); do [[ ! -S /tmp/nine.sock ]] || return 0; sleep 0.1; done
  broken "the 9P server does not come up"
}

mount_nine() { mount -t 9p -o trans=unix,version=9p2000.L,cache=fscache,cachetag=qids,msize=65536 /tmp/nine.sock /mnt/nine; }

# --- what the server was asked for ---

# reads: NFS READ calls of all mounts since they were mounted.
reads() { awk '/[ \t]READ:/ { n += $2 } END { print n + 0 }' /proc/self/mountstats; }

# reads_of FILE...: how many READ calls it takes to read these files.
reads_of() {
  local before
  before=$(reads)
  cat "$@" > /dev/null 2>/tmp/read.err
  echo $(($(reads) - before))
}

# let_go DIR...: unmounts, and waits until the kernel has named the objects: until it has no cookie left, or lets go of none for 10 s,
# as other mounts keep theirs. On a busy machine that takes long.
let_go() {
  local place left before="" still=0
  for place; do
    for _ in $(seq 20); do umount "$place" 2>/dev/null && break; sleep 0.5; done
    ! mountpoint -q "$place" || broken "$place cannot be unmounted"
  done
  [[ -e /proc/fs/fscache/cookies ]] || { sleep 2; return; }
  while ((still < 100)); do
    left=$(wc -l < /proc/fs/fscache/cookies)
    [[ $left -gt 2 ]] || return 0
    [[ $left == "$before" ]] || still=0
    before=$left still=$((still + 1))
    sleep 0.1
  done
}

# --- captures ---

# save_tables NAME: what the kernel says of the bound cache.
save_tables() {
  local table
  for table in caches volumes cookies stats; do
    [[ ! -e /proc/fs/fscache/$table ]] || cat /proc/fs/fscache/$table > "/out/$1.$table"
  done
}

# save_manifest NAME: the cache when it is not bound any more.
save_manifest() { python3 "$LAB_GUEST/manifest.py" $cache > "/out/$1.jsonl"; }
