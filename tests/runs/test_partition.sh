#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Runs on data that are dealt unevenly: what their folder says of it, and that they are runs like others.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

uneven=(--algorithm "local_sgd,scaffold,cocod" --set train.optimizer=adamw --set train.learning_rate=0.005 --set train.clip_norm=2 --set data.partition=dirichlet --set data.beta=0.1 --set output.checkpoint_every=100)
check "a run on Dirichlet shares" play whole "${uneven[@]}"
check "is verified" sh -c '[ "$("$1" --verify whole | grep -c ": verified")" -eq 3 ]' - "$simulate"
counted() { # every sample once: rows add up to samples, and those to the training set's
    awk -F, 'NR == 1 {next} {sum = 0; for (i = 3; i <= NF; i++) sum += $i; if (sum != $2 || $1 != NR - 2) exit bad = 1; all += $2}
        END {exit bad || all != 2000 || NR != 5 || NF != 12}' "$1"
}
check "partition.csv has every sample once" counted whole/partition.csv
check "  unevenly" awk -F, 'NR > 1 {most = $2 > most ? $2 : most} END {exit most < 600}' whole/partition.csv
check "played again" play again "${uneven[@]}" --set cluster.processes=2
check "  the same shares" cmp whole/partition.csv again/partition.csv
check "  the same model" same_member whole/scaffold/summary.json again/scaffold/summary.json parameters_hash
for kind in full iid shards label; do
    check "$kind" play $kind --algorithm bsp --iterations 40 --set data.partition=$kind
done
check "iid shares differ by one sample at most" awk -F, 'NR > 1 && $2 != 500 {exit 1}' iid/partition.csv
check "all have all of a common share" awk -F, 'NR > 1 && $2 != 2000 {exit 1}' full/partition.csv
check "a label belongs to one worker" awk -F, 'NR > 1 {for (i = 3; i <= NF; i++) if ($i && i % 4 != ($1 + 3) % 4) exit 1}' label/partition.csv

broken_off() {
    "$simulate" "$smoke" -q "${uneven[@]}" -o resumed >/dev/null 2>&1 &
    sleep 0.3
    kill -INT $! 2>/dev/null
    wait $!
    [ $? -eq 0 ] || "$simulate" -q --resume resumed >/dev/null
}
check "broken off and resumed" broken_off
check "  to the same files" same_run whole resumed

check "--check prints how uneven they are" sh -c '"$1" --check "$2" --set data.partition=dirichlet | grep -q "^shares of the training set: [0-9]* to [0-9]* samples$"' - "$simulate" "$smoke"
check "  and says nothing of equal ones" sh -c '! "$1" --check "$2" | grep -q "^shares"' - "$simulate" "$smoke"
refused() { "$simulate" "$smoke" --check "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$1" err; }
check "no such partition" refused "data.partition: expected .*dirichlet.*, got 'dirichlett'" --set data.partition=dirichlett
check "no beta of 0" refused "data.beta" --set data.beta=0
check "no more shards than samples" refused "data.shards_per_worker: expected at most 500" --set data.partition=shards --set data.shards_per_worker=501

if command -v gnuplot >/dev/null; then
    check "a picture of it" sh -c '"$1"/plots/plot.sh whole svg >/dev/null && grep -q "Worker" whole/plots/partition.svg' - "$root"
    check "  in characters" sh -c 'gnuplot -c "$1"/plots/partition.gp whole dumb | grep -q Class' - "$root"
    check "  none of equal shares" sh -c '"$1"/plots/plot.sh iid svg >/dev/null && [ ! -e iid/plots/partition.svg ]' - "$root"
    check "  of no run" sh -c 'mkdir none; gnuplot -c "$1"/plots/partition.gp none dumb 2>err; [ $? -eq 2 ] && grep -q partition.csv err' - "$root"
fi
check "nothing is left" nothing_shared
finish
