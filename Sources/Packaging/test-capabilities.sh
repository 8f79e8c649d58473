#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command of each unit with the capabilities that the unit leaves it, and no others; and that what Docs/Install.md says of one fewer
# is so.
#
#     test-capabilities.sh PROGRAM      needs root, setpriv and setfattr
set -eu
program=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d /var/tmp/cachefiles-capabilities.XXXXXX)
trap 'chattr -i -R "$work" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"

# with "CAP_A CAP_B" COMMAND...: as root with these capabilities alone.
with() {
    list=-all
    for capability in $1; do list=$list,+$(printf %s "${capability#CAP_}" | tr '[:upper:]' '[:lower:]'); done
    shift
    setpriv --bounding-set="$list" --inh-caps=-all --no-new-privs "$@"
}
# of UNIT: its capabilities.
of() { sed -n 's/^CapabilityBoundingSet=//p' "$here/systemd/$1.service"; }
# command_of UNIT: its command line, with this program, on this cache, with a state directory and a journal here: nothing stays on the
# machine.
command_of() {
    sed -n 's/^ExecStart=//p' "$here/systemd/$1.service" |
        sed "s|/usr/bin/cachefiles-fsck|$work/cachefiles-fsck|; s|/usr/bin/cachefiles-cull|$work/cachefiles-cull|; s|/usr/bin/cachefiles |$work/cachefiles |
             s|fsck -p |fsck -p --journal $work/journal |
             s|/var/lib/prometheus/node-exporter|$work/metrics|; s|/var/lib/cachefiles|$work/state|"
}
for name in cachefiles cachefiles-fsck cachefiles-cull; do ln -s "$program" "$work/$name"; done
mkdir "$work/metrics" "$work/state"

# A cache whose objects belong to somebody else and let nobody in: what one copied by hand looks like.
"$program" sample -q --damage O06 "$work/cache"
find "$work/cache" -type f -exec chmod 000 {} +
find "$work/cache/cache" -mindepth 1 -exec chown 12345 {} +

export STATE_DIRECTORY="$work/state"
for unit in cachefiles-metrics cachefiles-scan cachefiles-report cachefiles-cull cachefiles-sweep cachefiles-check; do
    status=0
    # shellcheck disable=SC2046 # a list of words
    with "$(of $unit)" $(command_of $unit) "$work/cache" >"$work/output" 2>&1 || status=$?
    allowed="0 $(sed -n 's/^SuccessExitStatus=//p' "$here/systemd/$unit.service")"
    case " $allowed " in
        *" $status "*) echo "$unit: status $status with $(of $unit)" ;;
        *)
            echo "$unit: status $status with $(of $unit)"
            cat "$work/output"
            exit 1
            ;;
    esac
done

# What changes a cache must see who holds it: this shell is a process with more rights than they have.
for unit in cachefiles-cull cachefiles-sweep cachefiles-check; do
    # shellcheck disable=SC2046 # a list of words
    with "$(of $unit)" readlink "/proc/$$/fd/0" >/dev/null || {
        echo "$unit: a process with more capabilities cannot be looked at with $(of $unit)"
        exit 1
    }
done
if with "CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH" readlink "/proc/$$/fd/0" >/dev/null 2>&1; then
    echo "every process can be looked at without CAP_SYS_PTRACE"
    exit 1
fi

# One fewer is not enough.
for set in CAP_DAC_READ_SEARCH CAP_FOWNER; do
    if with $set "$program" stats -q --records --json "$work/cache" >/dev/null 2>&1; then
        echo "stats --records needs less than its unit leaves it: $set is enough"
        exit 1
    fi
done
