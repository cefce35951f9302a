#!/usr/bin/env bash
# One exchange beside the server: the same models, the same files; make check-exchanges has all of them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
all_right() { "$root/tests/exchanges/check.sh" few >out || { cat out; return 1; }; }
check "a ring over groups, with overlap and without: the models of the server, and one history" all_right
finish
