#!/usr/bin/env bash
# What `make demo` does once everything is built: the main experiment, shortened to ITERATIONS local iterations of all workers
# (default 2400, one and a half epochs of CIFAR-10; the whole one has 15,625), on real CIFAR-10 where it is found or can be
# downloaded and on loudly labelled synthetic data elsewhere; then its plots.
set -eu
cd "$(dirname "$0")/.."
ini=experiments/alexnet_cifar.ini
iterations=${ITERATIONS:-2400}
options=(--iterations "$iterations" --set output.eval_every=400)

have_cifar() { ./simulate --check --set data.set=cifar10 "$ini" >/dev/null 2>&1; }

if ! have_cifar && ! models/data/fetch.sh data cifar10; then
    echo
    echo "*** CIFAR-10 was neither found nor could it be downloaded: this demo runs on SYNTHETIC DATA. ***"
    echo "*** Its accuracies say nothing about real images. 'make data' gets the real sets. ***"
    echo "AlexNet does not leave its first plateau in so short a run on them: the CNN stands in for it."
    echo
    options+=(--set data.set=synthetic --set data.shape=cifar --set model.name=cnn --set train.learning_rate=0.1)
fi
out=results/demo/$(date -u +%Y%m%dT%H%M%SZ)
./simulate "$ini" "${options[@]}" -o "$out"
plots/plot.sh "$out"
echo
echo "This was a shortened run. Longer: ITERATIONS=8000 make demo; the whole experiment: ./simulate $ini"
echo "Everything is in $out: report.html shows it in a browser, the pictures are in plots."
