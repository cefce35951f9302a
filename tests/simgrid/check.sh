#!/usr/bin/env bash
# Draws new random stars, gets SimGrid's times for them, and runs the test on these times.
# usage: tests/simgrid/check.sh SEED TEST    with PYTHON=... where SimGrid is not in /usr/bin/python3, STARS=n for more
set -eu
seed=$1 test=$2 python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import simgrid' 2>/dev/null; then
    echo "check-simgrid: skipped: $python has no SimGrid (apt-get install python3-simgrid)"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "stars of seed $seed:"
"$python" "$(dirname "$0")/stars.py" "$seed" "${STARS:-200}" "$folder"
SIMGRID_FIXTURES=$folder "$test"
