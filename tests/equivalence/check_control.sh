#!/usr/bin/env bash
# Compares the times of ./simulate with tests/oracle/control.py on random clusters: check_control.sh [SEED [CLUSTERS]].
cd "$(dirname "$0")/../.." || exit 1
if ! command -v python3 >/dev/null; then
    echo "ok python3 is missing: control not tested"
    exit 0
fi
exec python3 -B tests/oracle/check_control.py "${SIMULATE:-./simulate}" "${1:-1}" "${2:-40}"
