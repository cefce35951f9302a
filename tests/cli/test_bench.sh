#!/usr/bin/env bash
# shellcheck disable=SC2317 # check calls what seems unreachable
# Every bench program and script still runs and prints figures, one a line: NAME VALUE UNIT. Nothing here is judged by its speed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
bench=$root/build/tests/bench

# prints NAME COMMAND...: well-formed lines only, that of NAME among them.
prints() {
    local name=$1
    shift
    "$@" >out 2>err || { cat err; return 1; }
    awk -v name="$name" '
        $1 == name {there = 1}
        NF != 3 || $1 !~ /^[a-z0-9_.]+$/ || $2 !~ /^-?[0-9.]+(e[+-][0-9]+)?$/ || $2 == 0 || $3 !~ /^[A-Za-z0-9\/]+$/ {print; bad = 1}
        END {exit bad || !there}' out || { echo "no $name, or malformed"; return 1; }
}

check "train" prints train.tiny.images_per_s "$bench/train" tiny train 0.01
check "eval" prints eval.tiny.images_per_s "$bench/train" tiny eval 0.01
check "gemm" prints gemm.peak.gflops "$bench/gemm" 0.01
check "ring" prints ring.roundtrip_us "$bench/ring" 0.01
check "graph" prints graph.colocated.messages_per_s "$bench/graph" 8
check "vectors" prints codec.maxabs.encode.bytes_per_s "$bench/vectors" 0.01
both_kinds() { play bn -q --algorithm bsp,osp --set model.name=tiny_bn --iterations 40 && "$bench/statistics" bn >out && [ "$(grep -cE '^bn (bsp|osp) 0\.[0-9]{4} 0\.[0-9]{4}$' out)" -eq 2 ]; }
check "statistics" both_kinds
check "no bench program is forgotten here" same "$(cd "$root" && echo tests/bench/*.c)" \
    "$(printf 'tests/bench/%s.c ' gemm graph reading ring shares statistics train vectors | sed 's/ $//')"
check "train in several processes" prints train.tiny.images_per_s "$bench/train" tiny train 0.01 3
check "scaling" prints scaling.tiny.efficiency.losp "$root/tests/bench/scaling.sh" 0.05 1 tiny
check "evaluation" prints evaluation.tiny.share "$root/tests/bench/evaluation.sh" 0.05 tiny
check "cores" prints cores.asp "$root/tests/bench/cores.sh" 400 tiny
check "memory" prints memory.tiny.private_mb "$root/tests/bench/memory.sh" tiny
check "clients" prints clients.10000.ms_a_round "$root/tests/bench/clients.sh" 20
check "linear" prints linear.report.merged.ratio "$root/tests/bench/linear.sh" 3000 20
exchanges() { BASE=./simulate prints exchanges.ring.messages_per_s "$root/tests/bench/exchanges.sh" 8 5 1; }
check "exchanges" exchanges
check "real" prints real.far.local_sgd.ratio "$root/tests/bench/real.sh" 2 10
refused() { "$root/tests/bench/bench.sh" "$@" >out 2>err; [ $? -eq 2 ] && [ ! -s out ]; }
check "an unknown part is refused" refused nonsense
check "  and a script that is no part" refused lib

# The whole program, with programs that are quick: what it says of the machine, the figures, how long a part took, the goals.
whole() {
    mkdir -p quick/tests/bench && printf '#!/bin/sh\necho codec.topk.encode.bytes_per_s 1e9 bytes/s\n' >quick/tests/bench/vectors &&
        printf '#!/bin/sh\n' | tee quick/tests/bench/gemm >quick/tests/bench/ring && chmod +x quick/tests/bench/* || return 1
    BUILD=$PWD/quick "$root/tests/bench/bench.sh" machine >figures 2>goals || { cat goals; return 1; }
    [ "$(grep -cE '^# (cpu|with|load before): [^ ]' figures)" -eq 3 ] && grep -q '^codec\.topk\.encode' figures &&
        grep -qE '^bench\.machine\.seconds [0-9]+ s$' figures && same "$(cat goals)" "missed: codec.topk.encode.bytes_per_s 1e9 bytes/s, goal >= 3e9
[codec.topk]
encode_cost = 1ns"
}
check "the whole program" whole
fails() { printf '#!/bin/sh\nexit 1\n' >quick/tests/bench/ring && ! BUILD=$PWD/quick "$root/tests/bench/bench.sh" machine >figures 2>goals; }
check "  fails with a part" fails

# What coding costs, as keys that a run takes.
costs() {
    "$bench/vectors" 0.01 >speeds && "$root/tests/bench/costs.sh" speeds >costs.ini && [ "$(grep -c '^encode_cost = [0-9]' costs.ini)" -eq 13 ] &&
        [ "$(grep -c '^decode_cost = [0-9]' costs.ini)" -eq 13 ] && grep -qx '\[algorithm.powersgd\]' costs.ini &&
        cat "$root/experiments/quickstart.ini" costs.ini >run.ini &&
        "$simulate" run.ini -q --no-train --algorithm bsp,powersgd --set algorithm.bsp.codec=topk --iterations 20 --set output.report=no -o coded >out &&
        awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} FNR > 1 && $at["coding_ns"] > 0 {n++} END {exit n != 8}' coded/bsp/totals.csv coded/powersgd/totals.csv
}
check "what coding costs" costs

# Goals and tables, from figures.
figures() {
    echo "# cpu: Some CPU, family 6 model 1, avx2; 2 cores, cache 512 KB"
    echo "# with: ospsim 0, PyTorch 1.13"
    for model in cnn alexnet resnet14; do
        for kind in share twice.share server.share; do echo "evaluation.$model.$kind ${1:-5.12} percent"; done
    done
}
goals() { figures "$2" >made && "$root/tests/bench/goals.sh" made >out && [ "$(grep -c "^$1: evaluation\.[a-z0-9]*\.share $2 percent, goal <= 8$" out)" -eq 3 ] && [ "$(wc -l <out)" -eq 3 ]; }
check "a goal that is reached" goals reached 7.9
check "a goal that is missed" goals missed 8.1
others() { sed '/^<!-- bench: evaluation/,/^<!-- end of bench/d' "$1/docs/validation.md"; }
tables() {
    mkdir -p copy/docs && cp "$root/README.md" copy && cp "$root/docs/validation.md" copy/docs && figures >made &&
        "$root/tests/bench/tables.sh" made copy >out 2>err && grep -qx '| resnet14 | 5.1 | 5.1 | 5.1 |' copy/docs/validation.md &&
        grep -qx 'tables: codecs stays: no figure memcpy.bytes_per_s' err && same "$(others copy)" "$(others "$root")"
}
check "figures become a table; one of which a figure is missing stays" tables

python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import torch' 2>/dev/null; then
    check "PyTorch" prints ratio.eval.cnn "$python" "$root/tests/oracle/speed.py" --models cnn --rounds 1 --seconds 0.01
    # shellcheck disable=SC2016
    printf '#!/bin/sh\n[ "$1" = core ] && echo Prescott && exit\nexec "%s" "$@"\n' "$bench/train" >aided && chmod +x aided
    check "  with the BLAS kernels that we choose, and without" prints ratio.unaided.eval.cnn \
        "$python" "$root/tests/oracle/speed.py" --models cnn --rounds 1 --seconds 0.01 --program "$PWD/aided"
else
    echo "speed.py: without python3-torch not tested"
fi
finish
