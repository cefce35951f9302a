#!/usr/bin/env bash
# Three algorithms, others for each SEED, run twice; then Ctrl-C ends a run, which is resumed: the same files each time, no process and
# no file left.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
RANDOM=${SEED:-1}
algorithms=$("$simulate" --list algorithms | awk '{print $1}' | shuf -n 3 --random-source=<(yes "$RANDOM") | paste -sd ,)
options=(--algorithm "$algorithms" --iterations 400 --set output.eval_every=100 --set output.checkpoint_every=100)
broken_off() {
    "$simulate" "$smoke" -q -o third "${options[@]}" >out 2>err &
    sleep 0.$((RANDOM % 5 + 1))
    kill -INT $! 2>/dev/null
    wait $!
    case $? in
    130) "$simulate" -q --resume third >out 2>err ;;
    0) ;;
    *) return 1 ;;
    esac
}
check "$algorithms play" play first "${options[@]}"
check "once more" play second "${options[@]}"
check "to the same files" same_run first second
check "broken off and resumed" broken_off
check "to the same files again" same_run first third
check "no process is left" no_process_left
check "nothing is left" nothing_shared
finish
