# SPDX-License-Identifier: Apache-2.0
# What the cases of verification, AFS and Ceph share.

# spoil SEED FILE...: inverts bytes in the objects of files; the cache is not bound. What was done stands in /tmp/spoiled.SEED as
# lines "FILE OFFSET...".
spoil() {
  local seed=$1 file object
  shift
  : > "/tmp/spoiled.$seed"
  for file; do
    object=$(awk -v file="$file" '$1 == file { print $2 }' /tmp/located)
    python3 "$LAB_GUEST/spoil.py" "$seed" "$object" | sed "s|^[^ ]*|$file|" >> "/tmp/spoiled.$seed"
  done
  sync
}

# wrong_places JSON: what a verification found, in the form of spoil.
wrong_places() {
  jq -r '.wrong[] | .file + " " + ([.ranges[] | range(.offset_bytes; .offset_bytes + .length_bytes)] | map(tostring) | join(" "))' "$1" | sort
}

# all_found_wrong WHAT SEED PATH...: a verification of paths finds exactly what spoil has inverted.
all_found_wrong() {
  local what=$1 seed=$2 got
  shift 2
  cachefiles verify -q -r --json "$@" > /tmp/verified 2>/tmp/verify.err && got=0 || got=$?
  equal "$what: wrong bytes are status 1" 1 $got
  equal "$what: exactly the bytes that were inverted are found" "$(sort "/tmp/spoiled.$seed")" "$(wrong_places /tmp/verified)"
  equal "$what: nothing failed, and nothing is left open" "0 0 0 0" \
    "$(jq -r '[.errors, .files.changing, .files.unknown, .files.failed] | map(tostring) | join(" ")' /tmp/verified)"
  note "$what: $(jq -r '"\(.files.right) right, \(.files.wrong) wrong, \(.compared_bytes) bytes compared"' /tmp/verified)"
}

# all_right WHAT PATH...: a verification of paths compares something and finds nothing wrong.
all_right() {
  local what=$1 got
  shift
  cachefiles verify -q -r --json "$@" > /tmp/verified 2>/tmp/verify.err && got=0 || got=$?
  equal "$what: what is cached is right" "0 right" "$got $(jq -r .verdict /tmp/verified)"
  [[ $got == 0 ]] || { cat /tmp/verify.err; jq -c 'del(.wrong[].ranges)' /tmp/verified; }
  note "$what: $(jq -r '"\(.files.right) right, \(.compared_bytes) bytes compared"' /tmp/verified)"
}

# forget: what is in memory of files goes, and the kernel lets go of their objects.
forget() {
  sync
  echo 3 > /proc/sys/vm/drop_caches
}
