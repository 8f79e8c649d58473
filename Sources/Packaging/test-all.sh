#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds all packages and tries each: what continuous integration runs. Needs root, a mirror of Debian, and the packages named below.
#
#     test-all.sh [RELEASE...]      the Debian releases in which the package is installed: bullseye and trixie, unless others are named
set -eu
here=$(dirname "$(realpath "$0")")
source=$here/../..
work=$(mktemp -d /var/tmp/cachefiles-packages.XXXXXX)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- bullseye trixie

missing=""
for tool in dpkg-buildpackage:dpkg-dev dh:debhelper lintian:lintian rpmbuild:rpm rpmlint:rpmlint mandoc:mandoc zsh:zsh fish:fish \
    debootstrap:debootstrap promtool:prometheus man:man-db systemd-analyze:systemd gcc:gcc setpriv:util-linux setfattr:attr; do
    command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool#*:}"
done
/usr/bin/python3 -c 'import rpm' 2>/dev/null || missing="$missing python3-rpm"
[ -e /usr/share/bash-completion/bash_completion ] || missing="$missing bash-completion"
if [ -n "$missing" ]; then
    apt-get update -q
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi

say() { printf '\n== %s\n' "$*"; }

say "packages"
"$here/build.py" sysroot "$work/oldest"
"$here/build.py" --output "$work/packages" --sysroot "$work/oldest" all
program=$source/.build/linked/static/cachefiles

say "static"
"$here/test-static.sh" "$work"/packages/cachefiles-*-linux-*[!z]

say "tarball"
(cd "$work/packages" && sha256sum --check --quiet SHA256SUMS)
mkdir "$work/unpacked"
tar -xzf "$work"/packages/*.tar.gz -C "$work/unpacked" --strip-components=1
"$work/unpacked/bin/cachefiles-fsck" --version
python3 -c 'import json, sys; parts = json.load(open(sys.argv[1])); print(len(parts["packages"]), "parts")' \
    "$work/unpacked/share/doc/cachefiles-toolkit/sbom.spdx.json"

say "manuals"
pages=$work/unpacked/share/man
find "$pages" -type f | while read -r page; do
    (cd "$pages" && mandoc -Tlint -W warning "$page" 2>&1) || true
    { LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" >/dev/null; } 2>&1
done >"$work/warnings"
if [ -s "$work/warnings" ]; then
    cat "$work/warnings"
    exit 1
fi
echo "$(find "$pages" -type f | wc -l) pages without a warning"

say "completions"
"$here/test-completions.py" "$program"

say "units"
for name in cachefiles cachefiles-fsck cachefiles-cull cachefiles-daemon; do
    [ -e /usr/bin/$name ] || ln -s "$program" /usr/bin/$name
done
"$here/verify-units.sh" "$here/systemd"
for name in cachefiles cachefiles-fsck cachefiles-cull cachefiles-daemon; do
    [ "$(readlink /usr/bin/$name)" != "$program" ] || rm /usr/bin/$name
done
"$here/test-capabilities.sh" "$program"

say "monitoring"
promtool check rules "$here/prometheus/cachefiles.rules.yml"
(cd "$here/prometheus" && promtool test rules cachefiles_test.yml)
"$program" sample -q "$work/cache"
"$program" stats --records --extents --format prometheus "$work/cache" >"$work/metrics"
promtool check metrics <"$work/metrics"
"$here/grafana/generate.py" --check "$work/metrics"

say "Debian"
lintian --pedantic --display-info --fail-on warning,error "$work"/packages/*.deb
"$here/test-deb.sh" "$work/packages" "$@"

say "RPM"
rpmlint -c "$here/rpm/rpmlint.toml" "$work"/packages/*.rpm >"$work/rpmlint" || { cat "$work/rpmlint"; exit 1; }
tail -1 "$work/rpmlint"
"$here/test-rpm.sh" "$work/packages" "$work/oldest" >"$work/rpm" 2>&1 || { cat "$work/rpm"; exit 1; }
grep -v '^rpm: [RH]' "$work/rpm"
