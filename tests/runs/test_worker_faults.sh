#!/usr/bin/env bash
# Faults of the simulated cluster ([faults]) in whole runs: they end, are verified, repeat and resume to the byte.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

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

cannot() { "$simulate" "$smoke" -q -o cannot --algorithm "$1" "${faulty[@]}" 2>err; [ $? -eq 2 ] && grep -q 'would not know which push comes next' err; }
for algorithm in streaming_diloco powersgd; do check "$algorithm cannot go on after a crash, and says why" cannot $algorithm; done
cannot_either() { "$simulate" "$smoke" -q -o cannot --algorithm streaming_diloco "${quick[@]}" --set faults.server_crash_at=1ms 2>err; [ $? -eq 2 ] && grep -q 'would not know which push comes next' err; }
check "  nor after one of the server" cannot_either
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
        cmp "$1/$algorithm/faults.csv" "$2/$algorithm/faults.csv" && cmp "$1/$algorithm/totals.csv" "$2/$algorithm/totals.csv" &&
            diff <(cut -d, -f1-3,5- "$1/$algorithm/workers.csv") <(cut -d, -f1-3,5- "$2/$algorithm/workers.csv") || return 1
    done
}
check "  takes the same times" same_times once timed
crashed() { for algorithm in $algorithms; do [ "$(member "once/$algorithm/summary.json" crashes)" -ge 2 ] || return 1; done; }
check "  a worker crashed in each" crashed
cells() { awk -F, 'NR > 1 {printf "%s %d %d %d %d %.0f\n", $1, $17, $18, $19, $20, $21 * 4e9}' "$1/comparison.csv"; } # 4 workers, ns
members_of() {
    local algorithm of
    for algorithm in ${2//,/ }; do
        { echo "$algorithm"; for of in crashes messages_lost server_crashes undone_iterations down_ns; do member "$1/$algorithm/summary.json" $of; done; } | paste -sd' '
    done
}
check "  comparison.csv says what summary.json says" same "$(cells once)" "$(members_of once "$every")"
reported() {
    "$simulate" --report once >/dev/null || return 1
    python3 "$root/tests/cli/check_report.py" once/report.html --has crasheslostrestartsundoneaway --has "Crashes: of workers"
}
check "  the report as well" reported
check "  faults.csv begins with those that the ini gives" same "$(sed -n 1,3p once/bsp/faults.csv | xargs)" "virtual_ns,worker,what,bytes 5000000,1,crash,0 5000000,2,crash,0"

# A push lost for good while an earlier one of its worker is held; replicas with late updates.
check "pushes that queue at a slow link" play slow --workers 5 --iterations 200 --algorithm dqlosp,ssp,k_batch_sync --set train.batch=4 \
    --set faults.crash_probability=0.1 --set faults.down_time=3ms --set faults.detection_time=4ms --set faults.loss_probability=0.2 \
    --set faults.retransmit_timeout=3ms --set network.bandwidth=20Mbit/s --set algorithm.dqlosp.drain=yes --set algorithm.k_batch_sync.k=3
check "  are verified" verified slow
check "  with equal replicas" same "$(member slow/dqlosp/summary.json replicas_equal)" true

resumed() { # ALGORITHM ARGUMENT...
    local launcher tries=0
    local long=(--algorithm "$1" "${faulty[@]}" --iterations 1500 --set output.checkpoint_every=500 "${@:2}")
    "$simulate" "$smoke" -q -o broken "${long[@]}" >/dev/null 2>&1 &
    launcher=$!
    until [ -e "broken/$1/checkpoint" ] || [ $((tries++)) -gt 500 ]; do sleep 0.02; done
    kill -INT $launcher 2>/dev/null
    wait $launcher
    [ $? -eq 130 ] && "$simulate" --resume broken -q >/dev/null 2>err || { cat err; return 1; }
    play whole "${long[@]}" && diff -rq -x run.json -x summary.json "broken/$1" "whole/$1"
}
for algorithm in dqlosp asp k_batch_sync; do
    check "$algorithm: broken off and resumed: the same bytes" resumed $algorithm
    rm -rf broken whole
done

# ---- the PS ----

outages=(--set "faults.server_crash_at=20ms, 25ms, 61ms" --set faults.server_down_time=7ms --set faults.server_checkpoint_every=5)
check "every algorithm ends when the server crashes as well" play outage --algorithm "$every" "${faulty[@]}" "${outages[@]}"
check "  and is verified" verified outage
check "  again, with two workers a process: the same bytes" play outage_2 --algorithm "$every" "${faulty[@]}" "${outages[@]}" --set cluster.processes=2
check "  to the last one" same_algorithms outage outage_2
check "  alone in one process as well" play outage_1 --algorithm "$every" "${faulty[@]}" "${outages[@]}" --set cluster.processes=1
check "  which gives the same" same_algorithms outage outage_1
check "  DQLOSP's replicas stay equal" same "$(member outage/dqlosp/summary.json replicas_equal)" true
check "  timing alone" play outage_timed --no-train --algorithm "$every" "${faulty[@]}" "${outages[@]}"
check "    takes the same times" same_times outage outage_timed
undone() { for algorithm in $algorithms; do [ "$(member "$1/$algorithm/summary.json" server_crashes)" -eq 2 ] || return 1; done; grep -L '"undone_iterations": 0' "$1"/*/summary.json | grep -q asp/; }
check "  it crashed twice, as the second time of three it was down, and lost something" undone outage
check "the server alone crashes" play server --algorithm "$every" "${quick[@]}" "${outages[@]}" --set output.eval_every=1
check "  comparison.csv says what summary.json says" same "$(cells server)" "$(members_of server "$every")"
check "  and is verified" verified server
check "    with every fourth round in workers.csv as well" play thin --algorithm asp,bsp "${quick[@]}" "${outages[@]}" --set output.workers_every=4
check "    which is verified" verified thin
most=9223372036854775807
check "    with no round there and no checkpoint but the start" play seldom --algorithm asp,bsp "${quick[@]}" "${outages[@]}" \
    --set output.workers_every=$most --set faults.server_checkpoint_every=$most
check "    which is verified" verified seldom
no_crash() { for algorithm in $algorithms; do same "$(member "server/$algorithm/summary.json" crashes)" 0 && same "$(cut -d, -f9 "server/$algorithm/totals.csv" | sort -u | xargs)" "0 crashes" || return 1; done; }
check "  no worker does" no_crash
check "  faults.csv says so" same "$(sed -n 2,7p server/bsp/faults.csv | xargs)" "20000000,-1,server_crash,0 27000000,-1,server_back,0 $(printf '27000000,%s,back,10856 ' 0 1 2 3 | xargs)"
# Every update is evaluated. The row of the restart has the results of the last row with as many iterations, which is the row of the checkpoint.
as_at_the_checkpoint() {
    for algorithm in $algorithms; do
        awk -F, -v every=5 '
            FNR == NR {if ($3 == "server_back") back[$1] = 1; next}
            FNR == 1 {next}
            {split($4, t, "."); now = 1e9 * t[1] + t[2]}
            back[now] {restarts++; from = $1 - $1 % every; bad += $2 != iterations[from] || $5 "," $6 != results[from]; next}
            {iterations[$1] = $2; results[$1] = $5 "," $6}
            END {exit bad > 0 || restarts != 2}' "server/$algorithm/faults.csv" "server/$algorithm/eval.csv" || { echo "$algorithm"; return 1; }
    done
}
check "  the timeline shows it" grep -q '^-1,down,20000000,27000000,' server/bsp/timeline.csv
check "    and the workers" same "$(grep -cE '^[0-3],down,20000000,27000000,' server/bsp/timeline.csv)" 4
check "    trace.json in a row of its own" sh -c 'python3 -m json.tool server/bsp/trace.json >/dev/null && [ "$(grep -c "\"name\": *\"down\"" server/bsp/trace.json)" -ge 11 ]'
check "  every restart has the test loss and accuracy of its checkpoint, bit for bit" as_at_the_checkpoint
# Residuals of replies are in the checkpoint, and in the replicas.
feedback=(--algorithm "dqlosp,loscar,doublesqueeze,dgc" --set algorithm.dqlosp.error_feedback=yes)
for codec in topk sign none; do
    check "error feedback, codec $codec" play "feedback_$codec" "${feedback[@]}" "${quick[@]}" "${outages[@]}" --set algorithm.dqlosp.codec=$codec --set algorithm.loscar.codec=$codec
    check "  is verified" verified "feedback_$codec"
    check "  with equal replicas" same "$(member "feedback_$codec/dqlosp/summary.json" replicas_equal)" true
done
private() { "$simulate" --explain "$smoke" --algorithm bsp,slowmo --set model.name=alexnet --set data.shape=cifar "$@" | awk '/^(bsp|slowmo) / {print $NF}'; }
copied() { # in MiB: BSP's model, and a vector of SlowMo's besides
    paste -d' ' <(private --set faults.crash_probability=0.1) <(private --set faults.server_crash_at=1s) |
        awk '{more[NR] = $2 - $1} END {exit !(NR == 2 && more[1] > 8 && more[1] < 11 && more[2] > 17 && more[2] < 21)}'
}
check "the estimate of memory has the server's checkpoint" copied
moments=$(seq -s, 30 40 2000 | sed 's/,/ms, /g')ms # over and over
for algorithm in dqlosp doublesqueeze slowmo asp dgs; do
    check "$algorithm: broken off between crashes of the server and resumed: the same bytes" resumed $algorithm "${outages[@]}" --set "faults.server_crash_at=$moments"
    check "  which is verified" verified broken
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
    verified killed && same "$(cells killed)" "$(members_of killed asp,bsp)" && [ "$(grep -l '"messages_lost": [1-9]' killed/*/summary.json | wc -l)" -eq 2 ]
}
check "killed without a checkpoint, a run starts from the beginning, beside a complete run" killed

# ---- ends ----

check "half of all messages lost" play half --no-train --algorithm "$every" "${quick[@]}" --set faults.loss_probability=0.5
check "  is verified" verified half
check "without a probability nothing is lost" play none --algorithm bsp,dqlosp "${quick[@]}" --set faults.down_time=1s --set faults.crash_probability=0
check "  and there is nothing of it" test ! -e none/bsp/faults.csv
check "  nothing to compare" same "$(awk -F, '{print $17, $18, $19, $20, $21}' none/comparison.csv | sort -u | xargs)" "NaN NaN NaN NaN NaN crashes messages_lost server_crashes undone_iterations down_s"
calm_report() { "$simulate" --report none >/dev/null && ! grep -q 'crashes</th>\|Crashes of workers' none/report.html; }
check "  nor to report" calm_report
check "  no column either" same "$(head -1 none/bsp/totals.csv)" "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns,coding_ns"
for_ever=(--no-train "${quick[@]}" --set faults.down_time=inf --set faults.crash_at=20ms --set faults.crash_worker=2)
check "one worker that never returns" play less --algorithm "$every" "${for_ever[@]}" --set algorithm.k_sync.k=3
check "  is verified" verified less
stuck() { rm -rf stuck; "$simulate" "$smoke" -q -o stuck --no-train "${quick[@]}" "$@" >out 2>err; [ $? -eq 6 ] || { cat err; return 1; }; }
all_gone=(--algorithm bsp --set faults.down_time=inf --set "faults.crash_at=20ms, 20ms, 20ms, 30ms" --set "faults.crash_worker=0, 1, 2, 3")
check "all workers down for good are a deadlock" stuck "${all_gone[@]}"
check "  that names all workers" same "$(grep -c 'waits for nothing, it is down for good' err)" 4
check "fewer than K workers left likewise" stuck "${for_ever[@]}" --algorithm k_sync --set algorithm.k_sync.k=4
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
check "losses cost algorithms with a barrier" slower losses --set faults.crash_probability=0
wanted="12 14 13 13 11 10"
check "crashes cost all but K-sync" slower crashes --set faults.loss_probability=0
check "  five of them" same "$(member crashes/bsp/summary.json crashes)" 5
wanted="16 14 13 13 11 10"
check "both" slower both

hint=(--set faults.crash_probability=0 --set faults.loss_probability=0)
while IFS=' =' read -r _ key value; do hint+=(--set "faults.$key=$value"); done < <(grep '^; server_.* = ' "$root/experiments/faults.ini")
check "the commented-out crash of the server" same "${#hint[@]}" 10
wanted="13 20 16 16 13 12"
check "  costs more the more is in a round" slower hinted "${hint[@]}"
wanted="16 20 21 21 13 14"
check "  and the more updates are between checkpoints" slower rarely "${hint[@]}" --set faults.server_checkpoint_every=100

# ---- damage ----

once=once
damaged() { # FILE SED: of the run in $once
    rm -rf hurt
    cp -r "$once" hurt && sed -i "$2" "hurt/$1" && ! cmp -s "$once/$1" "hurt/$1" && ! "$simulate" --verify hurt/bsp >out 2>err
}
check "--verify misses a crash" damaged bsp/faults.csv 2d
check "  a return" damaged bsp/faults.csv '0,/back/{/back/d}'
check "  a loss" damaged bsp/faults.csv '0,/push_lost/{/push_lost/d}'
check "  a message sent again" damaged bsp/faults.csv '0,/reply_resent/{/reply_resent/d}'
check "  a wrong moment" damaged bsp/faults.csv '0,/back/s/^\([0-9]*\)\([0-9],.*back\)/\11\2/'
check "  another down time" damaged bsp/totals.csv '2s/[0-9]*$/1/'
check "  another sum" damaged bsp/summary.json 's/"bytes_resent_up": /&1/'
check "  an unknown word" damaged bsp/faults.csv 's/crash/crush/'
once=server
check "of the server: a crash" damaged bsp/faults.csv '0,/server_crash/{/server_crash/d}'
check "  a return" damaged bsp/faults.csv '0,/server_back/{/server_back/d}'
check "  a return of a worker" damaged bsp/faults.csv '0,/,back/{/,back/d}'
check "  one while it is down" damaged bsp/faults.csv '3s/.*/26000000,0,back,10856\n&/'
check "  a worker of its own" damaged bsp/faults.csv '2s/-1/1/'
check "  a wrong moment" damaged bsp/faults.csv '2s/20000000/19000000/'
check "  the evaluation at its return" damaged bsp/eval.csv '/,0.027000000,/d'
check "  other iterations in it" damaged bsp/eval.csv '/,0.027000000,/s/^\([0-9]*\),[0-9]*/\1,4/'
check "  a training loss of nothing" damaged bsp/eval.csv '/,0.027000000,/s/NaN/2.3/'
check "  another sum of what was lost" damaged bsp/summary.json 's/"undone_iterations": /&1/'
check "  of crashes" damaged bsp/summary.json 's/"server_crashes": 2/"server_crashes": 3/'
check "  iterations that go back by themselves" damaged bsp/eval.csv '6s/^\([0-9]*\),[0-9]*/\1,1/'
check "  another interval between checkpoints" damaged resolved.ini 's/^server_checkpoint_every = 5/server_checkpoint_every = 1/'

# ---- what is refused ----

refused() { # WANTED ARGUMENT...
    local wanted=$1
    shift
    "$simulate" "$smoke" -q -o never "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$wanted" err && [ ! -e never ] || { cat err; return 1; }
}
check "the real clock" refused "faults need experiment.clock = virtual" --set experiment.clock=real --set faults.loss_probability=0.1
check "measured iterations" refused "faults need compute.model" --set compute.model=measured --set faults.crash_probability=0.1
check "  for crashes that the ini gives as well" refused "faults need experiment.clock = virtual" --set experiment.clock=real \
    --set faults.crash_at=1s --set faults.crash_worker=1
check "  for drawn ones" refused "faults need experiment.clock = virtual" --set experiment.clock=real --set faults.crash_probability=0.1
check "  for those of the server" refused "faults need experiment.clock = virtual" --set experiment.clock=real --set faults.server_crash_at=1s
check "  also with measured iterations" refused "faults need compute.model" --set compute.model=measured --set faults.server_crash_at=1s
check "a server that never returns" refused "faults.server_down_time" --set faults.server_down_time=inf
check "no update between checkpoints" refused "faults.server_checkpoint_every" --set faults.server_checkpoint_every=0
check "lists that do not match" refused "faults.crash_worker: expected as many" --set faults.crash_worker=1
check "  the other way round" refused "faults.crash_at: expected as many" --set faults.crash_at=1s
check "a worker that there is not" refused "expected workers, 0 to 3, got 4" --workers 4 --set faults.crash_at=1s --set faults.crash_worker=4
check "half a worker" refused "got 0.5" --set faults.crash_at=1s --set faults.crash_worker=0.5
check "every message lost" refused "faults.loss_probability" --set faults.loss_probability=1
explained() { "$simulate" --explain "$smoke" --set faults.loss_probability=0.1 | grep -q 'faults are left out'; }
check "--explain says what it leaves out" explained
check "a moment has a unit" refused "faults.crash_at" --set faults.crash_at=5 --set faults.crash_worker=1
finish
