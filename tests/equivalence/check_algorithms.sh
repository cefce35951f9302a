#!/usr/bin/env bash
# Compares the numbers of ./simulate with tests/oracle/algorithms.py on random settings: check_algorithms.sh [SEED [OPTION...]]; the options are those of
# tests/oracle/check_algorithms.py.
cd "$(dirname "$0")/../.." || exit 1
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import numpy' 2>/dev/null; then
    echo "not ok python3 with numpy: expected Debian's packages python3 and python3-numpy (make deps)"
    exit 1
fi
export OPENBLAS_NUM_THREADS=1 # numpy's
exec "$python" -B tests/oracle/check_algorithms.py "${SIMULATE:-./simulate}" "${1:-1}" "${@:2}"
