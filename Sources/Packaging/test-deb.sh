#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Debian packages in a fresh system: installed, used, upgraded, and purged without a trace; the daemon's in the place of cachefilesd.
#
#     test-deb.sh DIRECTORY RELEASE...     bullseye, bookworm, trixie; needs root, debootstrap and a mirror
set -eu
directory=$(realpath "$1")
package=$(echo "$directory"/cachefiles-toolkit_*.deb)
daemon=$(echo "$directory"/cachefiles-daemon_*.deb)
shift
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d /var/tmp/cachefiles-deb.XXXXXX)
trap 'rm -rf "$work"' EXIT

# later PACKAGE RESULT: the same package with a later version, for the upgrade.
later() {
    dpkg-deb -R "$1" "$work/later"
    sed -i -e 's/^Version: .*/&+later1/' -e 's/(= [^)]*/&+later1/' "$work/later/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/later" "$2" >/dev/null
    rm -r "$work/later"
}
later "$package" "$work/later.deb"
later "$daemon" "$work/later-daemon.deb"

# try RELEASE: all of it in one fresh system.
try() {
    release=$1 root=$work/$1
    debootstrap --variant=minbase --include=attr "$release" "$root" >"$root.log" 2>&1 || { tail -5 "$root.log"; exit 1; }
    mkdir "$root/packages"
    cp "$package" "$root/packages/first.deb"
    cp "$daemon" "$root/packages/daemon.deb"
    cp "$work/later.deb" "$work/later-daemon.deb" "$root/packages/"
    cp "$here/debian/tests/smoke" "$root/packages/"
    find "$root/etc" "$root/usr" "$root/lib" "$root/var/lib" -path "$root/var/lib/dpkg" -prune -o -path "$root/var/lib/apt" -prune \
        -o -print | sort >"$root.before"
    # quietly COMMAND...: what it prints is shown only when it fails.
    quietly() { "$@" >"$root.log" 2>&1 || { echo "$release: $*"; tail -20 "$root.log"; exit 1; }; }
    in_root() { LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
    in_root apt-get update -qq
    quietly in_root apt-get install -qq -y --no-install-recommends /packages/first.deb
    quietly in_root /packages/smoke
    quietly in_root dpkg -i /packages/later.deb
    in_root dpkg -s cachefiles-toolkit | grep -q '^Version: .*+later1$'
    in_root dpkg -s cachefiles-toolkit | grep -q '^Status: install ok installed$'
    quietly in_root /packages/smoke

    # The daemon takes the place of cachefilesd, and its configuration as it is.
    quietly in_root apt-get install -qq -y --no-install-recommends cachefilesd
    sed -i 's/^brun .*/brun 23%/' "$root/etc/cachefilesd.conf"
    quietly in_root apt-get install -qq -y --no-install-recommends /packages/later-daemon.deb
    in_root dpkg -s cachefilesd | grep -q '^Status: deinstall ok config-files$'
    grep -q '^brun 23%$' "$root/etc/cachefilesd.conf"
    quietly in_root cachefiles-daemon -v
    [ -e "$root/lib/systemd/system/cachefiles-daemon.service" ]
    [ -L "$root/etc/systemd/system/multi-user.target.wants/cachefiles-daemon.service" ]
    # And the way back.
    quietly in_root apt-get install -qq -y --no-install-recommends cachefilesd
    in_root dpkg -s cachefiles-daemon | grep -q '^Status: deinstall ok config-files$'
    grep -q '^brun 23%$' "$root/etc/cachefilesd.conf"
    quietly in_root dpkg --purge cachefiles-daemon
    grep -q '^brun 23%$' "$root/etc/cachefilesd.conf"
    quietly in_root dpkg --purge cachefilesd
    # Where there was none it makes one, and takes it away again unless somebody has changed it.
    [ ! -e "$root/etc/cachefilesd.conf" ]
    quietly in_root dpkg -i /packages/later-daemon.deb
    grep -q '^dir /var/cache/fscache$' "$root/etc/cachefilesd.conf"
    quietly in_root dpkg --purge cachefiles-daemon
    [ ! -e "$root/etc/cachefilesd.conf" ]
    # With that one cachefilesd asks nothing, and what is left of the daemon's package takes nothing of its along.
    quietly in_root dpkg -i /packages/later-daemon.deb
    quietly in_root apt-get install -qq -y --no-install-recommends cachefilesd
    quietly in_root dpkg --purge cachefiles-daemon
    [ -e "$root/etc/cachefilesd.conf" ]
    [ -z "$(in_root dpkg -V cachefilesd)" ]
    quietly in_root dpkg --purge cachefilesd
    [ ! -e "$root/etc/cachefilesd.conf" ]
    quietly in_root dpkg -i /packages/later-daemon.deb
    echo 'secctx none' >>"$root/etc/cachefilesd.conf"
    quietly in_root dpkg --purge cachefiles-daemon
    rm "$root/etc/cachefilesd.conf"

    quietly in_root dpkg --purge cachefiles-toolkit
    # What its dependencies brought, and caches of the system's own, stay.
    find "$root/etc" "$root/usr" "$root/lib" "$root/var/lib" -name '*cachefiles*' -o -name 'cache-du*' | grep -v '^'"$root"'/var/lib/dpkg/' >"$root.left" || true
    if grep -vxFf "$root.before" "$root.left"; then
        echo "$release: the files above are left after the purge"
        exit 1
    fi
    echo "$release: installed, used, upgraded and purged; glibc $(in_root dpkg -s libc6 | sed -n 's/^Version: //p')"
    rm -rf "$root"
}

# Side by side: most of the time a processor waits for the mirror or for dpkg.
running=""
for release; do
    try "$release" >"$work/$release.said" 2>&1 &
    running="$running $!"
done
failed=0
for process in $running; do
    wait "$process" || failed=1
done
for release; do
    cat "$work/$release.said"
done
exit $failed
