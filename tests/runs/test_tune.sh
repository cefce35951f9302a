#!/usr/bin/env bash
# The tuning of a comparison: its trials, what it chooses, what it warns of, and what is refused. tests/cli/tune.py calculates it
# a second time.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset SIMULATE_DATA

cat >x.ini <<'EOI'
[experiment]
algorithms = bsp, losp
iterations = 60

[data]
train_samples = 300
test_samples = 100
validation = 0.2

[train]
batch = 8

[cluster]
workers = 2

[compute]
model = fixed
seconds = 1ms

[output]
eval_every = 10
report = no

[compare]
seeds = 2

[sweep]
network.bandwidth = 10Mbit/s, 1Gbit/s

[tune]
algorithm.*.learning_rate = log(0.02, 0.5)
algorithm.losp.max_local_steps = choice(2, 4, 8)
trials = 4
seeds = 2
EOI

tuned() { # BY OPTION...
    local by=$1
    shift
    "$simulate" x.ini -q -o "by-$by" --set tune.by="$by" "$@" >out 2>err && /usr/bin/python3 "$root/tests/cli/tune.py" "by-$by" "$by" >said
    same "$(cat said err)" "6 values"
}
check "a random search, by accuracy" tuned accuracy
warned() { # an edge of tune.csv is a warning
    local edges words
    edges=$(grep -cE ',(largest|smallest),random' by-accuracy/tune.csv)
    words=$(grep -oE '(largest|smallest) value of the trials' out | wc -l)
    [ $((edges > 0)) -eq $((words > 0)) ]
}
check "  with a warning of each edge" warned
check "  by loss" tuned loss
check "  by the time to the target" tuned target --set experiment.target_accuracy=0.12

# refused MESSAGE OPTION...: status 2, this line alone, and no folder.
refused() {
    local message=$1
    shift
    "$simulate" x.ini -q -o never "$@" >out 2>err
    [ $? -eq 2 ] && [ ! -e never ] && same "$(cat err)" "simulate: $message"
}
check "a word that is none" refused "--tune: algorithm.*.learning_rate: expected log(LOW, HIGH), uniform(LOW, HIGH), choice(A, B) or a list of values, got 'lgo(1, 2)'; did you mean log(...)?" \
    --tune "algorithm.*.learning_rate=lgo(1, 2)"
check "a range without an inside" refused "--tune: algorithm.*.learning_rate: expected a range that rises, from LOW to HIGH, got 'log(1, 1)'" \
    --tune "algorithm.*.learning_rate=log(1, 1)"
check "an empty choice" refused "--tune: algorithm.losp.max_local_steps: expected one value or more, got 'choice()'" --tune "algorithm.losp.max_local_steps=choice()"
check "a key that an algorithm lacks" refused \
    "--tune: algorithm.*.max_local_steps: expected a key that each algorithm has, got one that bsp lacks; name the others (algorithm.NAME.max_local_steps)" \
    --tune "algorithm.*.max_local_steps=4, 8"
check "a key that it does not have at all" refused "--tune: unknown key 'max_local_steps' in [algorithm.bsp] (--list keys names all)" --tune "algorithm.bsp.max_local_steps=4, 8"
check "a tuning by test data" refused \
    "--set: data.validation: expected a part of the training samples to tune by (data.validation = 0.1), got none: values that the test data choose look better there than they are" \
    --set data.validation=0
check "seeds that the final runs have" refused \
    "--set: tune.seed: expected other seeds than those of the final runs (1 to 2: experiment.seed and compare.seeds), got 2 to 3" --set tune.seed=2
check "unequal grids" refused \
    "--set: tune.method: expected equal numbers of combinations with grid, got 2 of bsp and 6 of losp: set tune.method = random, which gives each algorithm tune.trials" \
    --tune "algorithm.*.learning_rate=0.1, 0.2" --set tune.method=grid
check "a value for a tuned key" refused \
    "--set: algorithm.losp.learning_rate is tuned (x.ini:31): expected --tune algorithm.losp.learning_rate=... to change its values" \
    --set algorithm.losp.learning_rate=0.1
none() {
    ! "$simulate" x.ini -q -o lost --tune "algorithm.*.learning_rate=1e30, 2e30" --set tune.method=random --set tune.seeds=1 --set tune.trials=2 >out 2>err && [ ! -e lost/final ] &&
        grep -qE '^simulate: .*lost/tune: (bsp|losp) has no best trial at bandwidth=10Mbit/s: none of 2 ends with every seed; smaller values in \[tune\] may train' err
}
check "no trial that trains" none

codecs() { # named on the command line, and in the ini that it becomes
    local rows=(--set tune.method=random --tune 'algorithm.*.learning_rate=choice(0.1)' --tune 'algorithm.losp.max_local_steps=4')
    "$simulate" x.ini --check "${rows[@]}" --tune 'algorithm.*.codec=choice(none, topk1: topk)' >out 2>err && grep -qx 'algorithm.losp.codec *4 values' out &&
        "$simulate" x.ini --print-config "${rows[@]}" --tune 'algorithm.*.codec=choice(none, topk1: topk)' | sed 's/ ;.*//' >full.ini &&
        grep -q '^\[codec.topk1\]' full.ini && "$simulate" full.ini --print-config | sed 's/ ;.*//' | diff - full.ini
}
check "a variant that a row declares" codecs
idle() {
    "$simulate" "$smoke" --check --set tune.trials=4 2>&1 >/dev/null | grep -q -- '--set: tune.trials has no effect: no row of \[tune\]' &&
        "$simulate" x.ini --explain >/dev/null 2>err && [ ! -s err ]
}
check "a key of [tune] without rows" idle

# sweep.own_values in a sweep of its own.
together() {
    "$simulate" "$smoke" --no-train -q -o trials --algorithm bsp,losp --set sweep.own_values=trials --sweep algorithm.losp.learning_rate=0.1,0.2,0.1 \
        --sweep algorithm.losp.max_local_steps=4,8,4 >/dev/null 2>&1 && [ "$(find trials -maxdepth 1 -name '0*' | wc -l)" -eq 4 ] &&
        [ "$(awk -F, 'NR > 1 && $2 != "NaN" {printf "%s:%s ", $2, $3}' trials/sweep.csv)" = "0.1:4 0.2:8 0.1:4 " ]
}
check "own values that are trials" together
each() {
    "$simulate" "$smoke" --no-train -q -o settings --algorithm bsp,losp --set sweep.own_values=settings --sweep network.latency=1ms,2ms \
        --sweep algorithm.losp.max_local_steps=4,8 >/dev/null 2>&1 &&
        [ "$(awk -F, 'NR > 1 {printf "%s:%s:%s ", $2, $3, $4}' settings/sweep.csv)" = "0.001:NaN:bsp 0.001:4:losp 0.002:NaN:bsp 0.002:8:losp " ] &&
        "$simulate" "$smoke" --no-train -q -o alone --algorithm bsp,losp --set network.latency=2ms --set algorithm.losp.max_local_steps=8 >/dev/null 2>&1 &&
        cmp settings/0002*/comparison.csv alone/comparison.csv
}
check "  and that are for settings" each
finish
