#!/usr/bin/env bash
# The independent calculation of exchanges against closed forms, cases by hand and a published table, before anything is
# compared with it; then a few random clusters of each exchange, to the ns: with overlap, coding time and budgets, too.
# `make check-control SEED=n` takes more.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v python3 >/dev/null; then
    echo "ok python3 is missing: the calculation of exchanges is not tested"
    exit 0
fi
status=0
python3 -B tests/oracle/check_exchanges.py || status=1
python3 -B tests/oracle/check_overlap.py || status=1
python3 -B tests/oracle/record_overlap.py "1 B" || status=1
python3 -B tests/oracle/check_networks.py "${SIMULATE:-./simulate}" 2 2 || status=1
exit $status
