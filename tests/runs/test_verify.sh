#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Timing alone (--no-train) gives the times and bytes of training; --verify passes what runs leave and finds what was damaged.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

algorithms=$("$simulate" --list algorithms | awk '{print $1}')
every=$(echo $algorithms | tr ' ' ,)

# ---- timing alone ----

# without FILE COLUMN...: the CSV file but for these columns.
without() {
    awk -F, -v drop=" ${*:2} " 'NR == 1 {for (i = 1; i <= NF; i++) out[i] = index(drop, " " $i " ")}
        {for (i = 1; i <= NF; i++) if (!out[i]) printf "%s,", $i; print ""}' "$1"
}
# only_nan FILE COLUMN...: they are there and hold nothing but NaN.
only_nan() {
    local column
    for column in "${@:2}"; do
        awk -F, -v c="$column" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == c) at = i} NR > 1 && (!at || $at != "NaN") {bad = 1}
            END {exit bad || NR < 2}' "$1" || return 1
    done
}
same_table() { [ -s "$1" ] && cmp <(without "$1" "${@:3}") <(without "$2" "${@:3}"); }
same_members() {
    local name
    for name in algorithm workers seed rounds iterations epochs virtual_ns bytes_up bytes_down bytes_initial pushes replies \
        compute_ns communication_ns waiting_ns overlapped_ns wasted_iterations dropped_pushes status; do
        same_member "$1" "$2" $name || { echo "$name differs"; return 1; }
    done
}
same_timing() { # TRAINED TIMED ALGORITHM
    same_table "$1/$3/workers.csv" "$2/$3/workers.csv" train_loss &&
        same_table "$1/$3/eval.csv" "$2/$3/eval.csv" test_accuracy test_loss train_loss &&
        same_table "$1/$3/totals.csv" "$2/$3/totals.csv" && same_members "$1/$3/summary.json" "$2/$3/summary.json"
}

hard=(--algorithm "$every" --set compute.jitter=0.3 --set "compute.factor=1, 1.5, 1, 3" --set network.bandwidth=50Mbit/s
    --set "network.latency=0, 1ms, 100us, 0" --set server.cost_per_byte=1ns --set algorithm.losp.drain=yes
    --set algorithm.osp.max_local_steps=3 --set experiment.iterations=197 --set output.eval_every=10)
check "smoke runs" play smoke --algorithm "$every"
check "smoke runs without training" play timed --algorithm "$every" --no-train
check "a hard network" play hard "${hard[@]}"
check "a hard network without training" play hard_timed "${hard[@]}" --set experiment.train=no
for algorithm in $algorithms; do
    check "$algorithm: the same times and bytes without training" same_timing smoke timed "$algorithm"
    check "  also on a hard network" same_timing hard hard_timed "$algorithm"
    check "  and no accuracy, no loss" only_nan "timed/$algorithm/eval.csv" test_accuracy test_loss train_loss
    check "  nor in workers.csv" only_nan "timed/$algorithm/workers.csv" train_loss
    check "  summary.json says so" same "$(member "timed/$algorithm/summary.json" trained)" false
    check "  and has no results" same "$(member "timed/$algorithm/summary.json" test_accuracy)" null
    check "  nor a model" test ! -e "timed/$algorithm/parameters.bin"
done
check "a trained run says so" same "$(member smoke/losp/summary.json trained)" true
check "the table says that nothing was trained" grep -q 'NOTHING WAS TRAINED' timed.out
check "comparison.csv too" same "$(column timed trained | sort -u)" 0
check "the table of a trained run does not" sh -c '! grep -q "NOTHING WAS TRAINED" smoke.out'
check "a target means nothing" sh -c '"$1" "$2" -q --no-train --set experiment.target_accuracy=0.5 -o target >/dev/null && \
    grep -q "^losp,NaN.*,NaN,NaN,[0-9].*,NaN,NaN,server,none,[0-9.]*,0,NaN,NaN,test,NaN$" target/comparison.csv' - "$simulate" "$smoke"
check "--check of it" sh -c '"$1" --check --no-train "$2" | grep -q "^losp .* -$"' - "$simulate" "$smoke"
all_in=() # with fewer, millions of pushes are dropped
for k_of in k_sync k_batch_sync k_async k_batch_async; do all_in+=(--set "algorithm.$k_of.k=1024"); done
check "1024 workers" play wide --no-train --workers 1024 --algorithm "$every" --iterations 4096 "${all_in[@]}"
check "  are verified" sh -c '"$1" --verify wide' - "$simulate"
drawn() { cp -r timed drawn && "$root"/plots/plot.sh drawn >out 2>&1 && same "$(cd drawn/plots && echo *)" "k.png staleness.png time_split.png" && same "$(sort out)" "$(ls drawn/plots/*)"; }
check "plots of it: where the time went, K and staleness, no curves of nothing" drawn
missing() { SIMULATE_DATA='' "$simulate" "$smoke" -q --no-train --set data.set=mnist --data "$scratch/empty" -o never 2>err; [ $? -eq 3 ] && grep -q 'make data' err && [ ! -e never ]; }
check "a missing data set is missed as in training" missing
broken_off() {
    "$simulate" "$smoke" -q --no-train --algorithm losp,bsp --iterations 1000000000000 -o broken_off >/dev/null 2>err &
    local launcher=$!
    until [ -s broken_off/losp/workers.csv ] && [ "$(wc -l <broken_off/losp/workers.csv)" -gt 500 ]; do
        kill -0 $launcher || return 1
        sleep 0.01
    done
    kill -TERM $launcher
    wait $launcher
    [ $? -eq 143 ] && [ "$(member broken_off/run.json status)" = interrupted ] && [ -z "$(pgrep -P $launcher)" ]
}
check "SIGTERM ends timing alone as it ends training" broken_off

# ---- what runs leave is right ----

# verified FOLDER...: status 0, a line for each algorithm, nothing on stderr.
verified() {
    "$simulate" --verify "$@" >out 2>err && [ ! -s err ] && [ "$(wc -l <out)" -eq $(($(echo $algorithms | wc -w) * $#)) ] &&
        [ -z "$(grep -vE ': verified: [0-9]+ rows of workers.csv, [0-9]+ of eval.csv$' out)" ]
}
for run in smoke timed hard hard_timed; do
    check "every algorithm of $run is verified" verified $run
done
check "several runs at once" verified smoke timed
# As many rows with a reply as replies, and yet the last reply has no row: one answers two pushes, another one none.
check "a queue of replies" play queued --no-train --algorithm k_batch_sync --workers 2 --iterations 141 --set compute.factor=1.31,5.16 \
    --set compute.jitter=0.3 --set network.bandwidth=2Mbit/s,100Mbit/s --set network.bandwidth_down=100Mbit/s,10Mbit/s --set network.sharing=fifo \
    --set network.latency=1885us,539us --set network.latency_factor=1.524 --set algorithm.k_batch_sync.k=2 --set experiment.seed=1145
check "  is verified" sh -c '"$1" --verify queued >queued.out' - "$simulate"
check "the rows are counted" grep -q "/bsp: verified: $(($(wc -l <smoke/bsp/workers.csv) - 1)) rows of workers.csv, $(($(wc -l <smoke/bsp/eval.csv) - 1)) of" out
for name in smoke/losp smoke/losp/ ./smoke//losp; do
    check "one algorithm: $name" sh -c '[ "$("$1" --verify "$2" | grep -c "losp: verified")" -eq 1 ]' - "$simulate" $name
done
check "the folder that one stands in" sh -c 'cd smoke/losp && "$1" --verify . | grep -q "losp: verified"' - "$simulate"

# ---- workers.csv thinned ----

check "one row in seven" play thin --algorithm "$every" --no-train --set output.workers_every=7
thinned() { # ALGORITHM: the rows of the whole run in a round, or with a number among the worker's pushes, that is a multiple of 7
    cmp <(awk -F, 'NR == 1 || ($2 ? $2 : n[$1] + 1) % 7 == 0; {n[$1]++}' "timed/$1/workers.csv") "thin/$1/workers.csv"
}
for algorithm in $algorithms; do
    check "$algorithm: the right rows are left" thinned "$algorithm"
    check "  nothing else is missing" diff -rq -x workers.csv -x summary.json "timed/$algorithm" "thin/$algorithm"
    check "  the same summary" same_members "timed/$algorithm/summary.json" "thin/$algorithm/summary.json"
done
check "every algorithm is verified" verified thin

incomplete() { "$simulate" --verify "$1" >out 2>err && [ ! -s err ] && grep -q "$2" out; }
check "a run that was broken off is incomplete" incomplete broken_off 'losp: incomplete (no summary.json), what is there is verified: [1-9]'
check "  what was not begun is named" grep -q '/bsp: incomplete: not begun' out
cp -r broken_off cut
head -c -3 broken_off/losp/workers.csv >cut/losp/workers.csv
check "  its last row may be cut" incomplete cut 'losp: incomplete'

# ---- damage is found ----

# set_cell FILE ROW COLUMN VALUE: row 1 is the first below the header; VALUE is an awk expression of the old value, x.
set_cell() {
    awk -F, -v OFS=, -v row="$2" -v column="$3" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == column) at = i}
        NR == row + 1 {x = $at; $at = sprintf("%s", '"$4"')} {print}' CONVFMT=%.0f OFMT=%.0f "$1" >new && mv new "$1"
}
check "a run of some algorithms" play few --algorithm losp,k_sync,asp,k_batch_async
from=few # run
# found NAME PATTERN COMMAND...: in a copy of that run after COMMAND, --verify ends with 1, says PATTERN and nothing of other algorithms.
found() {
    local name=$1 pattern=$2 got
    shift 2
    rm -rf broken
    cp -r "$from" broken
    must "$@"
    "$simulate" --verify broken >out 2>err
    got=$?
    check "found: $name" test "$got" -eq 1 -a -n "$(grep -E -- "^simulate: broken/$pattern" err)" -a -n "$(grep -E 'damaged|missing' out)"
    grep -qE -- "^simulate: broken/$pattern" err || { echo "status $got"; head -n 3 err; }
    check "  and nothing else" test "$(grep -c ': verified' out)" -ge 3
}
w=broken/losp/workers.csv e=broken/losp/eval.csv s=broken/losp/summary.json t=broken/losp/totals.csv
found "a push departs earlier than its time" 'losp/workers.csv:7: compute_ns \+ waiting_ns: expected .*line 3' set_cell $w 6 depart_ns 'x - 1'
found "a push arrives before it departs" 'losp/workers.csv:7: arrive_ns: expected at least' set_cell $w 6 arrive_ns 'x - 9999999'
found "a reply arrives before its push" 'losp/workers.csv:7: reply_ns: expected at least' set_cell $w 6 reply_ns 'x - 9999999'
found "a reply is taken before it arrives" 'losp/workers.csv:7: accept_ns: expected at least [0-9]+ \(reply_ns\)' set_cell $w 6 accept_ns 1
found "time goes back" 'losp/workers.csv:8: accept_ns: expected .*time never goes back' set_cell $w 6 accept_ns 'x + 1'
found "a compute time" 'losp/workers.csv:7: compute_ns \+ waiting_ns: expected' set_cell $w 6 compute_ns 'x + 1'
found "a negative wait" 'losp/workers.csv:7: waiting_ns: expected at least 0' set_cell $w 6 waiting_ns -5
found "a communication time" 'losp/totals.csv:3: communication_ns: expected' set_cell $w 6 communication_ns 'x - 1'
found "a size" 'losp/summary.json:[0-9]+: bytes_up: expected [0-9]+ \(the sum over workers.csv\)' set_cell $w 6 bytes_up 'x + 64'
found "a reply without a size" 'losp/workers.csv:7: bytes_down: expected at least 1' set_cell $w 6 bytes_down 0
found "staleness below zero" 'losp/workers.csv:7: staleness: expected at least 0' set_cell $w 6 staleness -1
found "staleness beyond the first model" 'losp/workers.csv:7: staleness: expected at most' set_cell $w 6 staleness 'x + 100'
found "K over max_local_steps" 'losp/workers.csv:7: k: expected at most 16' set_cell $w 6 k 17
found "K of nothing" 'losp/workers.csv:7: k: expected at least 1' set_cell $w 6 k 0
found "an iteration too many" 'losp/eval.csv:3: iterations: expected' set_cell $w 6 k 'x + 1'
found "a round again" 'losp/workers.csv:11: round: expected at least' set_cell $w 10 round 'x - 1'
found "a worker that is not" 'losp/workers.csv:7: worker: expected 0 to 3' set_cell $w 6 worker 4
found "a row of another worker" 'losp/workers.csv:8: round: expected' set_cell $w 6 worker '(x + 1) % 4'
found "a loss" 'losp/workers.csv:7: train_loss: expected a number, got NaN' set_cell $w 6 train_loss '"NaN"'
found "text for a number" "losp/workers.csv:7: k: expected a whole number, got 'one'" set_cell $w 6 k '"one"'
found "a number beyond all bounds" 'losp/workers.csv:7: depart_ns: expected a whole number' set_cell $w 6 depart_ns '"9223372036854775808"'
found "a row removed" 'losp/workers.csv:[0-9]+: compute_ns \+ waiting_ns: expected' sed -i 7d $w
found "the last row removed" 'losp/summary.json:[0-9]+: pushes: expected' sed -i '$d' $w
found "a row twice" 'losp/workers.csv:8: round: expected at least' sed -i 7p $w
found "a field removed" 'losp/workers.csv:7: expected 15 fields' sed -i '7s/,[^,]*$//' $w
found "a column renamed" "losp/workers.csv:1: expected a column 'staleness'" sed -i '1s/staleness/age/' $w
found "the last line cut" 'losp/workers.csv:401: expected the end of the line' truncate -s -1 $w
found "an empty table" 'losp/workers.csv: expected a header' truncate -s 0 $w
found "a missing table" 'losp/eval.csv: cannot be opened' rm $e
found "an evaluation earlier than the one before" 'losp/eval.csv:4: virtual_s in ns: expected' set_cell $e 3 virtual_s '"0.000000001"'
found "an evaluation before its pushes are in" 'losp/eval.csv:4: virtual_s in ns: expected .*the last arrival' set_cell $e 3 virtual_s '"0.046000000"'
found "seconds that are none" 'losp/eval.csv:4: virtual_s: expected seconds' set_cell $e 3 virtual_s '"0.05"'
found "bytes that fall" 'losp/eval.csv:4: bytes_down: expected at least' set_cell $e 3 bytes_down 5
found "bytes of an evaluation" 'losp/eval.csv:4: bytes_up: expected' set_cell $e 3 bytes_up 'x + 100000'
found "iterations of an evaluation" 'losp/eval.csv:4: iterations: expected' set_cell $e 3 iterations 'x + 1'
once_an_epoch() { play epochs -q --algorithm bsp,losp --epochs 3 --set output.eval_every= --set data.train_samples=160 && "$simulate" --verify epochs >out 2>err; }
check "without output.eval_every there is a row each epoch: fine" once_an_epoch
found "an evaluation that is missing" 'losp/eval.csv:4: output.eval_every in the iterations of the update before: expected' sed -i 4d $e
found "an epoch that its iterations are not" 'losp/eval.csv:4: epoch: expected' set_cell $e 3 epoch 'x * 1.001'
found "an accuracy over one" 'losp/eval.csv:4: test_accuracy: expected 0 to 1' set_cell $e 3 test_accuracy '"1.5"'
found "the final accuracy" 'losp/summary.json:[0-9]+: test_accuracy: expected' set_cell $e 5 test_accuracy '"0.99"'
found "a total of waiting" 'losp/totals.csv:3: compute_ns \+ waiting_ns: expected [0-9]+ \(virtual_ns of summary.json\)' set_cell $t 2 waiting_ns 'x + 1'
found "a total of overlapping" 'losp/totals.csv:3: overlapped_ns: expected at most [0-9]+ \(communication_ns\)' set_cell $t 2 overlapped_ns 'x + 1000000000'
found "a total of iterations" 'losp/totals.csv:3: iterations: expected' set_cell $t 2 iterations 'x + 1'
found "waste" 'losp/totals.csv:3: iterations: expected' set_cell $t 2 wasted 'x + 1'
found "a worker without totals" 'losp/totals.csv: rows: expected 4' sed -i 5d $t
for name in rounds iterations virtual_ns bytes_up bytes_down pushes replies compute_ns communication_ns waiting_ns wasted_iterations dropped_pushes workers; do
    found "$name of summary.json" "losp/(summary.json:[0-9]+: $name|totals.csv:.*virtual_ns of summary)" sed -i -E "s/(\"$name\": )[0-9]+/\11/" $s
done
found "trained of summary.json" 'losp/summary.json:[0-9]+: trained: expected' sed -i 's/"trained": true/"trained": false/' $s
found "text in summary.json" "losp/summary.json:[0-9]+: rounds: expected a whole number, got 'many'" sed -i 's/"rounds": .*,/"rounds": many,/' $s
found "a member removed" 'losp/summary.json: expected a member "rounds"' sed -i '/"rounds"/d' $s
found "half a summary.json" "losp/summary.json:[0-9]+: expected a JSON object up to its last line" truncate -s 300 $s
found "no summary.json though the run was done" 'losp: expected a summary.json' rm $s

# Of 4 equal workers k_sync takes three and drops the fourth's push: its row is the first of the round.
w=broken/k_sync/workers.csv s=broken/k_sync/summary.json t=broken/k_sync/totals.csv
found "a push dropped that was answered" 'k_sync/workers.csv:3: reply_ns: expected -1 \(a push in no update is not answered\)' set_cell $w 2 round 0
found "a group of four" 'k_sync/workers.csv: pushes in round 1: expected 3 \(k in resolved.ini\), got 4' set_cell $w 1 round 1
found "a round that is not" 'k_sync/workers.csv: round: expected at most 402' set_cell $w 4 round 500
found "a push that has not arrived in a round" 'k_sync/workers.csv:3: round: expected 0 \(it has not arrived\)' set_cell $w 2 arrive_ns -1
found "a dropped push that is staler than can be" 'k_sync/summary.json:[0-9]+: staleness of a push in no update: expected at most 134' set_cell $w 1 staleness 135
found "two uploads at a time" 'k_sync/workers.csv:6: depart_ns: expected at least [0-9]+ \(arrive_ns of line 2\)' set_cell $w 1 arrive_ns 'x * 9'
found "less waste than was dropped" 'k_sync/totals.csv:5: wasted: expected at least' set_cell $t 4 wasted 1
found "replies of k_sync" 'k_sync/summary.json:[0-9]+: bytes_down: expected [0-9]+ \(replies of the size' sed -i -E 's/("replies": )536/\1535/' $s
found "more replies than all workers got" 'k_sync/summary.json:[0-9]+: replies: expected at most 536' sed -i -E 's/("replies": )536/\1537/' $s
found "bytes in no row" 'k_sync/summary.json:[0-9]+: bytes_down: expected [0-9]+ \(the sum over workers.csv\)' set_cell $w 20 bytes_down 'x - 10856'
w=broken/asp/workers.csv s=broken/asp/summary.json
found "a run of asp that goes on after its last reply" 'asp/summary.json:[0-9]+: virtual_ns: expected [0-9]+ \(the arrival of the last reply' sed -i -E 's/("virtual_ns": [0-9]+)/\11/' $s
found "two pushes in a step of asp" 'asp/workers.csv: pushes in round 6: expected 1 \(as in the first round\), got 0' set_cell $w 6 round 7
w=broken/k_batch_async/workers.csv
found "time goes back in k_batch_async" 'k_batch_async/workers.csv:[0-9]+: accept_ns.*: expected .*time never goes back' set_cell $w 9 accept_ns 'x + 90000000'
w=broken/losp/workers.csv
found "a push of losp in no round" 'losp/workers.csv: pushes in (round|no round)|losp/workers.csv:7: reply_ns: expected -1' set_cell $w 6 round 0

# ---- exchanges of all workers ----

check "every algorithm over a ring" play ringed --no-train --algorithm "$every" --set network.exchange=ring
check "  is verified" verified ringed
check "  over shards on a hard network" play sharded "${hard[@]}" --no-train --set network.exchange=sharded --set server.colocated=yes
check "  is verified" verified sharded
check "  over a tree, every seventh round" play trees --no-train --algorithm "$every" --set network.exchange=tree --set output.workers_every=7
check "  is verified" verified trees
check "codes that do not add up" play gathered --algorithm losp,bsp,cocod,osp --set network.exchange=ring --set algorithm.losp.codec=topk --set algorithm.bsp.codec=qsgd \
    --set algorithm.bsp.compress_after=10
check "  are gathered" same "$(column gathered exchange | xargs)" "all_gather all_gather ring ring"
check "  or travel as if they did" play pretended --algorithm losp,bsp,osp,bfloat:bsp --set network.exchange=ring --set network.all_gather=no --set algorithm.losp.codec=topk \
    --set algorithm.bsp.codec=qsgd --set algorithm.bsp.compress_after=10 --set algorithm.bfloat.codec=bfloat16
check "  which each name says" same "$(column pretended exchange | xargs)" "ring_if_additive ring_if_additive ring ring"
check "  and no bit of a model" same "$(member pretended/bsp/summary.json parameters_hash)" "$(member gathered/bsp/summary.json parameters_hash)"
check "  is verified" "$simulate" --verify pretended
from=pretended
found "a name that is true of none" 'osp/summary.json:[0-9]+: exchange: expected "ring"' sed -i 's/"exchange": "ring"/"exchange": "tree_if_additive"/' broken/osp/summary.json
from=gathered
w=broken/osp/workers.csv s=broken/osp/summary.json t=broken/osp/totals.csv e=broken/osp/eval.csv
found "a push with an update of its own" 'osp/workers.csv:8: arrive_ns: expected [0-9]+ \(as in line 6: one update of one exchange\)' set_cell $w 7 arrive_ns 'x + 1'
found "exchanges out of order" 'osp/workers.csv:10: arrive_ns: expected at least [0-9]+ \(the update before' sh -c 'awk -F, -v OFS=, "\$2 == 2 {\$6 += 100000000} {print}" "$1" >new && mv new "$1"' - $w
found "bytes of one worker" 'osp/workers.csv:7: bytes_up: expected [0-9]+ \(as in line 6: every worker sends as much\)' set_cell $w 6 bytes_up 'x + 6'
found "bytes that no worker gets" 'osp/workers.csv:7: bytes_down: expected [0-9]+ \(as much comes as goes\)' set_cell $w 6 bytes_down 'x + 6'
found "messages of unequal sizes" 'osp/workers.csv:[0-9]+: bytes_up over the messages of an exchange, the rest: expected 0' \
    sh -c 'awk -F, -v OFS=, "\$2 == 2 {\$12 += 1; \$13 += 1} {print}" "$1" >new && mv new "$1"' - $w
found "bytes of an exchange" 'osp/summary.json:[0-9]+: bytes_up \+ bytes_down: expected [0-9]+ \(the sum of bytes_up' \
    sh -c 'awk -F, -v OFS=, "\$2 == 2 {\$12 += 6; \$13 += 6} {print}" "$1" >new && mv new "$1"' - $w
found "bytes of summary.json" 'osp/summary.json:[0-9]+: bytes_up \+ bytes_down: expected' sed -i -E 's/("bytes_up": )[0-9]+/\11/' $s
found "a server that sends" 'osp/summary.json:[0-9]+: bytes_down: expected 0 \(there is no server' sed -i -E 's/("bytes_down": )0/\11/' $s
found "one that sends in eval.csv" 'osp/eval.csv:4: bytes_down: expected 0' set_cell $e 3 bytes_down 64
found "bytes of an evaluation too few" 'osp/eval.csv:4: bytes_up \+ bytes_down: expected at least' set_cell $e 3 bytes_up 'x / 2'
found "  too many" 'osp/eval.csv:4: bytes_up \+ bytes_down: expected at most' set_cell $e 3 bytes_up 'x * 1.1'
found "a communication below zero" 'osp/workers.csv:7: communication_ns: expected at least 0' set_cell $w 6 communication_ns -1
found "more communication than rows have" 'osp/totals.csv:3: communication_ns: expected at most' set_cell $t 2 communication_ns 'x + 1000'
found "less than a row has" 'osp/totals.csv:3: communication_ns: expected at least' set_cell $t 2 communication_ns 5
found "a worker that joins before it has joined" 'osp/workers.csv:10: depart_ns: expected at least' set_cell $w 9 depart_ns 1
found "another exchange" 'osp/summary.json:[0-9]+: exchange: expected "ring", as resolved.ini says' sed -i 's/"exchange": "ring"/"exchange": "tree"/' $s
found "a server that resolved.ini does not have" 'osp/(summary.json|workers.csv|eval.csv)' sed -i 's/"exchange": "ring"/"exchange": "server"/' $s
found "another utilisation" 'osp/summary.json:[0-9]+: utilisation: expected' sed -i -E 's/("utilisation": )[0-9.]+/\10.25/' $s
found "an exchange of comparison.csv" 'comparison.csv:5: exchange: expected that of summary.json' set_cell broken/comparison.csv 4 exchange '"tree"'
found "a utilisation of comparison.csv" 'comparison.csv:3: utilisation: expected' set_cell broken/comparison.csv 2 utilisation '"0.5"'
w=broken/losp/workers.csv
found "a vector that one worker sends twice" 'losp/workers.csv:7: bytes_up: expected' set_cell $w 6 bytes_up 'x * 2'
older() { # what a program without exchange, utilisation, overlap, coding and validation leaves is verified
    rm -rf old && cp -r few old && sed -i '/"exchange"\|"utilisation"\|"overlap"\|"coding_ns"\|"validation_\|"judged_on"\|"before_target_ns"/d' old/*/summary.json &&
        sed -i 's/,exchange,overlap,utilisation,coding_s,validation_.*$//; s/,server,none,[0-9.]*,[0-9.]*,NaN,NaN,test,[^,]*$//' old/comparison.csv &&
        sed -i 's/,validation_accuracy,validation_loss$//; s/,NaN,NaN$//' old/*/eval.csv && ! grep -qE 'validation|test,' old/comparison.csv old/*/eval.csv &&
        sed -i 's/,coding_ns$//; 2,$s/,[0-9]*$//' old/*/workers.csv old/*/totals.csv && ! grep -q coding old/*/*.csv old/comparison.csv &&
        "$simulate" --verify old >out && [ "$(grep -c ": verified" out)" -eq 4 ]
}
check "a run of an older program is verified" older

# ---- buckets, and the time that coding takes ----

check "buckets" play bucketed --no-train --algorithm bsp,local_sgd,dgc,streaming_diloco,osp --set network.exchange=ring --set network.overlap=backward \
    --set network.bucket=0 --set compute.jitter=0.2
check "  are verified" sh -c '[ "$("$1" --verify bucketed | grep -c ": verified")" -eq 5 ]' - "$simulate"
for x in server sharded; do
    check "  over $x" play bucketed_$x --no-train --algorithm bsp,local_sgd,dgc,doublesqueeze --set network.exchange=$x --set network.overlap=backward \
        --set network.bucket=0 --set compute.factor=1,2,1,3
    check "  are verified" sh -c '[ "$("$1" --verify "$2" | grep -c ": verified")" -eq 4 ]' - "$simulate" bucketed_$x
done
check "coding" play coding --no-train --algorithm bsp,dqlosp,asp,dga --set algorithm.bsp.codec=qsgd --set algorithm.asp.codec=topk --set compute.encode_cost=2ns \
    --set compute.decode_cost=1ns
check "  is verified" sh -c '[ "$("$1" --verify coding | grep -c ": verified")" -eq 4 ]' - "$simulate"
from=bucketed
w=broken/bsp/workers.csv s=broken/bsp/summary.json
found "a first bucket after its iteration" 'bsp/workers.csv:7: depart_ns: expected at most [0-9]+ \(compute_ns \+ waiting_ns of the worker.s rows so far' set_cell $w 6 depart_ns 'x + 2000000'
found "a first bucket before its iteration" 'bsp/workers.csv:7: depart_ns: expected at least [0-9]+ \(compute_ns \+ waiting_ns of the worker.s rows before' set_cell $w 6 depart_ns 1
found "buckets of more than an iteration" 'bsp/workers.csv:7: that end less depart_ns: expected at most' \
    sh -c 'awk -F, -v OFS=, "NR == 7 {\$9 -= 900000; \$11 += 900000} {print}" "$1" >new && mv new "$1"' - $w
found "an update before the last bucket" 'bsp/workers.csv:7: arrive_ns: expected at least [0-9]+ \(compute_ns \+ waiting_ns' \
    sh -c 'awk -F, -v OFS=, "NR == 7 {\$6 = \$5 + 1} {print}" "$1" >new && mv new "$1"' - $w
found "an iteration that takes longer" 'bsp/workers.csv:[0-9]+: depart_ns: expected at least' set_cell $w 6 compute_ns 'x + 900000000'
found "buckets of another size" 'bsp/workers.csv:[0-9]+: bytes_up of its round: expected [0-9]+ \(as in the round of line 2\)' \
    sh -c 'awk -F, -v OFS=, "\$2 == 2 {\$12 += 6; \$13 += 6} {print}" "$1" >new && mv new "$1"' - $w
found "a push that does not overlap" 'bsp/workers.csv:[0-9]+: compute_ns \+ waiting_ns: expected' sed -i 's/"overlap": "backward"/"overlap": "none"/' $s
found "overlap of comparison.csv" 'comparison.csv:2: overlap: expected that of summary.json' set_cell broken/comparison.csv 1 overlap '"none"'
from=bucketed_server
found "a bucket that arrives before it has left" 'bsp/workers.csv:7: arrive_ns: expected at least' sh -c 'awk -F, -v OFS=, "NR == 7 {\$6 = \$5 + 1} {print}" "$1" >new && mv new "$1"' - $w
from=coding
w=broken/dqlosp/workers.csv s=broken/dqlosp/summary.json t=broken/dqlosp/totals.csv
found "more coding than computing" 'dqlosp/workers.csv:7: coding_ns: expected at most' set_cell $w 6 coding_ns 'x + 1000000000'
found "coding below zero" 'dqlosp/workers.csv:7: coding_ns: expected at least 0' set_cell $w 6 coding_ns -1
found "less coding than its rows have" 'dqlosp/totals.csv:3: coding_ns: expected at least [0-9]+ \(its sum in workers.csv\)' set_cell $t 2 coding_ns 1
found "more coding than computing in all" 'dqlosp/totals.csv:3: coding_ns: expected at most [0-9]+ \(compute_ns\)' set_cell $t 2 coding_ns 'x + 1000000000000'
found "coding of summary.json" 'dqlosp/summary.json:[0-9]+: coding_ns: expected' sed -i -E 's/("coding_ns": [0-9]+)/\11/' $s
found "coding of comparison.csv" 'comparison.csv:3: coding_s: expected' set_cell broken/comparison.csv 2 coding_s '"0.5"'
w=broken/dga/workers.csv
found "coding of one that codes nothing" 'dga/(totals.csv|workers.csv)' set_cell $w 6 coding_ns 5000000

# ---- where a run ends ----

check "a run with a budget of time" play spent --algorithm losp,bsp,asp,osp --set algorithm.osp.drain=yes --set experiment.iterations= --set experiment.virtual_time=300ms
check "  is verified" sh -c '[ "$("$1" --verify spent | grep -c ": verified")" -eq 4 ]' - "$simulate"
check "  of bytes" play sent --no-train --algorithm losp,bsp,asp,osp --set network.exchange=ring --set experiment.bytes=5MB
check "  is verified" sh -c '[ "$("$1" --verify sent | grep -c ": verified")" -eq 4 ]' - "$simulate"
from=spent
e=broken/bsp/eval.csv w=broken/bsp/workers.csv
found "an evaluation past the budget" 'bsp/eval.csv:8: virtual_s in ns: expected at most 299999999 \(the run ends with the first update there\)' set_cell $e 7 virtual_s '"0.300000001"'
found "a last update before it" 'bsp/eval.csv:9: expected an update at or past a bound of the run, got none' set_cell $e 8 virtual_s '"0.299000000"'
found "a push past the budget in an update before the last" 'bsp/workers.csv:[0-9]+: arrive_ns: expected at most 299999999' set_cell $w 630 arrive_ns '"300000001"'
e=broken/osp/eval.csv
found "two rows after the last update of one that drains" 'osp/eval.csv:13: virtual_s in ns: expected at most 299999999' set_cell $e 12 virtual_s '"0.300000000"'
from=sent
e=broken/bsp/eval.csv
found "an evaluation past the budget of bytes" 'bsp/eval.csv:3: bytes_up \+ bytes_down: expected at most 4999999' set_cell $e 2 bytes_up 5000000
found "a last update before it" 'bsp/eval.csv:[0-9]+: expected an update at or past a bound' sh -c 'sed -i "\$s/,[0-9]*,0,NaN,NaN\$/,4999999,0,NaN,NaN/" "$1"' - $e
w=broken/losp/workers.csv

check "a run that ends at its target" play aimed --algorithm losp,bsp,asp,osp --set algorithm.osp.drain=yes --set experiment.target_accuracy=0.3 \
    --set experiment.stop=target --set experiment.iterations=2000 --set output.eval_every=50
check "  is verified" sh -c '[ "$("$1" --verify aimed | grep -c ": verified")" -eq 4 ]' - "$simulate"
from=aimed
e=broken/bsp/eval.csv
found "a run that goes on after its target" 'bsp/eval.csv:11: expected no row after that of line 9' set_cell $e 7 test_accuracy '"0.9"'
found "a run that ends before it" 'bsp/eval.csv:11: expected an update at or past a bound of the run, got none' sed -i -E 's/^(([^,]*,){4})0.[3-9][0-9]*/\10.2/' $e

none() { rm -rf broken && cp -r "$1" broken && "${@:4}" && ! "$simulate" --verify broken >out 2>err && grep -qE "$2" "$3"; }
check "found: an algorithm removed though the run was done" none smoke '/osp: damaged: missing' out rm -r broken/osp
check "found: damage in a run that was broken off" none broken_off 'losp/workers.csv:7: compute_ns' err set_cell $w 6 compute_ns 'x + 1'
check "found: a loss where nothing was trained" none timed 'losp/workers.csv:7: train_loss: expected nan' err set_cell $w 6 train_loss 1
check "found: more slack than was said" none hard 'ssp/workers.csv: iterations of worker [0-9]+ by round [0-9]+: expected at most' err \
    sed -i 's/^slack = 3$/slack = 0/' broken/resolved.ini
check "found: another k than was said" none smoke 'k_async/workers.csv: pushes in round 1: expected 2 .k in resolved.ini., got 3' err \
    sed -i '/^.algorithm.k_async/,/^$/s/^k = 3/k = 2/' broken/resolved.ini
check "found: a thinned row removed" none thin 'losp/workers.csv: pushes in round 14: expected 3 .as in the first' err sed -i 3d broken/losp/workers.csv
check "found: a row of another round" none thin 'losp/workers.csv:3: round in multiples of output.workers_every: expected 0' err set_cell broken/losp/workers.csv 2 round 8
check "found: fewer pushes than rows" none thin 'losp/summary.json:[0-9]*: pushes: expected at least' err sed -i -E 's/("pushes": )[0-9]+/\13/' broken/losp/summary.json
check "found: fewer iterations than the run has" none smoke 'bsp/eval.csv:5: iterations: expected at most 249 .the run ends with the first update there' err sed -i 's/^iterations = 400$/iterations = 250/' broken/resolved.ini
check "found: more iterations" none smoke 'bsp/eval.csv:6: expected an update at or past a bound' err sed -i 's/^iterations = 400$/iterations = 500/' broken/resolved.ini
check "found: more epochs" none epochs 'bsp/eval.csv:5: expected an update at or past a bound' err sed -i 's/^epochs = 3$/epochs = 3.5/' broken/resolved.ini
check "found: a budget that is none" none spent 'resolved.ini:[0-9]+: experiment.virtual_time: expected a duration, got' err sed -i 's/^virtual_time = .*$/virtual_time = 3MB/' broken/resolved.ini
check "found: overlap that resolved.ini does not have" none bucketed 'bsp/summary.json:[0-9]+: overlap: expected "none", as resolved.ini says' err \
    sed -i 's/^overlap = backward$/overlap = none/' broken/resolved.ini
check "found: overlap that an algorithm asks for itself" none ringed 'bsp/summary.json:[0-9]+: overlap: expected "backward", as resolved.ini says' err \
    sed -i '/^.algorithm.bsp/,/^$/s/^overlap =.*/overlap = backward/' broken/resolved.ini
check "found: coding without a cost" none coding 'dqlosp/workers.csv:2: coding_ns: expected 0 .resolved.ini has no cost of coding' err sed -i -E 's/^(..code_cost = ).*/\10s/' broken/resolved.ini
check "found: an empty resolved.ini" none smoke 'resolved.ini: cluster.workers: expected a number of workers, got no such key' err truncate -s 0 broken/resolved.ini
rm -rf alone && mkdir alone && cp -r smoke/losp alone/losp
check "found: an algorithm's folder without the run's resolved.ini" sh -c '! "$1" --verify alone/losp 2>err >out && grep -q "alone/resolved.ini: .*No such file" err' - "$simulate"
check "found: workers of resolved.ini" none smoke 'resolved.ini:[0-9]+: cluster.workers: expected' err sed -i 's/^workers = 4/workers = four/' broken/resolved.ini
check "found: resolved.ini that is no ini" none smoke 'resolved.ini:1: ' err sh -c 'echo nonsense >broken/resolved.ini'

refused() { "$simulate" "${@:3}" >out 2>err; [ $? -eq "$1" ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$2" err; }
check "--verify of nothing" refused 2 'the folder of a run' --verify
check "--verify of no folder" refused 2 "got 'nowhere'" --verify nowhere
check "--verify of some folder" refused 2 "got '/tmp'" --verify /tmp
check "--help lists it" sh -c '"$1" --help | grep -q -- "--verify RUN"' - "$simulate"

# Whatever bytes there are: a finding, never a crash.
fuzz() {
    python3 - "$simulate" <<'END'
import os, random, shutil, subprocess, sys
random.seed(1)
files = ["losp/workers.csv", "losp/eval.csv", "losp/totals.csv", "losp/summary.json", "resolved.ini"]
keep = {f: open("few/" + f, "rb").read() for f in files}
shutil.rmtree("broken", ignore_errors=True)
shutil.copytree("few", "broken")
found = 0
for i in range(80):
    name = random.choice(files)
    data = bytearray(keep[name])
    for _ in range(random.choice([1, 1, 5, 50])):
        at = random.randrange(len(data) or 1)
        what = random.randrange(5)
        if what == 0: data[at:at + 1] = bytes([random.randrange(256)])
        elif what == 1: data[at:at + 1] = b""
        elif what == 2: data[at:at] = bytes([random.choice(b"0123456789,.-eNx\n\0\xff\"{}")]) * random.choice([1, 30])
        elif what == 3: data = data[:at + 1]
        else: data[at:at + 5] = data[:random.randrange(40)]
    open("broken/" + name, "wb").write(data)
    status = subprocess.run([sys.argv[1], "--verify", "broken"], capture_output=True).returncode
    open("broken/" + name, "wb").write(keep[name])
    if status not in (0, 1):
        sys.exit(f"status {status} for {name}, number {i}")
    found += status
sys.exit(found < 50 and f"only {found} of 80 found")
END
}
check "any damage: no crash" fuzz

finish
