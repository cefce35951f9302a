#!/usr/bin/env bash
# shellcheck disable=SC2317 # functions are called through check
# An ini from a pipe, a terminal or a file that changes is read once, and what was read is what is kept.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
few=(-q --algorithm bsp --iterations 40 --set output.report=no)
cat "$smoke" - >sweep.ini <<'END'
[sweep]
experiment.seed = 1, 2
END

kept() { cmp "$1/given.ini" "$smoke" && [ -s "$1/resolved.ini" ]; }
substituted() { timeout 20 "$simulate" <(cat "$smoke") "${few[@]}" -o substituted >out 2>err && kept substituted || { cat err; return 1; }; }
check "process substitution" substituted
slow() { timeout 20 "$simulate" <(head -c 500 "$smoke"; sleep 0.3; tail -c +501 "$smoke") "${few[@]}" -o slow >out 2>err && kept slow || { cat err; return 1; }; }
check "  that comes bit by bit" slow
piped() { cat "$smoke" | timeout 20 "$simulate" /dev/stdin "${few[@]}" -o piped >out 2>err && kept piped || { cat err; return 1; }; }
check "/dev/stdin, a pipe" piped
redirected() { timeout 20 "$simulate" /dev/stdin "${few[@]}" -o redirected <"$smoke" >out 2>err && kept redirected || { cat err; return 1; }; }
check "/dev/stdin, a file" redirected
named() {
    rm -f pipe && mkfifo pipe && { cat "$smoke" >pipe & }
    timeout 20 "$simulate" pipe "${few[@]}" -o named >out 2>err && kept named || { cat err; return 1; }
}
check "a named pipe" named
check "  the same results as from a file" play plain "${few[@]}"
check "  to the byte" cmp plain/bsp/parameters.bin named/bsp/parameters.bin
resumed() { timeout 20 "$simulate" -q --resume named >out 2>err || { cat err; return 1; }; }
check "  --resume finds it complete" resumed
swept() { timeout 60 "$simulate" <(cat sweep.ini) "${few[@]}" --jobs 2 -o swept >out 2>err && cmp swept/sweep.ini sweep.ini && cmp "$(echo swept/0002*/given.ini)" sweep.ini || { cat err; return 1; }; }
check "a sweep" swept
looked_at() {
    local action
    for action in --check --explain --print-config; do
        timeout 20 "$simulate" $action <(cat "$smoke") --algorithm bsp >out 2>err && [ -s out ] || { cat err; return 1; }
        timeout 20 "$simulate" $action <(cat sweep.ini) --algorithm bsp >out 2>err && [ -s out ] || { cat err; return 1; }
    done
}
check "--check, --explain, --print-config" looked_at
mistaken() { timeout 20 "$simulate" <(printf '[experiment]\nseed = x\n') -q -o never >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE '^simulate: /dev/fd/[0-9]+:2: experiment.seed: expected' err; }
check "a mistake is named with its line" mistaken
ends() { # PATTERN COMMAND...: status 2, one line
    local pattern=$1
    shift
    timeout 20 "$@" -q -o never >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE "$pattern" err || { cat err; return 1; }
}
check "a device without an end" ends '/dev/zero:1: NUL byte' "$simulate" /dev/zero
check "text without an end" ends 'expected an ini file, got more than 16 MiB' "$simulate" <(yes '# more')
check "a folder" ends 'expected an ini file, got a folder' "$simulate" /dev
awaited() { # no process writes: the program waits, and a signal ends it
    rm -f pipe && mkfifo pipe
    timeout 0.5 "$simulate" pipe -q -o never 2>err
    [ $? -eq 124 ] && [ ! -e never ]
}
check "the program waits for a named pipe without writer until a signal comes" awaited
changed() {
    cp sweep.ini changing.ini
    "$simulate" changing.ini "${few[@]}" --iterations 2000 --jobs 1 -o changed >out 2>err &
    local sweep=$!
    until [ -e changed/sweep.ini ]; do sleep 0.01; done
    echo 'not an ini' >changing.ini
    wait $sweep && cmp changed/sweep.ini sweep.ini && cmp "$(echo changed/0002*/given.ini)" sweep.ini
}
check "a file that changes while points run" changed
finish
