#!/usr/bin/env bash
# Faults of the simulated cluster ([faults]) in whole runs: they end, are verified, repeat and resume to the byte.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# But for those that say why they cannot.
algorithms=$("$simulate" --list algorithms | awk '$1 !~ /^(streaming_diloco|powersgd)$/ {print $1}')
every=$(echo "$algorithms" | paste -sd,)
quick=(--workers 4 --iterations 120 --set data.train_samples=256 --set data.test_samples=20 --set train.batch=8 --set train.momentum=0.5
    --set compute.model=fixed --set compute.seconds=2ms --set network.bandwidth=100Mbit/s --set output.report=no
    --set algorithm.asp.delay_compensation=0.04 --set algorithm.losp.drain=yes --set algorithm.dqlosp.error_feedback=yes
    --set algorithm.k_sync.k=2 --set algorithm.k_batch_sync.k=3 --set algorithm.k_async.k=2 --set algorithm.k_batch_async.k=3)
faulty=("${quick[@]}" --set faults.crash_probability=0.05 --set faults.down_time=15ms --set faults.detection_time=1ms
    --set faults.loss_probability=0.1 --set faults.retransmit_timeout=3ms --set "faults.crash_at=5ms, 5ms" --set "faults.crash_worker=1, 2")
verified() { "$simulate" --verify "$1" >out 2>&1 || { cat out; return 1; }; }

# ---- every algorithm ----

cannot() { "$simulate" "$smoke" -q -o cannot --algorithm "$1" "${faulty[@]}" 2>err; [ $? -eq 2 ] && grep -q 'would not know whose turn it is' err; }
for algorithm in streaming_diloco powersgd; do check "$algorithm cannot go on after a crash, and says why" cannot $algorithm; done
check "  but after a loss" play lossy --algorithm streaming_diloco,powersgd "${quick[@]}" --set faults.loss_probability=0.2
check "  and is verified" verified lossy

check "every algorithm ends under crashes and losses" play once --algorithm "$every" "${faulty[@]}"
check "  and is verified" verified once
check "  again, with two workers a process: the same bytes" play twice --algorithm "$every" "${faulty[@]}" --set cluster.processes=2
same_algorithms() {
    for algorithm in $algorithms; do
        diff -rq -x summary.json "$1/$algorithm" "$2/$algorithm" &&
            diff <(grep -v wall_seconds "$1/$algorithm/summary.json") <(grep -v wall_seconds "$2/$algorithm/summary.json") || return 1
    done
}
check "  to the last one" same_algorithms once twice
check "  alone in one process as well" play alone --algorithm "$every" "${faulty[@]}" --set cluster.processes=1
check "  which gives the same" same_algorithms once alone
check "  DQLOSP's replicas stay equal" same "$(member once/dqlosp/summary.json replicas_equal)" true
check "timing alone under the same faults" play timed --no-train --algorithm "$every" "${faulty[@]}"
same_times() {
    for algorithm in $algorithms; do
        cmp "once/$algorithm/faults.csv" "timed/$algorithm/faults.csv" && cmp "once/$algorithm/totals.csv" "timed/$algorithm/totals.csv" &&
            diff <(cut -d, -f1-3,5- "once/$algorithm/workers.csv") <(cut -d, -f1-3,5- "timed/$algorithm/workers.csv") || return 1
    done
}
check "  takes the same times" same_times
crashed() { for algorithm in $algorithms; do [ "$(member "once/$algorithm/summary.json" crashes)" -ge 2 ] || return 1; done; }
check "  somebody crashed in each" crashed
check "  faults.csv begins with those told beforehand" same "$(sed -n 1,3p once/bsp/faults.csv | xargs)" "virtual_ns,worker,what,bytes 5000000,1,crash,0 5000000,2,crash,0"

# A push lost for good while an earlier one of its worker is held; replicas whose updates come late.
check "pushes that queue at a slow link" play slow --workers 5 --iterations 200 --algorithm dqlosp,ssp,k_batch_sync --set train.batch=4 \
    --set faults.crash_probability=0.1 --set faults.down_time=3ms --set faults.detection_time=4ms --set faults.loss_probability=0.2 \
    --set faults.retransmit_timeout=3ms --set network.bandwidth=20Mbit/s --set algorithm.dqlosp.drain=yes --set algorithm.k_batch_sync.k=3
check "  are verified" verified slow
check "  with equal replicas" same "$(member slow/dqlosp/summary.json replicas_equal)" true

resumed() {
    local launcher tries=0
    "$simulate" "$smoke" -q -o broken --algorithm "$1" "${faulty[@]}" --iterations 1500 --set output.checkpoint_every=500 >/dev/null 2>&1 &
    launcher=$!
    until [ -e "broken/$1/checkpoint" ] || [ $((tries++)) -gt 500 ]; do sleep 0.02; done
    kill -INT $launcher 2>/dev/null
    wait $launcher
    [ $? -eq 130 ] && "$simulate" --resume broken -q >/dev/null 2>err || { cat err; return 1; }
    play whole --algorithm "$1" "${faulty[@]}" --iterations 1500 --set output.checkpoint_every=500 && diff -rq -x run.json -x summary.json "broken/$1" "whole/$1"
}
for algorithm in dqlosp asp k_batch_sync; do
    check "$algorithm: broken off and resumed: the same bytes" resumed $algorithm
    rm -rf broken whole
done

killed() {
    local launcher tries=0
    "$simulate" "$smoke" -q -o killed --algorithm asp,bsp "${faulty[@]}" --set experiment.iterations=2000 >/dev/null 2>&1 &
    launcher=$!
    until [ "$(wc -l 2>/dev/null <killed/bsp/faults.csv)" -gt 3 ] 2>/dev/null || [ $((tries++)) -gt 1000 ]; do sleep 0.02; done
    kill -KILL $launcher
    wait $launcher 2>/dev/null
    "$simulate" --resume killed -q >/dev/null 2>err || { cat err; return 1; }
    verified killed && [ "$(grep -l '"messages_lost": [1-9]' killed/*/summary.json | wc -l)" -eq 2 ]
}
check "killed without a checkpoint it begins anew, beside one that is complete" killed

# ---- ends ----

check "half of all messages lost" play half --no-train --algorithm "$every" "${quick[@]}" --set faults.loss_probability=0.5
check "  is verified" verified half
check "without a probability nothing is lost" play none --algorithm bsp,dqlosp "${quick[@]}" --set faults.down_time=1s --set faults.crash_probability=0
check "  and there is nothing of it" test ! -e none/bsp/faults.csv
check "  no column either" same "$(head -1 none/bsp/totals.csv)" "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns"
for_ever=(--no-train "${quick[@]}" --set faults.down_time=inf --set faults.crash_at=20ms --set faults.crash_worker=2)
check "one worker that never returns" play less --algorithm "$every" "${for_ever[@]}" --set algorithm.k_sync.k=3
check "  is verified" verified less
stuck() { rm -rf stuck; "$simulate" "$smoke" -q -o stuck --no-train "${quick[@]}" "$@" >out 2>err; [ $? -eq 6 ] || { cat err; return 1; }; }
all_gone=(--algorithm bsp --set faults.down_time=inf --set "faults.crash_at=20ms, 20ms, 20ms, 30ms" --set "faults.crash_worker=0, 1, 2, 3")
check "nobody left for ever is a deadlock" stuck "${all_gone[@]}"
check "  that says so of everybody" same "$(grep -c 'waits for nothing, it is down for good' err)" 4
check "K of whom fewer are left likewise" stuck "${for_ever[@]}" --algorithm k_sync --set algorithm.k_sync.k=4
check "  with the one that is missing" grep -q 'worker 2 .*it is down for good' err

# ---- what experiments/faults.ini says of itself ----

times() { # NAME ARGUMENT...: the virtual ns of each algorithm
    local name=$1
    shift
    "$simulate" "$root/experiments/faults.ini" -q --no-train -o "$name" "$@" >/dev/null || return 1
    for algorithm in bsp local_sgd losp dqlosp asp k_sync; do member "$name/$algorithm/summary.json" virtual_ns; done | paste -sd' '
}
calm=$(times calm --set faults.crash_probability=0 --set faults.loss_probability=0)
slower() { # NAME ARGUMENT...: how many tenths of the calm times; $wanted
    local got
    got=$(echo "$calm $(times "$@")" | awk '{for (i = 1; i <= 6; i++) printf "%.0f ", 10 * $(i + 6) / $i}' | xargs)
    same "$got" "$wanted" || { echo "$got"; return 1; }
}
wanted="15 11 10 10 10 10"
check "losses cost whoever waits for everybody" slower losses --set faults.crash_probability=0
wanted="12 14 13 13 11 10"
check "crashes cost all but K-sync" slower crashes --set faults.loss_probability=0
check "  of whom there are five" same "$(member crashes/bsp/summary.json crashes)" 5
wanted="16 14 13 13 11 10"
check "both" slower both

# ---- damage ----

damaged() { # FILE SED
    rm -rf hurt
    cp -r once hurt && sed -i "$2" "hurt/$1" && ! cmp -s "once/$1" "hurt/$1" && ! "$simulate" --verify hurt/bsp >out 2>err
}
check "--verify misses a crash" damaged bsp/faults.csv 2d
check "  a return" damaged bsp/faults.csv '0,/back/{/back/d}'
check "  a loss" damaged bsp/faults.csv '0,/push_lost/{/push_lost/d}'
check "  a message sent again" damaged bsp/faults.csv '0,/reply_resent/{/reply_resent/d}'
check "  a wrong moment" damaged bsp/faults.csv '0,/back/s/^\([0-9]*\)\([0-9],.*back\)/\11\2/'
check "  another down time" damaged bsp/totals.csv '2s/[0-9]*$/1/'
check "  another sum" damaged bsp/summary.json 's/"bytes_resent_up": /&1/'
check "  an unknown word" damaged bsp/faults.csv 's/crash/crush/'

# ---- what is refused ----

refused() { # WANTED ARGUMENT...
    local wanted=$1
    shift
    "$simulate" "$smoke" -q -o never "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$wanted" err && [ ! -e never ] || { cat err; return 1; }
}
check "the real clock" refused "faults need experiment.clock = virtual" --set experiment.clock=real --set faults.loss_probability=0.1
check "measured iterations" refused "faults need compute.model" --set compute.model=measured --set faults.crash_probability=0.1
check "  for crashes told beforehand as well" refused "faults need experiment.clock = virtual" --set experiment.clock=real \
    --set faults.crash_at=1s --set faults.crash_worker=1
check "  for drawn ones" refused "faults need experiment.clock = virtual" --set experiment.clock=real --set faults.crash_probability=0.1
check "lists that do not match" refused "faults.crash_worker: expected as many" --set faults.crash_worker=1
check "  the other way round" refused "faults.crash_at: expected as many" --set faults.crash_at=1s
check "a worker that there is not" refused "expected workers, 0 to 3, got 4" --workers 4 --set faults.crash_at=1s --set faults.crash_worker=4
check "half a worker" refused "got 0.5" --set faults.crash_at=1s --set faults.crash_worker=0.5
check "every message lost" refused "faults.loss_probability" --set faults.loss_probability=1
explained() { "$simulate" --explain "$smoke" --set faults.loss_probability=0.1 | grep -q 'faults are left out'; }
check "--explain says what it leaves out" explained
check "a moment is told with its unit" refused "faults.crash_at" --set faults.crash_at=5 --set faults.crash_worker=1
finish
