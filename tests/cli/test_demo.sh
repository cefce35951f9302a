#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# `make demo` without make: on which data it runs, what it says at the end, and that this is what the files say.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# ---- the three lines, from files ----

mkdir -p run/{bsp,osp,losp}
# row NAME TARGET_S VIRTUAL_S IDLE ACCURACY
row() { echo "$1,$5,0.4,$2,$3,$4,1"; }
head='algorithm,best_accuracy,target_accuracy,target_s,virtual_s,idle_share,trained'
evals() { # NAME SECONDS:ACCURACY...
    local name=$1 point
    shift
    echo 'virtual_s,test_accuracy' >"run/$name/eval.csv"
    for point; do echo "${point/:/,}"; done >>"run/$name/eval.csv"
}
evals bsp 0:0.1 5:0.25 9.5:0.3 20:0.42 40:0.5
evals osp 0:0.1 5:0.3 10:0.41
evals losp 0:0.1 4:0.4 8:0.45
said() { awk -v run=run -f "$root/experiments/demo.awk" | sed -n "$1p"; }
{ echo "$head"; row bsp 20 40 0.754 0.5; row osp 10 10 0.001 0.41; row losp 4 10 0 0.45; } >run/comparison.csv
check "the times to the target, the fastest first" same "$(said 1)" \
    '40 % accuracy: LOSP in 4.00 s (5.0 times as fast as BSP), OSP in 10.0 s (2.0 times), BSP in 20.0 s.'
check "the accuracies at the end of the first that ends" same "$(said 2)" 'After 10.0 s of virtual time: LOSP has 45.0 %, OSP has 41.0 % and BSP has 30.0 %.'
check "why" same "$(said 3)" \
    "Workers are idle: BSP's for 75 %, OSP's for 0 % and LOSP's for 0 % of the time. OSP and LOSP compute while messages are in flight."
check "three lines" same "$(said '' | wc -l)" 3

{ echo "$head,label"; echo "$(row bsp NaN 40 0.75 0.39),BSP"; echo "$(row osp NaN 10 0.2 0.3),OSP"; echo "$(row losp 8 10 0.3 0.4),LOSP 2"; } >run/comparison.csv
check "a target that is not reached is called so; labels" same "$(said 1)" '40 % accuracy: LOSP 2 in 8.00 s, BSP not in 40.0 s, OSP not in 10.0 s.'
check "  who is idle is not said to compute" same "$(said 3)" "Workers are idle: BSP's for 75 %, OSP's for 20 % and LOSP 2's for 30 % of the time."
{ echo "$head"; row bsp 2 40 0 0.5; row osp 4 10 0 0.41; } >run/comparison.csv
check "a slower algorithm is called so" same "$(said 1)" '40 % accuracy: BSP in 2.00 s, OSP in 4.00 s (0.5 times as fast as BSP).'

# ---- the demo, with a download that fails ----

mkdir -p tree/experiments tree/models/data
cp "$root"/experiments/demo.* tree/experiments
ln -s "$root/plots" tree
ln -s "$simulate" tree/simulate
printf '#!/bin/sh\ntouch asked\nexit 1\n' >tree/models/data/fetch.sh
chmod +x tree/models/data/fetch.sh
demo() { (cd tree && env ITERATIONS=16 "$@" experiments/demo.sh) >out 2>err; }
says() { grep -qE -- "$1" out err; }

demo SIMULATE_DATA=/nowhere
check "a wrong SIMULATE_DATA ends the demo" test $? -eq 3
check "  with the folder's name" same "$(grep -c "^simulate: SIMULATE_DATA: expected .* got '/nowhere'" err)" 1
check "  before anything is downloaded or run" test ! -e tree/asked -a ! -e tree/results

if [ -e /usr/share/datasets/cifar-10-batches-bin ] || ! command -v gnuplot >/dev/null; then
    echo "# CIFAR-10 is in /usr/share/datasets, or gnuplot is missing: the demo without it is not tested"
    finish
fi
demo SIMULATE_DATA=
check "without CIFAR-10 the demo runs" test $? -eq 0
check "  after it has said where it looked and tried to download it" sh -c 'grep -q "^simulate: data set cifar10: .* not found in: data/" err && [ -e tree/asked ]'
if [ -d /usr/share/datasets/fashion-mnist ]; then
    check "  on real Fashion-MNIST" says '^\*\*\* .* FASHION-MNIST'
else
    check "  on synthetic data, as no real set is here" says '^\*\*\* .* SYNTHETIC DATA'
fi
check "  the picture is there, under the name that is said" sh -c '[ -s "tree/$(grep -o "results/demo/latest/plots/[a-z_]*.png" out)" ]'
check "  a plot in characters" says '^ +[0-9.]+ .*\+-+'
check "  and the three lines" same "$(grep -cE '^([0-9]+ % accuracy: |After [0-9.]+ s of virtual time: |Workers are idle: )' out)" 3
finish
