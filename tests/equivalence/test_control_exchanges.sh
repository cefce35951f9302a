#!/usr/bin/env bash
# The independent calculation of exchanges against closed forms and cases by hand, before anything is compared with it.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v python3 >/dev/null; then
    echo "ok python3 is missing: the calculation of exchanges is not tested"
    exit 0
fi
exec python3 -B tests/oracle/check_exchanges.py
