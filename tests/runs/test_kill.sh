#!/usr/bin/env bash
# Signals at a few random moments; make check-kill has many.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
all_right() { "$root/tests/kill/check.sh" 12 $RANDOM >out || { cat out; return 1; }; }
check "12 random endings are right" all_right
finish
