#!/usr/bin/env bash
# Plays recipes with ./simulate and with PyTorch: check.sh [SEED [OPTION...]]; the options are those of check.py.
cd "$(dirname "$0")/../../.." || exit 1
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import numpy, torch' 2>/dev/null; then
    echo "not ok python3 with numpy and torch: expected Debian's packages python3-numpy and python3-torch"
    exit 1
fi
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 GLOG_minloglevel=2
exec "$python" -B tests/oracle/recipes/check.py "${SIMULATE:-./simulate}" "${1:-1}" "${@:2}"
