#!/usr/bin/env bash
# Draws new random stars, exchanges and all-reduces, gets SimGrid's times for them, and runs the test on these times.
# usage: tests/simgrid/check.sh SEED TEST    with PYTHON=... where SimGrid is not in /usr/bin/python3, STARS=n, GRAPHS=n, REDUCES=n for more
set -eu
seed=$1 test=$2 python=${PYTHON:-/usr/bin/python3} here=$(dirname "$0") done=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here"/fixtures/*.txt "$folder" # for what cannot be drawn here
if "$python" -c 'import simgrid' 2>/dev/null; then
    echo "stars of seed $seed:"
    "$python" "$here/stars.py" "$seed" "${STARS:-200}" "$folder"
    done=yes
else
    echo "check-simgrid: no new stars: $python has no SimGrid (apt-get install python3-simgrid)"
fi
if echo '#include <simgrid/s4u.hpp>' | "${CXX:-c++}" -std=c++17 -fsyntax-only -x c++ - 2>/dev/null; then
    "${CXX:-c++}" -std=c++17 -O1 -o "$folder/exchanges" "$here/exchanges.cpp" -lsimgrid
    echo "exchanges of seed $seed:"
    "$python" "$here/exchanges.py" "$seed" "${GRAPHS:-400}" "$folder/exchanges" "$folder/exchanges.txt"
    smpicxx -O1 -o "$folder/allreduce" "$here/allreduce.cpp"
    "$python" "$here/smpi.py" "$seed" "${REDUCES:-60}" "$folder/allreduce" "$folder/smpi.txt"
    done=yes
else
    echo "check-simgrid: no new exchanges: no SimGrid for C++ (apt-get install libsimgrid-dev)"
fi
if [ ! "$done" ]; then
    echo "check-simgrid: skipped"
    exit 0
fi
SIMGRID_FIXTURES=$folder "$test"
