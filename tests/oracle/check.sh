#!/usr/bin/env bash
# Makes new fixtures with a seed and runs the oracle tests on them.
# usage: tests/oracle/check.sh SEED TEST ...   with PYTHON=... where PyTorch is not in /usr/bin/python3
set -eu
here=$(dirname "$0")
seed=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "fixtures of seed $seed:"
"${PYTHON:-/usr/bin/python3}" "$here/make_fixtures.py" "$seed" "$folder"
failed=0
for test in "$@"; do
    ORACLE_FIXTURES=$folder "$test" || failed=1
done
exit $failed
