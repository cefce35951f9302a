#!/usr/bin/env bash
# Measures TCP flows between network namespaces and runs the test on what was measured.
# usage: tests/kernel/check.sh MBIT TEST    needs root, ip and tc (iproute2), and a kernel with veth, bridge, tbf and htb
set -eu
rate=$1 test=$2 prefix=ospsim-$$
flows=$(dirname "$0")/flows.py
skip() {
    echo "check-kernel: skipped: $*"
    exit 0
}
[[ $rate =~ ^[1-9][0-9]{0,4}$ ]] || {
    echo "check-kernel: RATE: expected whole Mbit/s from 1 to 99999, got '$rate'" >&2
    exit 2
}
[ "$(id -u)" -eq 0 ] || skip "only root may make network namespaces"
for tool in ip tc; do
    command -v $tool >/dev/null || skip "no $tool (apt-get install iproute2)"
done
folder=$(mktemp -d)
clean() {
    for space in $(ip netns list | grep -oE "^$prefix-[a-z0-9]+"); do
        ip netns delete "$space"
    done
    rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT TERM
/usr/bin/python3 "$flows" "$prefix" "$rate" 2>"$folder/why" ||
    skip "this kernel cannot: $(grep -m 1 -E 'Error|RTNETLINK|Cannot|denied' "$folder/why" || tail -n 1 "$folder/why")"
echo "TCP over links of $rate Mbit/s:"
/usr/bin/python3 "$flows" "$prefix" "$rate" "$folder/kernel.txt"
KERNEL_FIXTURES=$folder "$test"
