#!/usr/bin/env bash
# Runs that come to no end: workers that crash before they can push, pushes that come faster than the server serves them, a round of more
# iterations than anything needs. --check and the run say which worker waits for what and give status 6; the other algorithms of the run still run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# endless COMMAND...: it ends soon enough with status 6.
endless() { timeout -s KILL 60 "$@" >out 2>err; local status=$?; [ "$status" -eq 6 ] || { echo "status $status"; cat out err; return 1; }; }
megabytes() { du -sm "$1" | cut -f1; }
says() { grep -qE -- "$1" err || { cat err; return 1; }; }

# ---- crashes ----

# Half of all iterations crash, and a push has 64; one in a thousand of 100,000; an epoch is longer than any life.
crashes() { # NAME ARGUMENT...
    local name=$1
    shift
    check "$name: --check" endless "$simulate" --check "$smoke" --iterations 4000 --set faults.down_time=1ms "$@"
    check "  says what happens" says "^simulate: $algorithm: no update in sight at [0-9.]+ virtual seconds: since the last one [0-9]+ crashes and lost messages .*, 0 pushes served$"
    check "  and who waits for what" same "$(grep -cE '^  worker [0-9]+ +waits for .*, crashes: [0-9]+$' err)" 4
    check "  and what the PS waits for" says '^  the PS +holds pushes of no worker; waits for pushes of (worker|no worker).*; away: (worker|no worker)'
    check "  its row has no end" grep -qE "^$algorithm +- +- +no end +- " out
    check "$name: without training" endless "$simulate" "$smoke" -q --no-train -o crashed --iterations 4000 --set faults.down_time=1ms "$@"
    check "  with little on the disk" test "$(megabytes crashed)" -le 3
    rm -rf crashed
}
algorithm=local_sgd
crashes "crashes in half of all iterations" --algorithm local_sgd --set faults.crash_probability=0.5 --set algorithm.local_sgd.local_steps=64
crashes "crashes in one of a thousand" --algorithm local_sgd --set faults.crash_probability=0.001 --set algorithm.local_sgd.local_steps=100000
crashes "crashes that the server knows late" --algorithm local_sgd --set faults.crash_probability=0.5 --set algorithm.local_sgd.local_steps=64 \
    --set faults.detection_time=5ms
algorithm=fedavg
crashes "crashes in an epoch" --algorithm fedavg --set faults.crash_probability=0.3 --set algorithm.fedavg.local_epochs=4
# A million gradients lie before the moment at which it is clear that no push will come.
check "crashes while training: before anything is computed" endless "$simulate" "$smoke" -q -o trained --algorithm local_sgd,bsp --iterations 400 \
    --set faults.down_time=1ms --set faults.crash_probability=0.001 --set algorithm.local_sgd.local_steps=100000
check "  and another algorithm is trained" same "$(cut -d, -f1 trained/comparison.csv | paste -sd' ')" "algorithm bsp"
verified() { "$simulate" --verify "$1" >out 2>&1 || { cat out; return 1; }; }
check "  --verify accepts that" verified trained
check "hard, but not without an end: --check" "$simulate" --check "$smoke" --no-train --algorithm local_sgd,bsp,asp --iterations 4000 --set faults.down_time=1ms \
    --set faults.crash_probability=0.1 --set faults.loss_probability=0.9 --set algorithm.local_sgd.local_steps=32
check "a round that is longer than the run needs by ten millions" endless "$simulate" --check "$smoke" --no-train --algorithm local_sgd --iterations 4000 \
    --set algorithm.local_sgd.local_steps=1000000000
check "  a round that is the run has an end" "$simulate" --check "$smoke" --no-train --algorithm local_sgd --iterations 40000 \
    --set algorithm.local_sgd.local_steps=40000

# ---- a server that cannot keep up ----

slow=(--no-train --algorithm bsp,k_batch_sync,local_sgd --iterations 2000 --set server.cost_per_byte=10us --set algorithm.k_batch_sync.k=2)
check "a server that cannot keep up: --check" endless "$simulate" --check "$smoke" "${slow[@]}"
check "  says so" says '^simulate: k_batch_sync: pushes come faster than the server serves them \(server.cost_per_byte\): [0-9]+ wait there, 10001 of them of worker [0-9]$'
check "  in its row" grep -qE '^k_batch_sync +- +- +no end ' out
shards=(--set network.exchange=sharded --set server.shards=2 --algorithm k_batch_sync)
check "shards that cannot keep up: --check" endless "$simulate" --check "$smoke" "${slow[@]}" "${shards[@]}"
check "  says so" says '^simulate: k_batch_sync: pushes come faster than the server serves them \(server.cost_per_byte\): [0-9]+ wait there, 1000[0-9] of them of worker [0-9]$'
check "a server that cannot keep up, and others: --check" endless "$simulate" --check "$smoke" "${slow[@]}"
check "  and not in others'" same "$(grep -cE '^(bsp|local_sgd) +20[0-9]+ ' out)" 2
check "the run has the same status" endless "$simulate" "$smoke" -q -o slow "${slow[@]}"
check "  and the others are complete" same "$(cut -d, -f1 slow/comparison.csv | paste -sd' ')" "algorithm bsp local_sgd"
check "  run.json says which is not" same "$(member slow/run.json ended_in)" k_batch_sync
check "  and with which status" same "$(member slow/run.json exit_status)" 6
check "  the table has the others alone" same "$(grep -cE '^(bsp|local_sgd|k_batch_sync) ' out)" 2
check "  --verify accepts what there is" verified slow
before=$(stat -c %Y.%i slow/local_sgd/summary.json)
check "--resume comes to the same" endless "$simulate" --resume slow -q
check "  leaves what is complete" same "$(stat -c %Y.%i slow/local_sgd/summary.json)" "$before"
check "  and compares it" same "$(cut -d, -f1 slow/comparison.csv | paste -sd' ')" "algorithm bsp local_sgd"
check "no algorithm is complete: no comparison" endless "$simulate" "$smoke" -q -o alone "${slow[@]}" --algorithm k_batch_sync
check "  no table either" test ! -e alone/comparison.csv

# ---- a sweep goes on ----

swept=("$smoke" -o swept --no-train --algorithm bsp,k_batch_sync --iterations 2000 --set algorithm.k_batch_sync.k=2
    --sweep server.cost_per_byte=0,10us --set output.report=no)
sweeps() { "$simulate" "${swept[@]}" >out 2>err || { cat err; return 1; }; }
check "a sweep over servers of which one cannot keep up" sweeps
check "  says so of the point" grep -qE '^[12] of 2  0002-cost_per_byte=10us  comes to no end$' err
check "  and of the run" same "$(awk -F, 'NR > 1 {print $3 " " $(NF - 1)}' swept/sweep.csv | xargs)" "bsp done k_batch_sync done bsp done k_batch_sync endless"
check "  and in the table" grep -q '^\*\*\* 1 CAME TO NO END' out
again() { cp -r swept once && "$simulate" --resume swept >out 2>err && diff -r once swept; }
check "  resumed, nothing changes" again
check "  --check says it beforehand" sh -c '"$@" --check >out 2>err && grep -qx "1 of the runs have no end" out' - "$simulate" "${swept[@]}"
finish
