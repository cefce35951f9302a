#!/usr/bin/env bash
# Processes delayed at random give one history: the short form; `make check-schedules RUNS=100` is the long one.
exec "$(dirname "$0")/check_schedules.sh" 5
