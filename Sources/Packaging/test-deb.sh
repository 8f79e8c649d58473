#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Debian package in a fresh system: installed, used, upgraded, and purged without a trace.
#
#     test-deb.sh PACKAGE RELEASE...     bullseye, bookworm, trixie; needs root, debootstrap and a mirror
set -eu
package=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d /var/tmp/cachefiles-deb.XXXXXX)
trap 'rm -rf "$work"' EXIT

# The same package with a later version, for the upgrade.
dpkg-deb -R "$package" "$work/later"
sed -i 's/^Version: .*/&+later1/' "$work/later/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/later" "$work/later.deb" >/dev/null

for release in "$@"; do
    root=$work/$release
    debootstrap --variant=minbase --include=attr "$release" "$root" >"$work/log" 2>&1 || { tail -5 "$work/log"; exit 1; }
    mkdir "$root/packages"
    cp "$package" "$root/packages/first.deb"
    cp "$work/later.deb" "$root/packages/"
    cp "$here/debian/tests/smoke" "$root/packages/"
    find "$root/etc" "$root/usr" "$root/lib" "$root/var/lib" -path "$root/var/lib/dpkg" -prune -o -path "$root/var/lib/apt" -prune \
        -o -print | sort >"$work/before"
    in_root() { LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
    in_root apt-get update -qq
    in_root apt-get install -qq -y --no-install-recommends /packages/first.deb >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
    in_root /packages/smoke >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    in_root dpkg -i /packages/later.deb >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
    in_root dpkg -s cachefiles-toolkit | grep -q '^Version: .*+later1$'
    in_root dpkg -s cachefiles-toolkit | grep -q '^Status: install ok installed$'
    in_root /packages/smoke >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    in_root dpkg --purge cachefiles-toolkit >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
    # What its dependencies brought, and caches of the system's own, stay.
    find "$root/etc" "$root/usr" "$root/lib" "$root/var/lib" -name '*cachefiles*' -o -name 'cache-du*' | grep -v '^'"$root"'/var/lib/dpkg/' >"$work/left" || true
    if grep -vxFf "$work/before" "$work/left"; then
        echo "$release: the files above are left after the purge"
        exit 1
    fi
    echo "$release: installed, used, upgraded and purged; glibc $(in_root dpkg -s libc6 | sed -n 's/^Version: //p')"
    rm -rf "$root"
done
