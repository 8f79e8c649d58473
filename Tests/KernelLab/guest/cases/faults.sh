# SPDX-License-Identifier: Apache-2.0
# Case 5. Damage done to a cache that is not bound: fsck finds it under its id; without repair the kernel does what the documents
# say; after the repair the kernel caches the file again: what was discarded is read from the server once, and then no more.
make_cache
start_nfs 100M
cat > /tmp/table <<'T'
# damage     problems  reads  object: same, new (replaced), refused (neither used nor replaced)
nothing      -         0      same
noxattr      O06       1      refused
longxattr    O07       1      refused
shortxattr   O08       1      new
headeronly   O08       1      new
emptyxattr   O08       1      new
type2        O09       1      new
aux          -         1      new
objectsize   O15       1      new
hugesize     O14       1      new
dirty        O10       1      new
content3     O11       0      same
content9     O12       0      same
zeropoint    O13       0      same
directory    O04       1      new
symlink      O05       1      new
fifo         O05       1      new
socket       O05       1      new
cut0         O15       1      same
emptied      O20       1      same
cut4096      O15       1      same
oddlength    O16       1      same
extended     O15       0      same
hole         -         1      same
padding      O17       0      same
mode         -         0      same
owner        -         0      same
atime0       -         0      same
future       O24       0      same
hardlink     O01,O18   0      same
otherfanout  O03       1      new
badname      O02       1      new
inverted     -         0      same
T
rows() { grep -v '^#' /tmp/table; }
number=0
while read -r damage _; do
  number=$((number + 1))
  size=$(((number % 5 + 2) * 4096))
  # Whole blocks, but for the one that has to have a last block that is not full.
  [[ $damage != padding ]] || size=$((size - 2000))
  head -c $size /dev/urandom > "/srv/nfs/f$number"
  echo "f$number $damage"
done < <(rows) > /tmp/damaged

# On a busy machine the kernel may not come to write a block it has read: to damage would then be to make that block.
whole() {
  python3 -c '
import os, sys
for line in open("/tmp/objects"):
    with open(line.split(" ", 1)[1].rstrip("\n"), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size and os.lseek(file.fileno(), 0, os.SEEK_HOLE) < size:
            sys.exit(1)'
}
fill() { # an undamaged cache of all files, of which no block is missing
  local pass
  rm -rf "${cache:?}/cache" "${cache:?}/graveyard"
  bind || broken "the cache cannot be bound"
  for pass in 1 2 3 4 5 6; do
    mount_nfs3 || broken "NFS does not mount"
    cat /mnt/n3/f* > /dev/null
    let_go /mnt/n3
    python3 "$LAB_GUEST/objects.py" $cache /srv/nfs > /tmp/objects
    ! whole || break
    echo "fill: some are not whole after $pass"
  done
  whole || broken "the kernel does not write all that it reads"
  unbind
}
object() { awk -v file="$1" '$1 == file { print $2 }' /tmp/objects; }
damage_all() { # all but those of this name
  while read -r file damage; do
    [[ $damage == "${1:-}" ]] || echo "$damage $(object "$file")"
  done < /tmp/damaged | python3 "$LAB_GUEST/damage.py" || broken "the damage cannot be done"
}
read_files() { # FILE READS VERDICT, for each of the files on stdin, with a mount of its own
  mount_nfs3 || broken "NFS does not mount"
  while read -r file _; do
    count=$(reads_of "/mnt/n3/$file")
    cmp -s "/mnt/n3/$file" "/srv/nfs/$file" && verdict=right || verdict=wrong
    echo "$file $count $verdict"
  done
  let_go /mnt/n3
}
# Every file, to /tmp/first; then again those that were read from the server, until none is, six times at most; the last time of
# each file is in /tmp/last.
read_all() {
  local pass
  read_files < /tmp/damaged > /tmp/first
  read_files < /tmp/damaged > /tmp/last
  for pass in 3 4 5 6; do
    awk '$2 > 0' /tmp/last > /tmp/pending
    [[ -s /tmp/pending ]] || break
    echo "time $pass: $(cut -d ' ' -f 1 /tmp/pending | xargs)"
    read_files < /tmp/pending > /tmp/again
    awk 'FILENAME == ARGV[1] { again[$1] = 1; next } !($1 in again)' /tmp/pending /tmp/last >> /tmp/again
    mv /tmp/again /tmp/last
  done
}
state() { stat -c '%i %.9W %f' "$1" 2>/dev/null; getfattr -h --absolute-names -e hex -n user.CacheFiles.cache "$1" 2>/dev/null | grep 0x; }

# Without repair.
fill
equal "every file has an object" "$(wc -l < /tmp/damaged)" "$(wc -l < /tmp/objects)"
damage_all
while read -r file damage; do state "$(object "$file")" > "/tmp/state.$damage"; done < /tmp/damaged
check "the damaged cache is bound" bind
read_all
unbind
while read -r damage _ expected becomes; do
  file=$(awk -v damage="$damage" '$2 == damage { print $1 }' /tmp/damaged)
  read -r _ count verdict < <(grep "^$file " /tmp/first)
  read -r _ again verdict2 < <(grep "^$file " /tmp/last)
  state "$(object "$file")" > /tmp/state.now
  if [[ $(head -1 /tmp/state.now) != "$(head -1 "/tmp/state.$damage")" ]]; then now=new
  elif [[ $again -gt 0 ]]; then cmp -s /tmp/state.now "/tmp/state.$damage" && now=refused || now="same, asked again"
  else now=same; fi
  right=right
  [[ $damage != inverted ]] || right=wrong
  equal "unrepaired $damage: read from the server, bytes, object" "$expected $right $right $becomes" \
    "$((count > 0 ? 1 : 0)) $verdict $verdict2 $now"
done < <(rows)

# What fsck finds.
fill
damage_all inverted
sed -i '/inverted/d' /tmp/damaged
listing $cache > /tmp/before
cachefiles fsck --deep --json $cache > /tmp/report 2>/dev/null
equal "fsck ends with problems left" 4 $?
listing $cache > /tmp/after
check "and leaves no trace" diff /tmp/before /tmp/after
python3 "$LAB_GUEST/problems.py" /tmp/report /tmp/table /tmp/objects /tmp/damaged

# With repair: first -p, which leaves what is no more than suspect, then everything.
cachefiles fsck -p --deep --json --journal /tmp/p.journal $cache > /tmp/report 2>/dev/null
equal "fsck -p ends with some repaired and some left" 5 $?
equal "what -p leaves" "O10 O16 O17 O18 O20 O24" \
  "$(jq -r '[.problems[] | select(.repaired | not) | select(.severity != "note" or (.id | IN("O16", "O20", "O24"))) | .id] | unique | join(" ")' /tmp/report)"
cachefiles fsck -y --include-dirty --deep --json --journal /tmp/y.journal $cache > /tmp/report 2>/dev/null
equal "fsck -y --include-dirty repairs the rest" 1 $?
status "fsck finds nothing then" 0 cachefiles fsck --deep $cache
check "the repaired cache is bound" bind
read_all
unbind
while read -r damage ids expected _; do
  file=$(awk -v damage="$damage" '$2 == damage { print $1 }' /tmp/damaged)
  [[ -n $file ]] || continue
  read -r _ count verdict < <(grep "^$file " /tmp/first)
  read -r _ again verdict2 < <(grep "^$file " /tmp/last)
  # Data that the kernel would have used, in objects that are suspect: discarded.
  case $damage in hardlink | padding) expected=1 ;; esac
  got="$((count > 0 ? 1 : 0)) $verdict, then $((again > 0 ? 1 : 0)) $verdict2"
  equal "repaired $damage ($ids): read from the server, bytes" "$expected right, then 0 right" "$got"
done < <(rows)
status "fsck finds nothing in the end" 0 cachefiles fsck $cache
