#!/usr/bin/env bash
# A child that hangs is found and named; a run that was stopped as a whole, or slowed down, and goes on is no hang.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

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
check "a run whose readers are slow goes on" slow_readers
equal() { for file in alone/*/*.csv alone/*/parameters.bin; do cmp "$file" "run/${file#alone/}" || return 1; done; }
check "  and gives the same files" equal
finish
