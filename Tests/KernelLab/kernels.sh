#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# kernels.sh SERIES DIR: unpacks the newest Debian kernel of a series (5.10, 6.1, 6.12, 7) below DIR, so that DIR/boot/vmlinuz-* and
# DIR/lib/modules/* exist, and prints its release. Does nothing but that when DIR has one already. Suites that are not set up on
# this machine are read with lists of their own; nothing is installed.
set -eu
series=$1 dir=$2

if [[ -e $dir/release ]]; then cat "$dir/release"; exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/tree"

# The archives that apt uses here, with more suites.
# shellcheck disable=SC2016 # apt-get's own variable
uris=$(apt-get indextargets --format '$(REPO_URI)' | sort -u)
main=$(grep -E '/debian/?$' <<<"$uris" | head -1)
security=$(grep -E '/debian-security/?$' <<<"$uris" | head -1 || true)
[[ -n $main ]] || { echo "apt knows no Debian archive" >&2; exit 1; }
key=/usr/share/keyrings/debian-archive-keyring.gpg
for suite in bullseye bookworm trixie sid; do echo "deb [signed-by=$key] $main $suite main"; done > "$work/sources.list"
if [[ -n $security ]]; then
  for suite in bullseye bookworm trixie; do echo "deb [signed-by=$key] $security $suite-security main"; done >> "$work/sources.list"
fi
options=(-qq "-oDir::Etc::sourcelist=$work/sources.list" -oDir::Etc::sourceparts=/dev/null "-oDir::State::Lists=$work/lists"
  "-oDir::Cache=$work" -oAPT::Architecture=amd64 -oAPT::Sandbox::User=root -oAcquire::Languages=none)
apt-get "${options[@]}" update || { echo "the package lists cannot be had" >&2; exit 1; }

package=$(apt-cache "${options[@]}" search --names-only "^linux-image-${series//./\\.}[.+-][.0-9+a-z~-]*-amd64\$" |
  awk '{print $1}' | grep -vE 'cloud|rt-amd64|dbg|unsigned' | sort -V | tail -1 || true)
[[ -n $package ]] || { echo "no kernel package of the series $series" >&2; exit 1; }
release=${package#linux-image-}

cd "$work"
apt-get "${options[@]}" download "$package" || { echo "$package cannot be downloaded" >&2; exit 1; }
# Newer releases are split over several packages.
for part in linux-base linux-binary linux-modules; do
  apt-get "${options[@]}" download "$part-$release" 2>/dev/null || true
done
for deb in *.deb; do dpkg -x "$deb" tree; done
if [[ ! -d tree/lib/modules && -d tree/usr/lib/modules ]]; then
  mkdir -p tree/lib
  mv tree/usr/lib/modules tree/lib/
fi
if [[ ! -e tree/boot/vmlinuz-$release ]]; then
  mkdir -p tree/boot
  cp "tree/lib/modules/$release/vmlinuz" "tree/boot/vmlinuz-$release"
fi
depmod -b "$work/tree" "$release"
# The version of the kernel itself, which the release of 5.10 does not tell.
dpkg-deb -f "$(ls "$package"_*.deb)" Version > tree/version
mkdir -p "$dir"
rm -rf "${dir:?}/boot" "${dir:?}/lib"
mv tree/boot tree/lib tree/version "$dir/"
echo "$release" > "$dir/release"
echo "$release"
