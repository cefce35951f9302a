#!/usr/bin/env bash
# Which share of a run's CPU time goes into evaluation, in percent: BSP, 8 workers, an evaluation in each epoch (output.eval_every left
# out), a fifth as many test images as training images, as in CIFAR-10. And the share with two evaluations in each epoch, as in
# experiments/alexnet_cifar.ini, calculated from that.
# A run's start and end, and the evaluation of the first model, cancel out: counted is by how much three epochs exceed one.
# usage: tests/bench/evaluation.sh [SECONDS [MODEL...]]   SECONDS: of one long run, about; 12 cnn alexnet resnet14 by default
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-12}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- cnn alexnet resnet14
workers=8 batch=32

# spent EPOCHS: CPU seconds of the PS, the evaluator, the workers.
spent() {
    simulation_ini "$model" bsp $workers $((images * $1 / batch))
    sed -i "s/^train_samples = .*/train_samples = $images/; s/^test_samples = .*/test_samples = $((images / 5))/" "$scratch/run.ini"
    "$bench/shares" ./simulate "$scratch/run.ini" -q -o "$scratch/run" | cut -d' ' -f2 | paste -sd' '
    rm -rf "$scratch/run"
}

for model in "$@"; do
    one=$("$bench/train" "$model" train "$(calculate "$seconds / 24")" | cut -d' ' -f2)
    images=$(calculate "int($one * $(nproc) * $seconds / 3 / 1600 + 1) * 1600")
    echo "$(spent 3) $(spent 1)" | awk -v name="evaluation.$model" '{
        server = $1 - $4; evaluator = $2 - $5; all = server + evaluator + $3 - $6
        printf "%s.share %.3g percent\n%s.twice.share %.3g percent\n", name, 100 * evaluator / all, name, 200 * evaluator / (all + evaluator)
        printf "%s.server.share %.3g percent\n", name, 100 * server / all}'
done
