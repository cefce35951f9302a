#!/usr/bin/env bash
# Control against an independent calculation, to the ns: a few random clusters of each algorithm; `make check-control SEED=n`
# takes more.
exec "$(dirname "$0")/check_control.sh" 1 4
