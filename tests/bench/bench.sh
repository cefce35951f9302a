#!/usr/bin/env bash
# What `make bench` does once everything is built: measures and prints one figure a line, NAME VALUE UNIT. Lines that begin with "#" say
# on which CPU, and with what. On standard error, at the end: the goals (tests/bench/goals) and what was reached, and what coding costs
# here as keys of an ini (costs.sh).
# usage: tests/bench/bench.sh [PART...]   all parts by default; about half an hour on two cores
# machine     the BLAS, memcpy, the transport, updates and codecs (1 min)
# speed       images a second of one process, beside PyTorch's where python3-torch is installed (4 min)
# scaling     how much of the machine a run of 8 workers uses (9 min)
# evaluation  which share of a run's CPU time goes into evaluation (2 min)
# cores       how many cores 8 workers keep busy (4 min)
# memory      of a worker (1 min)
# clients     federated averaging with 1000 and 10,000 clients (1 min)
# linear      what it takes to read a run of 10^6 rows and a sweep of 1000 points (5 min)
# timing      runs without training: rounds a second, beside SimGrid's where libsimgrid-dev is installed (4 min)
# exchanges   runs without training: a star beside the program before there were other exchanges, groups, a ring (3 min)
# real        what the virtual clock says against the real one (1 min)
# experiments how long the experiments take (an hour; only where it is named)
# Any other script beside this one is a part, too; each says in its head what it measures.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

machine() {
    for program in gemm ring vectors; do
        "$bench/$program"
    done
}

python=${PYTHON:-/usr/bin/python3}
has_torch() { "$python" -c 'import torch' 2>/dev/null; }

speed() {
    local model what
    if has_torch; then
        "$python" tests/oracle/speed.py --program "$bench/train"
        return
    fi
    echo "bench: python3-torch is not installed: our side alone" >&2
    for what in train eval; do
        for model in cnn alexnet resnet14 resnet18; do
            "$bench/train" $model $what 5
        done
    done
}

is_part() {
    case $1 in
    machine | speed) ;;
    bench | lib | costs | goals | tables | *[!a-z0-9_]*) return 1 ;;
    *) [ -x "tests/bench/$1.sh" ] ;;
    esac
}

parts=(machine speed scaling evaluation cores memory clients linear timing exchanges real)
named=(experiments)

# all_parts: in the order above, then those that only their script knows; without `named`.
all_parts() {
    local script part
    for part in "${parts[@]}"; do
        ! is_part "$part" || echo "$part"
    done
    for script in tests/bench/*.sh; do
        part=$(basename "$script" .sh)
        [[ " ${parts[*]} ${named[*]} " = *" $part "* ]] || ! is_part "$part" || echo "$part"
    done
}

# recorded NAME: of run.json, a file about the machine.
recorded() { sed -nE "s/^  \"$1\": \"?([^\",]*)\"?,?$/\1/p" "$scratch/about/run.json"; }

# about_cpu NAME: of /proc/cpuinfo.
about_cpu() { sed -nE "s/^$1[[:space:]]*: (.*)$/\1/p" /proc/cpuinfo | head -n 1; }

head_lines() {
    local torch=none flag flags=
    ./simulate experiments/quickstart.ini --no-train --algorithm bsp --iterations 4 -q -o "$scratch/about" --set output.report=no >/dev/null
    ! has_torch || torch=$("$python" -c 'import torch; print(torch.__version__)')
    for flag in avx2 fma f16c avx512f; do
        ! grep -qwm1 $flag /proc/cpuinfo || flags+=" $flag"
    done
    echo "# cpu: $(recorded cpu), family $(about_cpu 'cpu family') model $(about_cpu model),$flags; $(nproc) cores, cache $(about_cpu 'cache size')"
    echo "# with: ospsim $(recorded version), gcc $(recorded compiler), OpenBLAS core $(recorded blas_core), small products by $(recorded small_products), PyTorch $torch"
    echo "# load before: $(cut -d' ' -f1 /proc/loadavg)"
}

[ $# -gt 0 ] || { mapfile -t all < <(all_parts) && set -- "${all[@]}"; }
for part in "$@"; do
    is_part "$part" || { echo "bench: expected parts, some of: $(all_parts | paste -sd' ') ${named[*]}; got '$part'" >&2 && exit 2; }
done
head_lines
for part in "$@"; do
    begun=$SECONDS
    case $part in
    machine | speed) $part ;;
    *) "tests/bench/$part.sh" ;;
    esac
    echo "bench.$part.seconds $((SECONDS - begun)) s"
done | tee "$scratch/figures"
tests/bench/goals.sh "$scratch/figures" >&2
tests/bench/costs.sh "$scratch/figures" >&2
