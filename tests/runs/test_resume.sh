#!/usr/bin/env bash
# Checkpoints and --resume: what is written when, what is refused, and that a run goes on as if it had never been broken off.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

all_equal() { "$root/tests/resume/check.sh" 3 $RANDOM >out || { cat out; return 1; }; }
check "3 random runs, broken off and resumed, are equal" all_equal

# start FOLDER ARGUMENT...: a run in the background that would last for minutes, with a checkpoint every 200 iterations.
start() {
    local folder=$1
    shift
    "$simulate" "$smoke" -q -o "$folder" --algorithm losp --iterations 1000000 --set output.checkpoint_every=200 "$@" >out 2>err &
    launcher=$!
}
there() { # FILE: waits for it
    local tries=0
    while [ ! -e "$1" ]; do
        [ $((tries++)) -lt 500 ] || { echo "$1 does not come"; return 1; }
        sleep 0.02
    done
}
ends_with() { # STATUS
    wait "$launcher" 2>/dev/null
    local status=$?
    [ $status -eq "$1" ] || { echo "status $status"; cat err; return 1; }
}
shorter() { sed -i 's/^iterations = 1000000$/iterations = 4000/' "$1/resolved.ini"; } # another run, then

# ---- Ctrl-C ----

once() {
    start ctrl_c --set output.checkpoint_every=0
    there ctrl_c/losp/trace.json && sleep 0.3 && kill -INT "$launcher" && ends_with 130
}
check "Ctrl-C ends a run with status 130" once
check "  a checkpoint was written and announced with its size" grep -q 'losp: checkpoint of [0-9.]* [KM]iB written to ctrl_c/losp' err
check "  and how to go on" grep -q 'go on with: simulate --resume ctrl_c' err
check "  it is there, alone" same "$(cd ctrl_c/losp && echo checkpoint*)" checkpoint
check "  run.json says interrupted" grep -q '"status": "interrupted"' ctrl_c/run.json

twice() {
    start at_once
    there at_once/losp/checkpoint || return 1
    read -ra children <"/proc/$launcher/task/$launcher/children"
    kill -STOP "${children[2]}" # a worker: it comes to no boundary
    kill -INT "$launcher"
    sleep 0.3
    kill -0 "$launcher" || { echo "it did not wait for the worker"; return 1; }
    kill -INT "$launcher"
    ends_with 130
}
check "Ctrl-C twice ends it at once" twice
no_half() { ! ls at_once/losp/checkpoint.tmp 2>/dev/null; }
check "  no half checkpoint is left" no_half

# ---- the whole life of one run, several algorithms ----

adamw=(--set train.optimizer=adamw --set train.learning_rate=0.001) # at the server, and with losp at the workers
must play whole --algorithm bsp,losp,asp --iterations 3000 "${adamw[@]}"
play_in_parts() { # how often it was broken off is left in i
    local status=1 command=("$simulate" "$smoke" -q -o parts --algorithm "bsp,losp,asp" --iterations 3000 "${adamw[@]}")
    rm -rf parts
    for ((i = 0; i < 20 && status; i++)); do
        "${command[@]}" >out 2>err &
        [ $i -gt 9 ] || { sleep 0.25; kill -INT $! 2>/dev/null; }
        wait $! 2>/dev/null
        status=$?
        [ $status -eq 0 ] || [ $status -eq 130 ] || { cat err; return 1; }
        [ -d parts ] && command=("$simulate" -q --resume parts)
    done
}
several() {
    local i tries
    for ((tries = 0; tries < 9; tries++)); do # on a busy machine Ctrl-C may come too late
        play_in_parts || return 1
        [ $i -le 2 ] || break
    done
    diff -rq -x run.json -x summary.json whole parts
}
check "a run of three algorithms goes on in the right one" several
check "  its tables on standard output name all three" same "$(grep -cE '^(bsp|losp|asp) ' out)" 3
check "  run.json says that it was resumed" grep -q '"resumed": true' parts/run.json
none_left() { ! ls parts/*/checkpoint* 2>/dev/null; }
check "  its checkpoints are gone" none_left
verified() { "$simulate" --verify parts >out 2>&1 || { cat out; return 1; }; }
check "  --verify accepts it" verified
again() { "$simulate" -q --resume parts >out 2>err && diff -rq -x run.json -x summary.json whole parts; }
check "resuming a complete run changes nothing" again
touch parts/{bsp,asp}/checkpoint{,.old} # as SIGKILL leaves them, when it comes after the summary has been written
check "  but checkpoints of what is complete go" again
sed -i '/"target_bytes_up"\|"replicas_equal"/d' parts/bsp/summary.json
check "of an older program, with fewer members" again
rm parts/asp/summary.json
touch parts/bsp/checkpoint
check "  also where another algorithm goes on" again

# ---- what is refused ----

killed() { start broken "$@" && there broken/losp/checkpoint.old && kill -KILL "$launcher" && ends_with 137; }
must killed
cp -r broken kept
afresh() { rm -rf broken && cp -r kept broken; }
refused() { # STATUS PATTERN: --resume broken, with that status and message, and no table changed
    local before
    before=$(cat broken/losp/*.csv | cksum)
    timeout 20 "$simulate" -q --resume broken >out 2>err
    local status=$?
    [ $status -eq "$1" ] && grep -q "$2" err && [ "$before" = "$(cat broken/losp/*.csv | cksum)" ] || { echo "status $status"; cat err; return 1; }
}
flip() { # FILE OFFSET: one bit of a byte there
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf '%b' "\\$(printf '%03o' $((byte ^ 4)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# goes_on PATTERN: it takes up the run, after a message; ended by Ctrl-C
goes_on() {
    "$simulate" -q --resume broken >out 2>err &
    launcher=$!
    forked "$launcher" && kill -INT "$launcher"
    ends_with 130 && grep -q "$1" err || { cat err; return 1; }
}

size=$(stat -c %s broken/losp/checkpoint)
for place in 3 60 200 $((size / 2)) $((size - 1)); do
    afresh
    flip broken/losp/checkpoint "$place"
    check "a flipped bit at byte $place of $size: the checkpoint before is used" goes_on "going on from the checkpoint before"
done
afresh
truncate -s -1 broken/losp/checkpoint
check "a byte less: the checkpoint before is used" goes_on "checkpoint is not whole"
afresh
rm broken/losp/checkpoint
check "none but the one before (a crash between two renames)" goes_on "checkpoint of"
afresh
flip broken/losp/checkpoint 400
flip broken/losp/checkpoint.old 400
check "both damaged: status 3" refused 3 "no checkpoint is fit for use"
afresh
shorter broken
check "another configuration: status 3" refused 3 "is of a run with another configuration"
afresh
for file in broken/losp/checkpoint*; do printf '0.0.9\0' | dd of="$file" bs=1 seek=32 conv=notrunc status=none; done
check "a head that says another version is damaged" refused 3 "damaged in its head"
afresh
truncate -s 100 broken/losp/workers.csv
check "tables shorter than the checkpoint says: status 3" refused 3 "is newer than the tables"
afresh
rm broken/losp/checkpoint*
check "without a checkpoint the algorithm starts from the beginning" goes_on "there is no checkpoint: the algorithm starts from the beginning"
afresh
start running
must there running/losp/checkpoint
busy() { "$simulate" -q --resume running >out2 2>err2; [ $? -eq 2 ] && grep -q "another program is running in this folder" err2; }
check "a run that is still running: status 2" busy
kill -INT "$launcher"
must ends_with 130

usage() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    "$simulate" "$@" >out 2>err
    [ $? -eq 2 ] && grep -q -- "$pattern" err || { cat err; return 1; }
}
check "--resume and a FILE exclude each other" usage 'expected no FILE' --resume whole "$smoke"
check "--resume and -o" usage 'expected no --output' --resume whole -o x
check "--resume and --workers" usage 'expected no --workers' --resume whole --workers 3
check "--resume and --check" usage 'expected a run' --resume whole --check
check "--resume of nothing" usage "^simulate: --resume: expected the folder of a run or sweep, got 'nowhere': No such file" --resume nowhere
mkdir empty
check "--resume of a folder without a run" usage 'resolved.ini' --resume empty

# ---- runs that leave no checkpoint ----

from_scratch() { # ARGUMENT...: broken off, resumed, complete
    rm -rf none
    "$simulate" "$smoke" -q -o none --algorithm bsp "$@" >out 2>err &
    launcher=$!
    there none/bsp/workers.csv && sleep 0.2 && kill -INT "$launcher" && ends_with 130 || return 1
    "$simulate" -q --resume none >out 2>err && grep -q 'starts from the beginning' err && [ -e none/bsp/summary.json ]
}
check "measured compute time: the algorithm starts from the beginning" from_scratch --iterations 4000 --set compute.model=measured
check "train = no: the algorithm starts from the beginning" from_scratch --iterations 400000 --no-train
finish
