#!/usr/bin/env bash
# Some system calls and allocations fail, drawn at random; make check-faults has all.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# A parent that ignores SIGCHLD leaves that to its children, and the kernel would bury their statuses.
without_sigchld() { timeout 20 env --ignore-signal=CHLD "$simulate" "$smoke" -q -o heedless --algorithm bsp --iterations 40 >out 2>err || { cat err; return 1; }; }
check "a run with a parent that ignores SIGCHLD" without_sigchld

all_right() { "$root/tests/faults/check.sh" 60 $RANDOM >out 2>&1 || { cat out; return 1; }; }
if strace -e trace=none true 2>/dev/null; then
    check "60 random failures are right" all_right
    unseen() {
        strace -f -qq -o /dev/null -e trace=access -e inject=access:error=EIO "$simulate" "$smoke" -q --set data.set=mnist -o unseen 2>err
        [ $? -eq 3 ] && grep -q 'Input/output error' err && [ ! -e unseen ]
    }
    check "a data folder that cannot be looked at is an error" unseen
else
    echo "# strace may not be used here: failing system calls not tested"
fi
finish
