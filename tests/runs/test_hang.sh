#!/usr/bin/env bash
# A child that hangs is found and named; a run that was stopped as a whole, or slowed down, and goes on is no hang.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

children() { cat "/proc/$launcher/task/$launcher/children"; }

# start ITERATIONS: a run in the background that is a hang after a second without progress; its children are there.
start() {
    "$simulate" "$smoke" -q --algorithm bsp --iterations "$1" --set host.patience=1s -o run >/dev/null 2>err &
    launcher=$!
    for ((i = 0; i < 100; i++)); do
        [ "$(children | wc -w)" -lt 6 ] || break
        sleep 0.05
    done
}

stopped_worker() {
    rm -rf run
    start 100000000
    kill -STOP "$(children | cut -d' ' -f4)"
    wait $launcher
    [ $? -eq 6 ] && grep -q 'the run hangs' err && grep -q 'worker [0-9] (process [0-9]*) has been stopped by a signal' err
}
check "a stopped worker is found and named" stopped_worker
nothing_left() { ! grep -l "^PPid:[[:space:]]*$launcher$" /proc/[0-9]*/status 2>/dev/null; }
check "  nothing is left" nothing_left

stopped_run() {
    rm -rf run
    start 8000
    read -ra all < <(echo "$launcher $(children)")
    kill -STOP "${all[@]}"
    sleep 3
    kill -CONT "${all[@]}"
    wait $launcher
}
check "a run that was stopped as a whole goes on" stopped_run
# ---- a process that waits for its disk, or for a reader of its output, is no hang, however long that takes ----

slow_call() { # CALL PATTERN: one call of the PS takes long
    rm -rf run
    timeout 60 strace -f -qq -o calls -e trace="$1" -e inject="$1":delay_enter=2500ms:when="$2" "$simulate" "$smoke" -q --algorithm bsp --iterations 400 \
        --set host.patience=1s --set output.checkpoint_every=100 -o run >/dev/null 2>err || { cat err; return 1; }
}
if strace -e trace=none true 2>/dev/null; then
    check "a write that takes long" slow_call pwrite64 3
    check "a sync that takes long" slow_call fsync 3
else
    echo "# strace may not be used here: calls that take long not tested"
fi
slow_reader() { # while the pipe fills
    rm -rf run
    "$simulate" "$smoke" --json --algorithm bsp --iterations 1600 --set output.eval_every=4 --set host.patience=1s -o run 2>err | { sleep 2.5 && cat >events; }
    [ "${PIPESTATUS[0]}" -eq 0 ] && [ "$(grep -c '"evaluation"' events)" -ge 400 ] || { cat err; return 1; }
}
check "a reader of standard output that takes long" slow_reader
slow_lines() {
    rm -rf run
    "$simulate" "$smoke" --no-train --algorithm bsp --iterations 4000 --set output.eval_every=4 --set host.patience=1s -o run 2>&1 >/dev/null | { sleep 2.5 && cat >lines; }
    [ "${PIPESTATUS[0]}" -eq 0 ] && [ "$(grep -c 'epoch' lines)" -gt 900 ] || { tail -3 lines; return 1; }
}
check "a reader of standard error that takes long" slow_lines
frozen_disk() { # the kernel lets no process write for a while
    mkdir image disk && mount -t tmpfs -o size=70m none image && dd if=/dev/zero of=image/ext4 bs=1M count=60 status=none && mkfs.ext4 -q -F image/ext4 &&
        mount -o loop image/ext4 disk || { echo "# no loop device"; return 0; }
    "$simulate" "$smoke" -q --algorithm bsp --iterations 40000 --set host.patience=1s -o disk/run >/dev/null 2>err &
    launcher=$!
    for ((i = 0; i < 100; i++)); do [ ! -s disk/run/bsp/workers.csv ] || break; sleep 0.05; done
    fsfreeze -f disk && sleep 2.5 && fsfreeze -u disk
    sleep 0.2
    kill -TERM $launcher
    wait $launcher
    local status=$?
    umount disk image
    [ $status -eq 143 ] && grep -q checkpoint err || { echo "status $status"; cat err; return 1; }
}
if command -v mkfs.ext4 >/dev/null && unshare -m true 2>/dev/null; then
    export simulate smoke
    export -f frozen_disk
    check "a disk that stands still" unshare -m bash -c frozen_disk
else
    echo "# a disk of its own needs root: one that stands still not tested"
fi

# One process after the other stands still for a while: what is meant for it fills its rings, and the others wait. The files stay the same.
few="--iterations 3000 --set output.eval_every=50"
# shellcheck disable=SC2086
must "$simulate" "$smoke" -q --algorithm losp,k_async $few -o alone
slow_readers() {
    rm -rf run
    # shellcheck disable=SC2086
    "$simulate" "$smoke" -q --algorithm losp,k_async $few -o run >/dev/null 2>err &
    launcher=$!
    for ((i = 1; i < 40; i++)); do
        pid=$(children | cut -d' ' -f$((i % 6 + 1)))
        [ -n "$pid" ] || continue
        kill -STOP "$pid" 2>/dev/null
        sleep 0.1
        kill -CONT "$pid" 2>/dev/null
    done
    wait $launcher && [ "$i" -eq 40 ]
}
check "a run with slow readers goes on" slow_readers
equal() { for file in alone/*/*.csv alone/*/parameters.bin; do cmp "$file" "run/${file#alone/}" || return 1; done; }
check "  and gives the same files" equal
finish
