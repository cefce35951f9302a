#!/usr/bin/env bash
# Signals at random moments to the launcher, the PS, the evaluator or a worker of a run: whichever process gets the signal, all processes are gone
# within 2 s, nothing is left in /dev/shm, the exit status and the message name the process that died and the signal, and the run's folder is readable: rows
# that were finished are there, and an interrupted algorithm has no summary.json.
# usage: tests/kill/check.sh [TIMES [SEED]]   what failed goes to stdout, a count last; status 1 if anything failed
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
times=${1:-500}
RANDOM=${2:-1}
echo "seed ${2:-1}"
mapfile -t algorithms < <("$simulate" --list algorithms | awk '{print $1}')
signals=(INT TERM HUP KILL)
declare -A number=([HUP]=1 [INT]=2 [KILL]=9 [TERM]=15)

now() { echo $((${EPOCHREALTIME/./} / 1000)); } # ms
alive() { [ -d "/proc/$1" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }

begin() { # ALGORITHM: a run that would last for minutes; its processes are launcher, and in `process` PS, evaluator, workers
    rm -rf run
    "$simulate" "$smoke" -q --algorithm "$1" --iterations 10000000 --set output.eval_every=200 -o run >out 2>err &
    launcher=$!
    process=()
    local tries=0
    while [ ${#process[@]} -lt 6 ] && [ $((tries++)) -lt 400 ]; do
        sleep 0.005
        read -ra process <"/proc/$launcher/task/$launcher/children" || true
    done 2>/dev/null
}

# All of them gone, within 2 s from $1.
gone_by() {
    local p
    for p in "$launcher" "${process[@]}"; do
        while alive "$p"; do
            [ $(($(now) - $1)) -lt 2000 ] || { echo "process $p still there after 2 s"; return 1; }
            sleep 0.01
        done
    done
}

# Every table ends with a whole row of as many fields as its header, and nothing pretends to be finished.
folder_is_sound() {
    local table
    [ ! -e "run/$1/summary.json" ] || { echo "summary.json is there"; return 1; }
    ! grep -q '"status": "done"' run/run.json 2>/dev/null || { echo "run.json says done"; return 1; }
    for table in run/"$1"/{eval,workers}.csv; do
        [ ! -s "$table" ] || awk -F, 'NR == 1 {n = NF} NF != n {print FILENAME ": line " NR " has " NF " fields"; bad = 1} END {exit bad}' \
            "$table" || return 1
    done
}

# What a signal to each process must lead to: status and a pattern in the message.
expect() { # WHO SIGNAL
    case $1-$2 in
    0-KILL) status=137 message='' ;; # no process is left to print a message
    0-*) status=$((128 + ${number[$2]})) message='ended by' ;;
    *-INT | *-HUP | *-TERM) status=143 message='ended by Terminated' ;; # a child leaves these to the launcher: the run goes on
    1-*) status=5 message="parameter server (process ended by signal ${number[$2]}" ;;
    2-*) status=5 message="evaluator (process ended by signal ${number[$2]}" ;;
    *) status=5 message="worker $(($1 - 3)) (process ended by signal ${number[$2]}" ;;
    esac
}

once() { # ALGORITHM WHO SIGNAL MILLISECONDS
    local status message got target sent
    begin "$1"
    sleep "$(printf '0.%03d' "$4")"
    target=$launcher
    [ "$2" -eq 0 ] || target=${process[$2 - 1]}
    sent=$(now)
    kill -"$3" "$target"
    expect "$2" "$3"
    if [ "$2" -ne 0 ] && [ "$3" != KILL ]; then
        sleep 0.1
        alive "$target" || { echo "died of $3, which it should leave to the launcher"; return 1; }
        sent=$(now)
        kill -TERM "$launcher"
    fi
    gone_by "$sent" || return 1
    wait "$launcher" 2>/dev/null
    got=$?
    [ $got -eq $status ] || { echo "status $got instead of $status"; return 1; }
    [ -z "$message" ] || grep -qF "$message" err || { echo "expected a message with '$message', got '$(cat err)'"; return 1; }
    ! grep 'warning: .*process ended by signal' err || return 1 # it is what ended the run
    nothing_shared || return 1
    folder_is_sound "$1"
}

failed=0
for ((i = 0; i < times; i++)); do
    algorithm=${algorithms[RANDOM % ${#algorithms[@]}]} who=$((RANDOM % 7)) signal=${signals[RANDOM % 4]} ms=$((RANDOM % 600))
    why=$(once "$algorithm" "$who" "$signal" "$ms") && continue
    echo "$i: $algorithm, $signal to process $who after $ms ms: $why"
    failed=$((failed + 1))
done
echo "$((times - failed)) of $times endings right"
[ $failed -eq 0 ]
