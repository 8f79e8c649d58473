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
rm -rf "$root/packages" "$root/rpmdb"
if find "$root/usr" "$root/etc" "$root/var" -name '*cachefiles*' | grep .; then
    echo "the files above are left after the package was erased"
    exit 1
fi
needed=$(rpm -qp --requires "$package" | sed -n 's/^lib.*(GLIBC_\([0-9.]*\)).*/\1/p' | sort -V | tail -1)
echo "rpm: installed, verified, used and erased; needs glibc $needed"
