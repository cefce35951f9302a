# shellcheck shell=bash disable=SC2154 # root and simulate are of lib.sh
# Comparisons with drawn results, for tests that source this file after lib.sh: their verdicts are calculated a second time.
python=/usr/bin/python3

# A setting's evaluations are drawn: what is trained for them has no meaning.
cat >drawn.ini <<'EOI'
[experiment]
algorithms = bsp, local_sgd, asp
iterations = 2
target_accuracy = 0.5
[data]
set = synthetic
shape = mnist
train_samples = 32
test_samples = 100
[model]
name = tiny
[train]
batch = 4
[cluster]
workers = 1
[compute]
model = fixed
seconds = 1ms
[output]
eval_every = 1
report = no
EOI

# compared FOLDER ARGUMENT...: a comparison
compared() {
    local folder=$1
    shift
    "$simulate" drawn.ini -q -o "$folder" "$@" >"$folder.out" 2>"$folder.err" || { cat "$folder.err"; return 1; }
}
# second FOLDER...: what a second calculation finds
second() { "$python" "$root/tests/oracle/verdict.py" "$@"; }
# drawn FOLDER SEED: other results, and the verdict that follows from them
drawn() {
    "$python" "$root/tests/statistics/draw_results.py" "$1" "$2"
    "$simulate" --resume "$1" -q >"$1.out" 2>"$1.err" || { cat "$1.err"; return 1; }
}
# agrees FOLDER FIRST LAST: the verdicts of results drawn with the seeds FIRST .. LAST; adds their claims to FOLDER.claims.
agrees() {
    local seed
    for ((seed = $2; seed <= $3; seed++)); do
        if ! drawn "$1" "$seed" || ! second "$1" >"$1.second"; then
            cat "$1.second"
            echo "drawn with seed $seed"
            return 1
        fi
        sed -nE 's/^      "(standing|reason|bound|measure)": (.*),$/\2/p' "$1/verdict.json" | paste -d' ' - - - - >>"$1.claims"
    done
}
# seen CLAIMS WORD...: each is in a claim.
seen() {
    local claims=$1 word
    shift
    for word in "$@"; do
        grep -q "\"$word\"" "$claims" || { echo "no claim is $word"; return 1; }
    done
}
