#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The static file, alone in a root without anything else: no /proc, no libraries, no shell; as every program that it is.
#
#     test-static.sh FILE      needs root
set -eu
file=$(realpath "$1")
root=$(mktemp -d /var/tmp/cachefiles-static.XXXXXX)
trap 'rm -rf "$root"' EXIT
mkdir "$root/tmp"
cp "$file" "$root/cachefiles"
for name in cachefiles-fsck cachefiles-cull cache-du; do ln -s cachefiles "$root/$name"; done
in_root() { TMPDIR=/tmp chroot "$root" "$@"; }
expect() {
    wanted=$1
    shift
    status=0
    in_root "$@" >"$root/output" 2>"$root/errors" || status=$?
    if [ "$status" != "$wanted" ]; then
        echo "$*: status $status instead of $wanted"
        cat "$root/errors"
        exit 1
    fi
}
expect 0 /cachefiles --version
expect 0 /cachefiles sample --damage O06 /tmp/cache
expect 4 /cachefiles-fsck /tmp/cache
grep -q '^O06 error' "$root/output"
expect 1 /cachefiles-fsck -p --journal /tmp/journal /tmp/cache
expect 0 /cachefiles-fsck -q /tmp/cache
expect 0 /cache-du /tmp/cache
expect 0 /cachefiles stats --json /tmp/cache
# Whether a daemon uses the cache is looked for in /proc: without it nothing that could be in use is changed by mistake.
expect 0 /cachefiles decode 'Icifs,127.0.0.1:445,s/@17/Td,,cd8b2080,1dd794e,8'
if readelf -d "$file" | grep NEEDED; then
    echo "it needs libraries"
    exit 1
fi
echo "static: runs in an empty root without /proc, $(stat -c %s "$file") bytes"
