#!/usr/bin/env bash
# Trains three models with ./simulate, one worker, seeds 1 to 3, and writes LEARNING.md: accuracies beside PyTorch's.
# usage: [PYTORCH=1] tests/oracle/learning.sh [OPTION of simulate ...]     from the folder of ./simulate
# PYTORCH=1 trains with PyTorch (PYTHON, /usr/bin/python3) first, over an hour; otherwise its figures are those of
# learning/pytorch.txt. The data sets lie in $SIMULATE_DATA or ./data.
set -eu
here=$(dirname "$0")
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

pytorch() {
    "${PYTHON:-/usr/bin/python3}" "$here/learning.py" "$@"
}

# ours MODEL SEED OPTION ...: lines as learning.py's
ours() {
    local run=$runs/$1-$2
    ./simulate "$here/learning/$1.ini" --quiet --seed "$2" --output "$run" "${@:3}" >/dev/null
    awk -F, -v run="$1 $2" 'NR > 2 { printf "%s %d %.4f %.4f\n", run, NR - 2, $5, $6 }' "$run/bsp/eval.csv"
}

# all COMMAND [OPTION ...]: every model and seed
all() {
    for model in cnn resnet14 alexnet; do
        for seed in 1 2 3; do
            echo "$1: $model, seed $seed" >&2
            "$1" "$model" "$seed" "${@:2}"
        done
    done
}

if [ -n "${PYTORCH:-}" ]; then
    all pytorch >"$runs/pytorch.txt"
elif [ ! -s "$here/learning/pytorch.txt" ]; then
    echo "$here/learning/pytorch.txt is missing: PYTORCH=1 makes it" >&2
    exit 1
fi
all ours "$@" >"$runs/ours.txt"
cp "$runs"/*.txt "$here/learning/"
"${PYTHON:-/usr/bin/python3}" "$here/learning/table.py" >"$here/LEARNING.md"
echo "$here/LEARNING.md"
