#!/usr/bin/env bash
# What `make demo` does once everything is built: runs experiments/demo.ini on real CIFAR-10 where it is found or can be
# downloaded, else on real Fashion-MNIST, else on loudly labelled synthetic data; draws its plots, and says what they show. Targets
# and lengths belong to the data: each run leaves its target behind well before its end. ITERATIONS=n: a run of another length.
set -eu
cd "$(dirname "$0")/.."
ini=experiments/demo.ini results=results/demo
options=()

# have SET: it is on this machine. A folder that the user names and that is wrong ends the demo, before anything is downloaded.
have() {
    local said status=0
    said=$(./simulate --check --no-train --set "data.set=$1" "$ini" 2>&1 >/dev/null) || status=$?
    [ $status -eq 0 ] && return 0
    echo "$said" >&2
    case $said in *": expected a folder that holds a data set"*) exit $status ;; esac
    return 1
}

loud() { printf '*** %s ***\n' "" "$@" "" | sed 's/^\*\*\*  \*\*\*$//'; }

if have cifar10 || models/data/fetch.sh data cifar10; then
    echo "The CNN on real CIFAR-10."
elif have fashion_mnist; then
    loud "CIFAR-10 was neither found nor could it be downloaded: this demo runs on FASHION-MNIST, which is real and easier."
    options=(--set data.set=fashion_mnist --iterations 1200 --set output.eval_every=80
        --set train.learning_rate=0.05 --set experiment.target_accuracy=0.7)
else
    loud "Neither CIFAR-10 nor Fashion-MNIST was found or could be downloaded: this demo runs on SYNTHETIC DATA." \
        "Its accuracies say nothing about real images. 'make data' gets the real sets."
    options=(--set data.set=synthetic --set data.shape=mnist --iterations 1200 --set output.eval_every=80
        --set train.learning_rate=0.05 --set experiment.target_accuracy=0.6)
fi
[ -z "${ITERATIONS:-}" ] || options+=(--iterations "$ITERATIONS")
./simulate "$ini" "${options[@]}"
run=$results/$(readlink $results/latest)
plots/plot.sh "$run"
echo
awk -v "run=$run" -f experiments/demo.awk
echo
echo "The picture is $results/latest/plots/accuracy_time.png; $results/latest/report.html shows everything in a browser."
echo "Times are those of the simulated cluster. The main experiment, 18 minutes on two cores: ./simulate experiments/alexnet_cifar.ini"
