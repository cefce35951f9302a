#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Whole runs through the command line: what a run leaves, determinism, exact equalities between algorithms, closed forms, and the
# defects of the code that the published figures came from.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

algorithms=$(sed -n "s/^algorithms = //p" "$smoke" | tr -d ,)
sum() { echo "$1/$2/summary.json"; }
hashes_agree() { same_member "$(sum "$1" "$2")" "$(sum "$3" "$4")" parameters_hash; }
hashes_differ() { ! hashes_agree "$@"; }

# ---- a run leaves complete files and nothing else ----

check "smoke runs" play smoke
check "nothing in /dev/shm" nothing_shared
check "no process is left" no_process_left
files_there() {
    local algorithm
    for algorithm in $algorithms; do
        for file in eval.csv workers.csv timeline.csv trace.json summary.json parameters.bin parameters.json; do
            [ -s "smoke/$algorithm/$file" ] || return 1
        done
        [ "$(member "smoke/$algorithm/summary.json" status)" = "done" ] || return 1
    done
    [ -s smoke/run.json ] && [ -s smoke/resolved.ini ] && [ -s smoke/given.ini ] && [ -s smoke/comparison.csv ]
}
check "every file is there" files_there
check "the given ini is kept as it was" cmp -s smoke/given.ini "$smoke"
check "run.json says done" same "$(member smoke/run.json status)" "done"
json_is_valid() { find smoke -name '*.json' -exec python3 -c 'import json, sys; [json.load(open(f)) for f in sys.argv[1:]]' {} +; }
check "all JSON is valid" json_is_valid
check "synthetic data is said in summary.json" same "$(member "$(sum smoke bsp)" synthetic)" true
check "synthetic data is said in comparison.csv" same "$(column smoke synthetic | sort -u)" 1
check "synthetic data is said on the terminal" grep -qi 'synthetic data' smoke.out
check "no column of numbers is made up: train_loss is a number from the second evaluation on" \
    sh -c 'for f in smoke/*/eval.csv; do awk -F, "NR > 2 && (\$7 == \"NaN\" || \$7 <= 0) {exit 1}" "$f" || exit 1; done'
accounts() { # compute + waiting = workers x virtual time
    local s
    for s in smoke/*/summary.json; do
        [ $(($(member "$s" compute_ns) + $(member "$s" waiting_ns))) -eq $((4 * $(member "$s" virtual_ns))) ] || return 1
    done
}
check "compute and waiting are the whole virtual time" accounts

must play two --algorithm bsp,losp
check "plots of a run without a target accuracy" sh -c '"$1"/plots/plot.sh two >/dev/null 2>&1 && [ -s two/plots/accuracy_time.png ]' - "$root"

# ---- same ini, same seed, same bytes ----

same_csv() { (cd "$1" && find . -name '*.csv' | sort | xargs cat) | cmp -s - <(cd "$2" && find . -name '*.csv' | sort | xargs cat); }
same_bits() {
    local algorithm
    same_csv "$1" "$2" || return 1
    for algorithm in $algorithms; do hashes_agree "$1" $algorithm "$2" $algorithm || return 1; done
}
same_final_models() { for a in bsp losp; do cmp -s "$1/$a/parameters.bin" "$2/$a/parameters.bin" || return 1; done; }
check "the resolved ini runs" sh -c '"$1" smoke/resolved.ini -q -o once >/dev/null 2>&1' - "$simulate"
check "it is the same run again: the same bytes" same_bits smoke once
check "and the same final model" same_final_models smoke once
timeout 60 sh -c 'while :; do :; done' &
busy=$!
check "loaded runs" play loaded
check "the same bytes beside a busy core" same_bits smoke loaded
kill $busy 2>/dev/null
if command -v taskset >/dev/null; then
    one_core() { taskset -c 0 "$simulate" "$smoke" -q -o pinned >/dev/null 2>&1; }
    check "it runs on one core" one_core
    check "the same bytes on one core" same_bits smoke pinned
fi
check "shared runs" play shared --set cluster.processes=2
check "the same bytes with two workers a process" same_bits smoke shared
same_two() { same_csv "$1" "$2" && hashes_agree "$1" bsp "$2" bsp && hashes_agree "$1" losp "$2" losp; }
augmented=(--algorithm "bsp,losp" --set data.augment=crop_flip)
must play augmented "${augmented[@]}"
must play augmented2 "${augmented[@]}" --set cluster.processes=3
check "augmented: the same bytes again, with other processes" same_two augmented augmented2
check "  another run than without" hashes_differ smoke bsp augmented bsp
check "  the first model is tested on the same images" \
    same "$(sed -n 2p smoke/bsp/eval.csv)" "$(sed -n 2p augmented/bsp/eval.csv)"
check "  resolved.ini says so" grep -qx 'augment = crop_flip' augmented/resolved.ini
dropping=(--algorithm bsp --set model.name=cnn --iterations 3 --set output.eval_every=3 --set data.test_samples=32)
must play dropping "${dropping[@]}"
must play keeping "${dropping[@]}" --set train.dropout=no
check "without dropout: another run" hashes_differ dropping bsp keeping bsp
check "  resolved.ini says so" grep -qx 'dropout = no' keeping/resolved.ini
must play tiny "${dropping[@]}" --set model.name=tiny
must play tiny2 "${dropping[@]}" --set model.name=tiny --set train.dropout=no
check "  the same where the network has none" hashes_agree tiny bsp tiny2 bsp
check "seed2 runs" play seed2 --seed 2 --algorithm bsp
check "another seed gives another run" hashes_differ smoke bsp seed2 bsp

# ---- exact equalities ----

slow=(--set network.bandwidth=100Mbit/s --set compute.factor="1, 1.5, 1, 3" --set experiment.iterations=240)
must play plain "${slow[@]}" -q
must play gamma0 "${slow[@]}" --algorithm losp --set algorithm.losp.compensation=0
check "losp with compensation 0 is osp" hashes_agree plain osp gamma0 losp
check "losp with compensation 1 is not osp" hashes_differ plain osp plain losp
must play identity "${slow[@]}" --algorithm dqlosp --set algorithm.dqlosp.codec=identity
check "dqlosp with the identity codec is losp" hashes_agree plain losp identity dqlosp
check "  and sends exactly its bytes" same_member "$(sum plain losp)" "$(sum identity dqlosp)" bytes_up
check "  in exactly its time" same_member "$(sum plain losp)" "$(sum identity dqlosp)" virtual_ns
must play feedback "${slow[@]}" --algorithm dqlosp --set algorithm.dqlosp.codec=identity --set algorithm.dqlosp.error_feedback=yes
check "error feedback of the identity codec changes nothing" hashes_agree plain losp feedback dqlosp
must play gradients --algorithm local_sgd --set algorithm.local_sgd.exchange=gradients --set algorithm.local_sgd.local_steps=1
check "local_sgd (gradients) with one local step is bsp" hashes_agree smoke bsp gradients local_sgd
check "  also in its times" cmp -s smoke/bsp/workers.csv gradients/local_sgd/workers.csv
must play forced --algorithm osp --set algorithm.osp.min_local_steps=8 --set algorithm.osp.max_local_steps=8
check "local_sgd_jsac is osp with all K forced" hashes_agree smoke local_sgd_jsac forced osp
check "local_sgd_jsac has the times and bytes of local_sgd" \
    same "$(cut -d, -f1-3,5- smoke/local_sgd/workers.csv | cut -d, -f1-12)" \
    "$(cut -d, -f1-3,5- smoke/local_sgd_jsac/workers.csv | cut -d, -f1-12)"
must play k1fast --algorithm osp --set algorithm.osp.max_local_steps=1
must play k1slow --algorithm osp --set algorithm.osp.max_local_steps=1 --set network.bandwidth=3Mbit/s \
    --set network.latency="5ms, 0, 40ms, 1ms" --set network.sharing=fifo --set compute.factor="1, 2, 3, 4"
check "osp with max K 1 gives the same parameters under any network" hashes_agree k1fast osp k1slow osp
must play rate0 --algorithm bsp,local_sgd,osp,losp,dqlosp,k_sync,k_batch_sync,k_async,k_batch_async --set train.learning_rate=0 --iterations 100
check "learning rate 0 leaves every model alone" \
    sh -c 'for a in local_sgd osp losp dqlosp k_sync k_batch_sync k_async k_batch_async; do cmp -s rate0/bsp/parameters.bin rate0/$a/parameters.bin || exit 1; done'
# same_tables A ALGORITHM B ALGORITHM: every CSV file of an algorithm, byte for byte.
same_tables() {
    local file
    for file in eval workers totals timeline; do cmp "$1/$2/$file.csv" "$3/$4/$file.csv" || return 1; done
    cmp "$1/$2/parameters.bin" "$3/$4/parameters.bin"
}
uneven=(--set compute.jitter=0.5 --set compute.factor="1, 3, 1.5, 1" --set network.jitter=0.3 --set network.bandwidth=50Mbit/s
    --set network.latency="0, 1ms, 100us, 5ms" --set server.cost_per_byte=1ns)
must play ones "${uneven[@]}" --algorithm asp,ssp,k_async,k_batch_async --set algorithm.ssp.slack=1000000000 --set algorithm.asp.learning_rate=0.05 \
    --set algorithm.ssp.learning_rate=0.05 --set algorithm.k_async.k=1 --set algorithm.k_batch_async.k=1
for algorithm in ssp k_async k_batch_async; do
    check "$algorithm without slack's bound, or of one gradient, is asp" same_tables ones asp ones $algorithm
done
must play all4 "${uneven[@]}" --algorithm bsp,k_sync --set algorithm.k_sync.k=4
check "k_sync of all workers is bsp" same_tables all4 bsp all4 k_sync
must play alone "${uneven[@]:0:2}" --workers 1 --algorithm bsp,asp --set algorithm.asp.learning_rate=0.05
check "asp of one worker is bsp of one" same_tables alone bsp alone asp
must play bn --algorithm losp --set model.name=resnet14 --set data.shape=cifar --set experiment.iterations=8 \
    --set data.train_samples=64 --set data.test_samples=20 --set train.batch=4
must play bn_identity --algorithm dqlosp --set algorithm.dqlosp.codec=identity --set model.name=resnet14 --set data.shape=cifar \
    --set experiment.iterations=8 --set data.train_samples=64 --set data.test_samples=20 --set train.batch=4
check "with BatchNorm as well: dqlosp (identity) is losp, statistics included" \
    cmp -s bn/losp/parameters.bin bn_identity/dqlosp/parameters.bin

# ---- closed forms ----

d=$(python3 -c "import json; print(sum(__import__('math').prod(t['shape']) for t in json.load(open('smoke/bsp/parameters.json'))['tensors']))")
size=$((64 + 4 * d))
rounds=$(member "$(sum smoke bsp)" rounds)
check "bsp's bytes up are rounds x workers x (64 + 4 d)" same "$(member "$(sum smoke bsp)" bytes_up)" $((rounds * 4 * size))
check "bsp's bytes down likewise" same "$(member "$(sum smoke bsp)" bytes_down)" $((rounds * 4 * size))
check "the first model is counted apart" same "$(member "$(sum smoke bsp)" bytes_initial)" $((4 * size))
check "with BatchNorm its statistics are counted both ways" \
    same "$(awk -F, 'NR == 2 {print $12, $13}' bn/losp/workers.csv)" "$((64 + 4 * 195738 + 4 * 1120)) $((64 + 4 * 195738 + 4 * 1120))"
must play parts --algorithm streaming_diloco
check "a push of one fragment of four is a quarter, in lines of 64 bytes" same "$(awk -F, 'NR > 1 {print $12}' parts/streaming_diloco/workers.csv | sort -u)" \
    $((64 + 64 * ((d + 63) / 64)))
check "  its reply, too" same "$(member "$(sum parts streaming_diloco)" bytes_down)" "$(member "$(sum parts streaming_diloco)" bytes_up)"
must play several --algorithm streaming_diloco --set algorithm.streaming_diloco.delay=7 --set compute.model=fixed --set compute.seconds=1ms --set network.latency=1500us
check "with a delay of 7 steps 4 fragments are in flight, one pushed every 2" same 4 "$(awk -F, '$1 == 0 && $8 >= 0 { depart[++n] = $5; accept[n] = $8 }
    END { for (i = 1; i <= n; i++) { out = 0; for (j = 1; j <= i; j++) out += accept[j] > depart[i]; most = out > most ? out : most } print most }' several/streaming_diloco/workers.csv)"
check "  each comes back 7 steps later" same 7000000 "$(awk -F, '$1 == 0 && $2 > 0 && $2 <= 40 { print $8 - $5 }' several/streaming_diloco/workers.csv | sort -u)"
check "  that is verified" "$simulate" --verify several
refused() { "$simulate" "$smoke" -q -o refused --algorithm streaming_diloco "${@:2}" 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF "$1" err; }
check "more fragments than local_steps are refused" refused 'fragments: expected at most local_steps = 8, got 9' --set algorithm.streaming_diloco.fragments=9
check "  a delay beyond the part's own next push" refused 'delay: expected at most local_steps = 8, got 9' --set algorithm.streaming_diloco.delay=9
check "  more fragments than the model has lines" refused 'expected at most 169 fragments of a model of 2698 parameters, got 200' \
    --set algorithm.streaming_diloco.fragments=200 --set algorithm.streaming_diloco.local_steps=200
check "  more strided fragments than layers" refused 'expected at most 3 strided fragments, one for each layer of tiny, got 4' --set algorithm.streaming_diloco.layout=strided
must play strided --algorithm streaming_diloco --set algorithm.streaming_diloco.fragments=2 --set algorithm.streaming_diloco.layout=strided
# layer_floats: of each layer, in order
layer_floats() { python3 -c "import json, math
layers = {}
for t in json.load(open('strided/streaming_diloco/parameters.json'))['tensors']:
    layers[t['name'].rsplit('.', 1)[0]] = layers.get(t['name'].rsplit('.', 1)[0], 0) + math.prod(t['shape'])
print(*layers.values())"; }
read -r first second third < <(layer_floats)
check "strided fragments have every second layer each" same "$(awk -F, '$1 == 0 && $2 <= 4 {print $12}' strided/streaming_diloco/workers.csv | xargs)" \
    "$((64 + 4 * (first + third))) $((64 + 4 * second)) $((64 + 4 * (first + third))) $((64 + 4 * second))"
check "  that is verified" "$simulate" --verify strided
check "  crashes" refused 'a worker that is back would not know which push comes next' --set faults.crash_probability=0.1
diverged() { "$simulate" "$smoke" -q -o diverged --algorithm streaming_diloco --set algorithm.streaming_diloco.codec=qsgd --set train.learning_rate=1e38 2>err; [ $? -ne 0 ] && grep -q 'training diverged' err; }
check "  a fragment that is not finite is an error" diverged
refused() { "$simulate" "$smoke" --check --algorithm "$2" "${@:3}" 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF "$1" err; }
loscar=algorithm.loscar
must play uneven --algorithm loscar --set "$loscar.local_steps=8, 4, 2, 6" --set "$loscar.overlap_steps=4, 1, 0, 6" --set output.trace=all
steps_of() { awk -F, -v w="$1" 'NR > 1 && $1 == w && $2 > 0 {print $3}' uneven/loscar/workers.csv | sort -u | xargs; }
check "loscar with numbers of each worker: as many steps in a push" same "$(for i in 0 1 2 3; do steps_of $i; done | xargs)" "8 4 2 6"
check "  that is verified" "$simulate" --verify uneven
as_predicted() { # with steps in proportion to speed all push at one time, and the closed form is exact
    local late
    for late in "0, 0, 0, 0" "4, 2, 1, 2" "8, 4, 2, 3"; do
        rm -rf even
        "$simulate" "$smoke" -q --no-train -o even --algorithm loscar --set "$loscar.local_steps=8, 4, 2, 4" --set "$loscar.overlap_steps=$late" \
            --set compute.model=fixed --set compute.seconds=1ms --set "compute.factor=1, 2, 4, 2" --set compute.jitter=0 "$@" >/dev/null &&
            same "$(awk -F, '{for (i = 1; i <= NF; i++) if (NR == 1 && $i == "predicted_s") at = i} NR == 2 {printf "%.0f", $at * 1e9}' even/comparison.csv)" \
                "$(member even/loscar/summary.json virtual_ns)" || return 1
    done
}
check "  in the time that the closed form gives" as_predicted --set network.bandwidth=1Gbit/s --set network.latency=100us
check "  also on links that hold the steps up" as_predicted --set network.bandwidth=20Mbit/s --set network.latency=2ms
damaged() {
    cp -r uneven damaged && awk -F, -v OFS=, 'NR == 9 {$3 = 9} {print}' uneven/loscar/workers.csv >damaged/loscar/workers.csv
    "$simulate" --verify damaged >out 2>err || grep -q 'loscar/workers.csv:9: k: expected at most 8' err
}
check "  and not if a push has more than the largest of them" damaged
check "  a list of another length is refused" refused "$loscar.local_steps: expected one value or 4 (cluster.workers), got 3" loscar --set $loscar.local_steps=1,2,3
check "  steps that are no whole numbers" refused "$loscar.overlap_steps: expected whole numbers, got 2.5" loscar --set $loscar.overlap_steps=2.5
check "  more overlapped steps of a worker than it makes" refused "$loscar.overlap_steps: expected at most local_steps = 4 for worker 1, got 5" loscar \
    --set "$loscar.local_steps=8, 4, 8, 8" --set "$loscar.overlap_steps=4, 5, 4, 4"
must play buffers --algorithm slowmo --set algorithm.slowmo.buffers=average --set train.momentum=0.5
check "slowmo with averaged buffers sends two vectors each way" same "$(awk -F, 'NR > 1 {print $12, $13}' buffers/slowmo/workers.csv | sort -u)" "$((size + 4 * d)) $((size + 4 * d))"
check "  needs a momentum" refused "algorithm.slowmo.buffers: expected keep or zero, got average: sgd keeps 0 vectors" slowmo --set algorithm.slowmo.buffers=average
check "  and only one vector" refused "algorithm.slowmo.buffers: expected keep or zero, got average: adamw keeps 2 vectors" slowmo \
    --set algorithm.slowmo.buffers=average --set train.optimizer=adamw
said() { "$simulate" "$smoke" --check --algorithm slowmo --set algorithm.slowmo.buffers=zero 2>&1 >/dev/null | grep -q "algorithm.slowmo.buffers has no effect: its workers have no momenta"; }
check "  and buffers = zero of nothing is said" said
check "  and no state_on_reset beside it" refused "algorithm.slowmo.state_on_reset: expected nothing beside buffers = zero, got keep" slowmo \
    --set algorithm.slowmo.buffers=zero --set algorithm.slowmo.state_on_reset=keep
check "  and no more clients than workers" refused "cluster.clients: expected" slowmo --set algorithm.slowmo.buffers=average --set train.momentum=0.5 --set cluster.clients=9
# Each batch is a whole share, so that the iterations that a crash takes away change nothing.
adam() {
    "$simulate" "$smoke" -q -o "$1" --algorithm fedavg --iterations 20 --set algorithm.fedavg.server_optimizer=adam --set algorithm.fedavg.server_rate=0.01 \
        --set data.train_samples=200 --set train.batch=50 --set data.partition=iid --set train.learning_rate=0.1 --set compute.model=fixed --set compute.seconds=1ms "${@:2}" >/dev/null
}
loss_of() { printf '%.6f' "$(member "$1/fedavg/summary.json" test_loss)"; }
must adam adam
must adam adam_again --set faults.server_crash_at=10us --set faults.server_down_time=1ms
must adam adam_else --set algorithm.fedavg.server_tau=2e-3
check "v_0 = tau^2 of FedAdam is there again when the server restarts" same "$(loss_of adam)" "$(loss_of adam_again)"
check "  and matters" test "$(loss_of adam)" != "$(loss_of adam_else)"
fedavg=algorithm.fedavg.server
check "a tau of 0" refused "${fedavg}_tau: expected" fedavg --set ${fedavg}_optimizer=adam --set ${fedavg}_tau=0
# 1 Gbit/s = 0.125 bytes/ns shared by 4: ceil(size x 4 / 0.125) ns; compute 1 ms, latency 0.1 ms each way
exchange=$((size * 32))
round=$((1000000 + 2 * (exchange + 100000)))
check "every bsp round lasts c + 2 (S / min(B, b/N) + L)" \
    sh -c 'awk -F, -v r='$round' "NR > 1 && \$8 != \$2 * r {exit 1}" smoke/bsp/workers.csv'
check "dqlosp at 8 bits sends at most 0.26 of losp's bytes" \
    test $((100 * $(member "$(sum plain dqlosp)" bytes_up) / $(member "$(sum plain dqlosp)" pushes))) -le \
    $((26 * $(member "$(sum plain losp)" bytes_up) / $(member "$(sum plain losp)" pushes)))
check "and communicates for less time" test "$(member "$(sum plain dqlosp)" communication_ns)" -lt \
    "$(member "$(sum plain losp)" communication_ns)"
check "summary and workers.csv agree on the bytes" \
    same "$(awk -F, 'NR > 1 {s += $12} END {printf "%d", s}' smoke/losp/workers.csv)" "$(member "$(sum smoke losp)" bytes_up)"
check "summary and workers.csv agree on the iterations" \
    same "$(awk -F, 'NR > 1 {s += $3} END {printf "%d", s}' smoke/losp/workers.csv)" "$(member "$(sum smoke losp)" iterations)"

# ---- the defects of the published code ----

must play first --algorithm bsp --seed 11
cp -r first first.copy
must play second --algorithm bsp --seed 12
check "defect a: a run never touches an earlier run's files" diff -r first first.copy
check "defect a: a run into an existing folder is refused" \
    sh -c '"$1" "$2" -q -o first 2>/dev/null; [ $? -eq 2 ]' - "$simulate" "$smoke"
check "defect a:  and leaves it alone" diff -r first first.copy
check "defect b: with one worker 50 times slower all workers end" play straggler --algorithm osp,bsp --set compute.factor="1, 50, 1, 1"
check "defect b: the total reached in the middle of a round ends after it" play middle --algorithm bsp,osp --set experiment.iterations=397
check "defect c: every replica equals the PS's model in every round" same "$(member "$(sum smoke dqlosp)" replicas_equal)" true
check "defect c: algorithms without replicas say null" same "$(member "$(sum smoke losp)" replicas_equal)" null
check "no process is left at the end" no_process_left
check "nothing in /dev/shm at the end" nothing_shared
finish
