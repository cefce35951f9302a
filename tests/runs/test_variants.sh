#!/usr/bin/env bash
# Variants: an algorithm stands in an experiment several times, each time with a name and a section of its own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cat >two.ini <<'END'
[codec.tenth]
ratio = 0.1
[algorithm.topk10]
label = top-k 10 %
codec = tenth: topk
error_feedback = yes
[experiment]
name = two
algorithms = bsp, same:bsp, topk10: bsp, losp
iterations = 64
[algorithm.same]
[algorithm.losp]
max_local_steps = 3
[data]
train_samples = 256
test_samples = 64
[output]
report = no
[cluster]
workers = 4
END
runs() { "$simulate" two.ini -q "$@"; }
cell() { awk -F, -v name="$2" -v column="$3" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $1 == name { print $at[column] }' "$1"; }
section() { sed -n "/^\[$2\]/,/^\[/p" "$1" | grep ' =' | sort; }

check "three times one algorithm" runs -o both --json
check "  each in a folder of its own" test -s both/topk10/parameters.bin
check "  the same settings, the same bits" cmp -s both/bsp/parameters.bin both/same/parameters.bin
check "  and the same rows" cmp -s both/bsp/workers.csv both/same/workers.csv
check "  its own settings count" same "$(cell both/comparison.csv topk10 bytes_down)" "$(cell both/comparison.csv bsp bytes_down)"
fewer() { [ "$(cell both/comparison.csv topk10 bytes_up)" -lt "$(($(cell both/comparison.csv bsp bytes_up) / 4))" ]; }
check "  a codec may be a variant, too" fewer
check "  labels: the section's" same "$(cell both/comparison.csv topk10 label)" "top-k 10 %"
check "  without one the variant's name" same "$(cell both/comparison.csv same label)" same
check "  the plug-in's" same "$(cell both/comparison.csv losp label)" LOSP
check "  what it is a variant of" same "$(cell both/comparison.csv topk10 variant_of),$(member both/topk10/summary.json variant_of)" bsp,bsp
check "--verify" "$simulate" --verify both
check "resolved.ini reads back" "$simulate" both/resolved.ini -q -o again
rm again/given.ini both/given.ini
check "  to the same run" same_run both again
json() { runs -o events --json >events.json && grep -q '"algorithm": *"topk10"' events.json; }
check "--json has the variant's name" json

# The command line: the section may be set before the variant is named there; one of the ini may be named without ':'.
one() { runs "$@" -o one && cmp -s "one/$alone/parameters.bin" "both/topk10/parameters.bin"; }
alone=mine
check "a variant of the command line" one --set algorithm.mine.error_feedback=yes --set algorithm.mine.codec=tenth --algorithm mine:bsp
rm -r one
alone=topk10
check "a variant of the ini by its name" one --algorithm topk10
check "  resolved.ini leaves the others out" same "$(grep -c '^\[algorithm.same\]\|^\[algorithm.topk10\]' one/resolved.ini)" 1
check "  and reads back" "$simulate" one/resolved.ini --check

# The section of the algorithm is not the variant's.
check "nothing comes from [algorithm.bsp]" runs --algorithm bsp,same --set algorithm.bsp.learning_rate=0.7 -o apart
check "  but its presets" same "$(section apart/resolved.ini algorithm.same)" "$(section both/resolved.ini algorithm.bsp)"

# Sweeps.
check "a sweep over a variant's key" runs --no-train --sweep algorithm.same.codec=none,tenth,half:topk --set codec.half.ratio=0.5 \
    --algorithm bsp,same -o swept
check "  has its points" same "$(cut -d, -f1-3 swept/sweep.csv | sed 1d | sort -u | wc -l)" 4
check "  each codec has its size" same "$(sed 1d swept/sweep.csv | awk -F, '{ for (i = 1; i <= NF; i++) if ($i == "same") { print; next } }' | wc -l)" 3

shared=(--no-train --algorithm bsp,topk10 --sweep codec.tenth.ratio=0.1,0.2 --sweep algorithm.topk10.learning_rate=0.1,0.2)
check "a sweep over the key of a codec's variant" runs "${shared[@]}" -o shared
rm shared/0001*/comparison.csv shared/0001*/bsp/summary.json # as if it had been killed
sed -i 's/"status": "done"/"status": "running"/' shared/0001*/run.json
check "  goes on, also at a point that does not use the codec" "$simulate" --resume shared -q
check "  with all its rows" same "$(sed 1d shared/sweep.csv | wc -l)" 6
drawn() {
    "$simulate" two.ini -q --algorithm bsp,topk10 --sweep codec.tenth.ratio=0.1,0.2 --sweep algorithm.topk10.learning_rate=0.1,0.2 --set data.validation=0.2 -o trained &&
        "$root/plots/plot.sh" trained --format dumb >/dev/null && same "$(cd trained/plots && echo ratio*)" "ratio=0.1 ratio=0.2"
}
check "  its pictures keep its values apart" drawn
left_out() {
    "$simulate" two.ini "${shared[@]}" --algorithm bsp --sweep experiment.seed=1,2 --print-config >left.ini && "$simulate" left.ini --print-config >again.ini 2>err &&
        [ ! -s err ] && diff <(sed "s/ ; .*//" left.ini) <(sed "s/ ; .*//" again.ini) && "$simulate" left.ini -q -o left --no-train && [ "$(sed 1d left/sweep.csv | wc -l)" -eq 2 ]
}
check "  without its algorithm its rows are left out" left_out

# What is broken off goes on.
broken() {
    "$simulate" two.ini -q -o broken --set experiment.iterations=2000 --set output.checkpoint_every=64 &
    until [ -s broken/same/checkpoint ]; do sleep 0.02; kill -0 $! || return 1; done
    kill -INT $!
    wait $!
    [ $? -eq 130 ]
}
check "a run is broken off" broken
check "--resume" "$simulate" --resume broken -q
check "  to the same run as one without a stop" runs -o whole --set experiment.iterations=2000 --set output.checkpoint_every=64
check "  bit for bit" same_run broken whole

refused() { "$simulate" two.ini --check "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$1" err; }
check "refused: no algorithm" refused "x: expected a variant of a name from --list algorithms, got one of 'bspp'; did you mean 'bsp'?" --algorithm x:bspp
check "  the name of another one" refused "losp: expected a variant with another name" --algorithm losp:bsp
check "  a variant of a variant" refused "expected no variant of a variant, got one of same" --algorithm x:same
check "  of two algorithms" refused "same: is declared twice, also as a variant of bsp" --algorithm same:losp
check "  a name that is no folder's" refused "a variant's name has letters, digits" --algorithm a/b:bsp
check "  a name of another folder in a run's" refused "a run's folder has another folder of this name" --algorithm plots:bsp
check "  no name" refused "no name in front of ':'" --algorithm :bsp
check "  a label twice" refused "algorithm.same.label: expected a label of its own, got 'top-k 10 %', which topk10 has" \
    --algorithm topk10,same --set "algorithm.same.label=top-k 10 %"
check "  a label that no CSV holds" refused "algorithm.same.label: expected no comma" --set "algorithm.same.label=a, b"
check "  a label without end" refused "algorithm.same.label: expected at most 120 bytes, got 121" --set "algorithm.same.label=$(printf '%0121d' 0)"
check "  a section without a variant" refused "experiment.algorithms = foo: ALGORITHM would declare it)" --set algorithm.foo.codec=topk
check "  an unknown codec" refused "x: expected a variant of a name from --list codecs, got one of 'topkk'; did you mean 'topk'?" --set algorithm.same.codec=x:topkk
sed -i 's/^algorithms.*/algorithms = bsp, same: bps/' two.ini
check "  with file and line" refused "two.ini:9: experiment.algorithms: same: expected a variant of" --check
finish
