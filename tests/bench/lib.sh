# shellcheck shell=bash
# For bench scripts: source it. A figure is one line, NAME VALUE UNIT.
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck disable=SC2034
bench=${BUILD:-build}/tests/bench
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$scratch"' EXIT

# calculate EXPRESSION: awk's.
calculate() { awk "BEGIN {printf \"%.6g\", $1}"; }

# median NUMBER...: of an odd number of them.
median() { printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"; }

# many_workers_ini WORKERS: makes scratch/many.ini, for runs without training. Compute times differ: every message arrives at a moment of
# its own.
many_workers_ini() {
    cat >"$scratch/many.ini" <<END
[data]
set = synthetic
shape = mnist
train_samples = 2048
test_samples = 10
[model]
name = logreg
[cluster]
workers = $1
[compute]
model = fixed
seconds = 100ms
jitter = 0.2
[network]
latency = 1ms
bandwidth = 1Gbit/s
server_bandwidth = 100Gbit/s
[output]
report = no
eval_every = 1000000000
END
}

# simulation_ini MODEL ALGORITHM WORKERS ITERATIONS: makes scratch/run.ini, a run on synthetic data that is hardly tested.
simulation_ini() {
    local shape=cifar
    [ "$1" != cnn ] || shape=mnist
    cat >"$scratch/run.ini" <<END
[experiment]
algorithms = $2
iterations = $4
[data]
shape = $shape
train_samples = 2000
test_samples = 100
[output]
report = no
[model]
name = $1
[train]
learning_rate = 0.01
[cluster]
workers = $3
[algorithm.losp]
min_local_steps = 3
max_local_steps = 3
END
}

# simulation FOLDER MODEL ALGORITHM WORKERS ITERATIONS: becomes that run, quiet, into scratch/FOLDER.
simulation() {
    simulation_ini "${@:2}"
    exec ./simulate "$scratch/run.ini" -q -o "$scratch/$1" >"$scratch/$1.out"
}
