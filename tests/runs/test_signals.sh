#!/usr/bin/env bash
# shellcheck disable=SC2317 # functions are called through check
# Signals as batch systems, init systems and terminals send them: to every process of a run or sweep, twice, before the program is ready,
# and those that it should not mind.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
end_jobs() { local job; for job in $(jobs -pr); do kill -KILL -- "-$job" || kill -KILL "$job"; done 2>/dev/null; }
trap 'end_jobs; rm -rf "$scratch"' EXIT
leader=0
long=(-q --set experiment.iterations=100000000 --set output.eval_every=1000 --set output.report=no)

# lead COMMAND...: in the background, as the leader of a process group of its own.
lead() {
    rm -rf run
    setsid "$@" >out 2>err &
    leader=$!
}
there() { # PATTERN...: waits for files
    local tries=0 pattern
    for pattern; do
        until compgen -G "$pattern" >/dev/null; do
            [ $((tries++)) -lt 500 ] && kill -0 $leader || { cat err; return 1; }
            sleep 0.02
        done
    done
}
ends_with() { # STATUS: the leader, and all of its group are gone then
    wait $leader
    local got=$?
    [ $got -eq "$1" ] && ! pgrep -g $leader || { echo "status $got"; cat err; return 1; }
}
bsp() { lead "$@" "$simulate" "$smoke" --algorithm bsp "${long[@]}" -o run && there run/bsp/workers.csv && sleep 0.2; }
# shellcheck disable=SC2120
swept() { # a sweep of which two points run; under nohup
    lead "$@" "$simulate" "$smoke" --algorithm bsp,losp "${long[@]}" --sweep experiment.seed=1..3 --jobs 2 -o run &&
        there "run/0001*/bsp/workers.csv" "run/0002*/bsp/workers.csv" && sleep 0.2
}
group() { kill -"$1" -- "-$leader"; } # every process

to_all() { bsp && group "$1" && ends_with "$2" && [ -e run/bsp/checkpoint ] && [ "$(wc -l <err)" -eq 3 ]; }
check "SIGTERM to every process of a run: a checkpoint, status 143" to_all TERM 143
goes_on() { "$simulate" -q --resume run >out 2>err & leader=$!; sleep 1; kill -TERM $leader; wait $leader; [ $? -eq 143 ] && ! grep -q 'from the beginning' err; }
check "  it goes on from there" goes_on
check "SIGINT to every process: the same, status 130" to_all INT 130
check "SIGHUP to every process: the same, status 129" to_all HUP 129
children() { cat "/proc/$leader/task/$leader/children"; } # PS, evaluator, workers
to_children() { bsp && children >pids && xargs kill -TERM <pids && sleep 0.5 && kill -TERM $leader && ends_with 143 && [ -e run/bsp/checkpoint ]; }
check "SIGTERM to the children alone is left to the launcher" to_children
doubled() { bsp && kill -TERM $leader && kill -"$1" $leader && { wait $leader; [[ $? =~ ^($2)$ ]]; } && [ -e run/bsp/checkpoint ] && [ "$(wc -l <err)" -eq 3 ] || { cat err; return 1; }; }
check "SIGTERM twice in a moment is one" doubled TERM 143
check "SIGHUP behind SIGTERM as well" doubled HUP '129|143' # of two that are pending the kernel picks one
timed_out() { rm -rf run && timeout 2 "$simulate" "$smoke" --algorithm bsp "${long[@]}" -o run >out 2>err; [ $? -eq 124 ] && [ -e run/bsp/checkpoint ] || { cat err; return 1; }; }
check "timeout, which sends it twice" timed_out
at_once() { # a stopped worker never comes to its boundary
    bsp && kill -STOP "$(children | cut -d' ' -f4)" && kill -TERM $leader && sleep 0.5 && kill -TERM $leader &&
        ends_with 143 && [ ! -e run/bsp/checkpoint ]
}
check "a second request ends the run at once" at_once

# ---- sweeps ----

kept() { # each point that ran has left a checkpoint of its run
    [ "$(ls -d run/0001*/*/checkpoint run/0002*/*/checkpoint | wc -l)" -eq 2 ]
}
sweep_to_all() { swept && group "$1" && ends_with "$2" && kept; }
check "SIGTERM to every process of a sweep: checkpoints, status 143" sweep_to_all TERM 143
check "SIGINT to every process of a sweep: the same, status 130" sweep_to_all INT 130
sweep_twice() { swept && group TERM && group TERM && ends_with 143 && kept; }
check "twice in a moment is once" sweep_twice
sweep_alone() { swept && kill -TERM $leader && ends_with 143 && kept; }
check "SIGTERM to the sweep alone is passed on to its points" sweep_alone
sweep_at_once() {
    local worker
    swept && worker=$(pgrep -P "$(pgrep -P $leader | head -1)" | tail -1) && kill -STOP "$worker" && kill -TERM $leader && sleep 0.5 && there "run/000[12]*/bsp/checkpoint" && kill -TERM $leader &&
        ends_with 143 && [ "$(ls -d run/000[12]*/*/checkpoint | wc -l)" -eq 1 ]
}
check "a second request ends the points at once" sweep_at_once

# ---- what was ignored at the start stays so ----

still_there() { sleep 0.5 && kill -0 $leader && [ ! -s err ]; }
hung_up() { "$1" nohup && group HUP && still_there && group TERM && ends_with 143; }
check "nohup: SIGHUP to every process of a run changes nothing" hung_up bsp
check "nohup: nor of a sweep" hung_up swept
not_minded() { bsp env "--ignore-signal=TERM" && group TERM && still_there && group INT && ends_with 130 && [ -e run/bsp/checkpoint ]; }
check "SIGTERM that is ignored at the start changes nothing" not_minded

# ---- Ctrl-Z ----

stopped() { # PROCESSES ARGUMENT...: a shell with job control: its jobs are no orphans, which a terminal could not stop
    local members tries=0
    rm -rf run
    set -m
    "$simulate" "$smoke" --algorithm bsp -q --set experiment.iterations=4000 --set output.report=no "${@:2}" -o run >out 2>err &
    leader=$!
    set +m
    until members=$(pgrep -g $leader | xargs) && [ "$(wc -w <<<"$members")" -eq "$1" ]; do
        [ $((tries++)) -lt 500 ] && sleep 0.02 || { echo "processes: $members"; return 1; }
    done
    kill -TSTP -- "$target$leader"
    until [ "$(ps -o stat= -p "${members// /,}" | grep -vc '^T')" -eq 0 ]; do
        [ $((tries++)) -lt 1000 ] && sleep 0.02 || { ps -o pid,stat,args -p "${members// /,}"; return 1; }
    done
    kill -CONT -- "$target$leader"
    wait $leader
}
for target in - ''; do # the group; the leader alone
    check "Ctrl-Z stops ${target:+the group of }a run, fg lets it go on" stopped 7
    check "  a sweep with its points" stopped 15 --sweep experiment.seed=1..3 --jobs 2
    check "  to the end" same "$(wc -l <run/sweep.csv)" 4
done
orphans() { # no shell would let them go on: they are not stopped
    rm -rf run
    setsid -w bash -c '"$@" & sleep 1; kill -TSTP $!; wait $!' - "$simulate" "$smoke" --algorithm bsp -q --set experiment.iterations=8000 --set output.report=no -o run >out 2>err
}
check "where no shell is there to say fg, it goes on" orphans

# ---- process 1 of a container ----

# As soon as the program holds SIGTERM back, which it does before main, none is lost.
holds() { # PID: blocked, or caught
    local set
    for set in SigBlk SigCgt; do
        (( 0x$(sed -n "s/^$set:[[:space:]]*//p" "/proc/$1/status") & 1 << 14 )) && return 0
    done
    return 1
}
first_process() { # SECONDS after that
    local init tries=0
    rm -rf run
    unshare -fp --mount-proc "$simulate" "$smoke" --algorithm bsp "${long[@]}" -o run >out 2>err &
    leader=$!
    until init=$(pgrep -P $leader -x simulate) && holds "$init"; do
        [ $((tries++)) -lt 2000 ] || { echo "it never was ready"; return 1; }
    done 2>/dev/null
    sleep "$1"
    kill -TERM "$init"
    tries=0
    while kill -0 "$init" 2>/dev/null; do
        [ $((tries++)) -lt 250 ] || { echo "SIGTERM after $1 s was lost"; kill -KILL "$init"; return 1; }
        sleep 0.02
    done
    wait $leader
    [ $? -eq 143 ] || { cat err; return 1; }
}
if unshare -fp --mount-proc true 2>/dev/null; then
    for seconds in 0 0.01 0.02 0.05 0.1 0.2; do
        check "process 1: SIGTERM after $seconds s ends it with status 143" first_process $seconds
    done
else
    echo "# process 1 needs root and unshare: not tested"
fi
finish
