#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The RPM in a system of its own: installed, verified, used, and erased without a trace. The system is one of Debian, since no other can
# be had everywhere: what rpm itself does is tried, and not what dnf makes of the dependencies.
#
#     test-rpm.sh DIRECTORY ROOT      ROOT: a system with glibc and libattr, such as 'build.py sysroot' makes; needs root
set -eu
package=$(echo "$(realpath "$1")"/cachefiles-toolkit-*.rpm)
daemon=$(echo "$(realpath "$1")"/cachefiles-daemon-*.rpm)
root=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
trap 'rm -rf "$root/packages" "$root/rpmdb"' EXIT
mkdir -p "$root/packages" "$root/rpmdb"
cp "$here/debian/tests/smoke" "$root/packages/"
# Debian's places of completions are not those of the systems that take RPMs.
sed -i 's/vendor-completions/site-functions/' "$root/packages/smoke"
in_rpm() { rpm --root "$root" --dbpath /rpmdb "$@"; }
in_rpm --nodeps -i "$package" "$daemon"
in_rpm -V --nodeps cachefiles-toolkit cachefiles-daemon
chroot "$root" cachefiles-daemon -v >/dev/null
[ "$(rpm -qp --conflicts "$daemon")" = cachefilesd ]
chroot "$root" /packages/smoke >"$root/packages/log" 2>&1 || { cat "$root/packages/log"; exit 1; }
in_rpm --nodeps -e cachefiles-daemon cachefiles-toolkit
[ ! -e "$root/etc/cachefilesd.conf" ]

# In the place of cachefilesd, and back, each in one transaction, as dnf does it: the configuration that was in use stays in use.
mkdir "$root/packages/build"
cat >"$root/packages/other.spec" <<'SPEC'
Name: cachefilesd
Version: 0.10.10
Release: 1
Summary: Stands for the daemon that is replaced
License: none
BuildArch: noarch
%description
It has the files that matter.
%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/sbin
printf 'dir /var/cache/fscache\ntag theirs\n' >%{buildroot}/etc/cachefilesd.conf
touch %{buildroot}/usr/sbin/cachefilesd
%files
%config(noreplace) /etc/cachefilesd.conf
/usr/sbin/cachefilesd
SPEC
rpmbuild --quiet --define "_topdir $root/packages/build" -bb "$root/packages/other.spec" >"$root/packages/log" 2>&1 \
    || { cat "$root/packages/log"; exit 1; }
other=$(echo "$root"/packages/build/RPMS/noarch/cachefilesd-*.rpm)
swap() { /usr/bin/python3 "$here/rpm/swap.py" "$root" "$1" "$2"; }
for change in none some; do
    in_rpm --nodeps -i "$other"
    # A file that nobody had changed goes with its package, and the usual one takes its place.
    tag=mycache
    if [ $change = some ]; then
        tag=changed
        sed -i 's/theirs/changed/' "$root/etc/cachefilesd.conf"
    fi
    swap cachefilesd "$daemon"
    grep -q "^tag $tag$" "$root/etc/cachefilesd.conf"
    swap cachefiles-daemon "$other"
    grep -q "^tag $tag$" "$root/etc/cachefilesd.conf"
    in_rpm --nodeps -e cachefilesd
    rm -f "$root"/etc/cachefilesd.conf*
done
rm -rf "$root/packages" "$root/rpmdb"
if find "$root/usr" "$root/etc" "$root/var" -name '*cachefiles*' | grep .; then
    echo "the files above are left after the package was erased"
    exit 1
fi
needed=$(rpm -qp --requires "$package" | sed -n 's/^lib.*(GLIBC_\([0-9.]*\)).*/\1/p' | sort -V | tail -1)
echo "rpm: installed, verified, used and erased; needs glibc $needed"
