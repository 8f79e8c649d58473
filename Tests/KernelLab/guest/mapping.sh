# SPDX-License-Identifier: Apache-2.0
# What the cases of mapping, AFS and Ceph share.

# read_parts DIR: without reading ahead.
read_parts() {
  python3 - "$1" <<'P'
import os, sys
for name, offset, count in ("whole", 0, 2000000), ("half", 0, 1048576), ("block", 1048576, 4096):
    file = os.open(f"{sys.argv[1]}/{name}", os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
    done = 0
    while done < count:
        piece = os.pread(file, min(65536, count - done), offset + done)
        if not piece:
            break
        done += len(piece)
    os.close(file)
P
}

# data_of OBJECT SIZE: bytes of data below a size, asked without the toolkit.
data_of() {
  python3 - "$1" "$2" <<'P'
import os, sys
file, size = os.open(sys.argv[1], os.O_RDONLY | os.O_NOATIME), int(sys.argv[2])
position = total = 0
while True:
    try:
        start = os.lseek(file, position, os.SEEK_DATA)
        position = os.lseek(file, start, os.SEEK_HOLE)
    except OSError:
        break
    total += max(0, min(position, size) - start)
print(total)
P
}

# answer FILE KEY: one key of the JSON that cached prints.
answer() { cachefiles cached --jsonl "$1" 2>/dev/null | jq -r ".$2"; }

# make_parts DIR: the files that are read in parts.
make_parts() {
  local name
  mkdir -p "$1" || return
  for name in whole half block none; do head -c 2000000 /dev/urandom > "$1/$name" || return; done
}

# locate_all FILE...: each file and the path of its object.
locate_all() { for file in "$@"; do echo "$file $(cachefiles locate --json "$file" | jq -r '.files[0].object')"; done; }

# all_exist TABLE: the objects in a table of locate_all are there.
all_exist() {
  local wrong=0
  while read -r file object; do [[ -f $object ]] || { echo "no object of $file: $object"; wrong=$((wrong + 1)); }; done < "$1"
  equal "locate named $(wc -l < "$1") objects before they had names" 0 $wrong
}

# states_of DIR: what cached says of the files that were read in parts. 6.12 does not always store all that it read (K14 of
# Docs/Errata.md).
states_of() {
  local expected=cached
  [[ $(data_of "$(cachefiles locate "$1/whole")" 2000000) == 2000000 ]] || expected=partial
  equal "$1/whole: $expected, as its object is" $expected "$(answer "$1/whole" state)"
  equal "$1/half: partial" partial "$(answer "$1/half" state)"
  equal "$1/block: partial" partial "$(answer "$1/block" state)"
  equal "$1/none: absent" absent "$(answer "$1/none" state)"
}

# all_found TABLE: whatis --search finds the file of each object in a table of locate_all.
all_found() {
  local wrong=0 mount found
  while read -r file object; do
    mount=$(echo "$file" | cut -d/ -f1-3)
    found=$(cachefiles whatis --json --search "$mount" "$object" 2>/tmp/whatis.err | jq -r '.objects[0].file')
    [[ $found == "$file" ]] || { echo "$object: $found, not $file"; tail -2 /tmp/whatis.err; wrong=$((wrong + 1)); }
  done < "$1"
  equal "whatis --search finds each file again" 0 $wrong
}
