#!/usr/bin/env bash
# Runs that are broken off at random moments, by Ctrl-C or by SIGKILL between two checkpoints, and go on: their files are byte for byte
# those of the run that was left alone, over all algorithms, codecs, error feedback, momenta, clusters and numbers of processes.
# usage: tests/resume/check.sh [TIMES [SEED [ALGORITHM...]]]   what failed goes to stdout, a count last; status 1 if anything failed
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
times=${1:-100}
RANDOM=${2:-1}
echo "seed ${2:-1}"
algorithms=("${@:3}")
[ $# -gt 2 ] || mapfile -t algorithms < <("$simulate" --list algorithms | awk '{print $1}')
mapfile -t codecs < <("$simulate" --list codecs | awk '{print $1}')

pick() { local at=$((RANDOM % $#)); shift $at; choice=$1; }

# A random experiment in `options`.
draw() {
    pick "${algorithms[@]}"; algorithm=$choice
    options=(--algorithm "$algorithm" --iterations $((1000 + RANDOM % 3000)) --seed $((RANDOM % 9)))
    options+=(--set "output.eval_every=$((50 + RANDOM % 300))" --set "output.checkpoint_every=$((40 + RANDOM % 400))")
    pick none none time bytes both target
    case $choice in # with iterations, without, and where the target is never reached, or soon
    time) options+=(--set experiment.iterations= --set "experiment.virtual_time=$((300 + RANDOM % 1000))ms") ;;
    bytes) options+=(--set "experiment.bytes=$((1 + RANDOM % 30))MB") ;;
    both) options+=(--set experiment.iterations= --set experiment.virtual_time=1s --set "experiment.bytes=$((1 + RANDOM % 30))MB") ;;
    target) pick 0.3 1; options+=(--set experiment.stop=target --set "experiment.target_accuracy=$choice") ;;
    esac
    pick 1 2 3 4; options+=(--set "cluster.processes=$choice")
    pick 0 0.3 1; options+=(--set "compute.jitter=$choice")
    pick 0 0.9; options+=(--set "train.momentum=$choice")
    pick auto worker; options+=(--set "train.optimizer_at=$choice")
    pick constant cosine linear; options+=(--set "train.schedule=$choice" --set train.warmup=0.1)
    pick 1 1 2; options+=(--set "train.accumulate=$choice")
    case $algorithm in
    dgc | dgs | powersgd) ;; # their momentum is their own
    *) pick sgd sgd adamw; [ "$choice" = sgd ] || options+=(--set train.optimizer=adamw --set train.learning_rate=0.002) ;;
    esac
    pick 1Gbit/s 20Mbit/s "1Gbit/s, 1Gbit/s, 5Mbit/s, 100Mbit/s"; options+=(--set "network.bandwidth=$choice")
    pick tiny tiny logreg tiny_bn; options+=(--set "model.name=$choice")
    # at the usual rate tiny_bn diverges with two momenta
    [ "$choice" != tiny_bn ] || { pick running precise precise; options+=(--set "output.batchnorm=$choice" --set train.learning_rate=0.005); }
    pick 1 1 5; options+=(--set "output.workers_every=$choice")
    pick "first 100 rounds" all none; options+=(--set "output.trace=$choice")
    pick 0 0 100 2000; options+=(--set "codec.topk.warmup=$choice")
    case $algorithm in
    streaming_diloco)
        pick 1 3 8; options+=(--set "algorithm.$algorithm.delay=$choice")
        # logreg has one layer
        case ${options[*]} in *model.name=logreg*) choice=runs ;; *) pick runs strided ;; esac
        options+=(--set "algorithm.$algorithm.layout=$choice" --set "algorithm.$algorithm.fragments=3")
        ;;
    easgd) pick 0 0.9; options+=(--set "algorithm.$algorithm.momentum=$choice") ;;
    slowmo) pick keep zero average; options+=(--set "algorithm.$algorithm.buffers=$choice" --set "algorithm.$algorithm.momentum=0.9" --set "algorithm.$algorithm.optimizer=sgd") ;;
    fedavg) pick none momentum adam yogi adagrad; options+=(--set "algorithm.$algorithm.server_optimizer=$choice") ;;
    powersgd) pick 2 4; options+=(--set "algorithm.$algorithm.exchanges=$choice" --set train.momentum=0) ;;
    dqlosp | loscar | doublesqueeze) pick identity maxabs topk; options+=(--set "algorithm.$algorithm.reply_codec=$choice") ;;
    esac
    pick tensor model; options+=(--set "codec.topk.scope=$choice")
    case $algorithm in
    bsp | asp | k_sync | k_batch_sync | doublesqueeze | dqlosp | loscar | streaming_diloco)
        pick "${codecs[@]}"; options+=(--set "algorithm.$algorithm.codec=$choice")
        # loscar keeps what is not sent itself, and these two are no contractions: with feedback they diverge
        case $algorithm-$choice in loscar-* | *-qsgd | *-terngrad) choice=no ;; streaming_diloco-*) pick yes no ;; *) pick yes step no ;; esac
        options+=(--set "algorithm.$algorithm.error_feedback=$choice")
        pick 0 0 100; options+=(--set "algorithm.$algorithm.compress_after=$choice")
        ;;
    esac
    pick constant cosine; options+=(--set "train.schedule=$choice")
    pick 0 0 0.1; options+=(--set "data.validation=$choice")
}

doze() { sleep "$(printf '0.%03d' "$1")"; }

# Breaks the run off until it gets through.
break_off() {
    local status=1 first=("$simulate" "$smoke" -q -o broken "${options[@]}") signal
    breaks=0
    while [ $status -ne 0 ]; do
        [ $breaks -lt 50 ] || { echo "it does not get through"; return 1; }
        "${first[@]}" >out 2>err &
        [ $breaks -gt 7 ] || { doze $((RANDOM % 400)); pick INT TERM KILL KILL; signal=$choice; kill -"$signal" $! 2>/dev/null; }
        wait $! 2>/dev/null
        status=$?
        case $status in 0 | 130 | 143 | 137) ;; *) echo "status $status: $(cat err)"; return 1 ;; esac
        [ -d broken ] && [ -e broken/run.json ] && first=("$simulate" -q --resume broken) || rm -rf broken
        breaks=$((breaks + 1))
    done
}

once() {
    rm -rf alone broken
    "$simulate" "$smoke" -q -o alone "${options[@]}" >out 2>err || { echo "alone: $(cat err)"; return 1; }
    break_off && same_run alone broken
}

failed=0 all=0
for ((i = 0; i < times; i++)); do
    draw
    once >why || {
        failed=$((failed + 1))
        printf '%d: %s: %s\n' "$i" "${options[*]@Q}" "$(cat why)"
    }
    all=$((all + breaks - 1))
done
echo "$((times - failed)) of $times runs equal, broken off $all times"
[ $failed -eq 0 ]
