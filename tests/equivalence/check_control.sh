#!/usr/bin/env bash
# Compares the times of ./simulate with tests/oracle/control.py on random clusters: check_control.sh [SEED [CLUSTERS]], CLUSTERS
# of each algorithm over a star with a server; and, if WIDE=n is given, n of each kind (exchanges over stars, groups and sites; overlap;
# coding time; budgets) over each exchange, and runs that end at a target.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v python3 >/dev/null; then
    echo "ok python3 is missing: control not tested"
    exit 0
fi
status=0
python3 -B tests/oracle/check_control.py "${SIMULATE:-./simulate}" "${1:-1}" "${2:-40}" || status=1
if [ -n "${WIDE:-}" ]; then
    python3 -B tests/oracle/check_networks.py "${SIMULATE:-./simulate}" "${1:-1}" "$WIDE" || status=1
    python3 -B tests/oracle/check_target.py "${SIMULATE:-./simulate}" "${1:-1}" 5 || status=1
    python3 -B tests/oracle/record_overlap.py || status=1
fi
exit $status
