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
        NF != 3 || $1 !~ /^[a-z0-9_.]+$/ || $2 !~ /^-?[0-9.]+(e[+-][0-9]+)?$/ || $2 == 0 || $3 !~ /^[A-Za-z\/]+$/ {print; bad = 1}
        END {exit bad || !there}' out || { echo "no $name, or malformed"; return 1; }
}

check "train" prints train.tiny.images_per_s "$bench/train" tiny train 0.01
check "eval" prints eval.tiny.images_per_s "$bench/train" tiny eval 0.01
check "gemm" prints gemm.peak.gflops "$bench/gemm" 0.01
check "ring" prints ring.roundtrip_us "$bench/ring" 0.01
check "vectors" prints codec.maxabs.encode.bytes_per_s "$bench/vectors" 0.01
both_kinds() { play bn -q --algorithm bsp,osp --set model.name=tiny_bn --iterations 40 && "$bench/statistics" bn >out && [ "$(grep -cE '^bn (bsp|osp) 0\.[0-9]{4} 0\.[0-9]{4}$' out)" -eq 2 ]; }
check "statistics" both_kinds
check "no bench program is forgotten here" same "$(cd "$root" && echo tests/bench/*.c)" \
    "$(printf 'tests/bench/%s.c ' gemm ring statistics train vectors | sed 's/ $//')"
check "scaling" prints scaling.8w.efficiency "$root/tests/bench/scaling.sh" 0.05 1 tiny
check "cores" prints cores.asp "$root/tests/bench/cores.sh" 400 tiny
check "memory" prints memory.tiny.private_mb "$root/tests/bench/memory.sh" tiny
check "clients" prints clients.10000.ms_a_round "$root/tests/bench/clients.sh" 20
check "real" prints real.far.local_sgd.ratio "$root/tests/bench/real.sh" 2 10
refused() { "$root/tests/bench/bench.sh" "$@" >out 2>err; [ $? -eq 2 ] && [ ! -s out ]; }
check "an unknown part is refused" refused nonsense

python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import torch' 2>/dev/null; then
    check "PyTorch" prints ratio.eval.cnn "$python" "$root/tests/oracle/speed.py" --models cnn --rounds 1 --seconds 0.01
else
    echo "speed.py: without python3-torch not tested"
fi
finish
