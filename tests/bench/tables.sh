#!/usr/bin/env bash
# Puts the figures of `make bench` into the tables of docs/validation.md and into README.md. Each table there stands between two lines,
# <!-- bench: NAME --> and <!-- end of bench -->; a table of which a figure is missing stays as it is.
# usage: tests/bench/tables.sh FIGURES [ROOT]   FIGURES: what make bench has printed on standard output
set -euo pipefail
figures=$(realpath "$1")
cd "${2:-$(dirname "$0")/../..}"
declare -A is
while read -r name value _; do
    [ "$name" = "#" ] || is[$name]=$value
done <"$figures"

missing=$(mktemp) # the first figure that a table lacks
trap 'rm -f "$missing"' EXIT

# shown FORMAT DIVISOR NAME: the figure.
shown() {
    [ -n "${is[$3]:-}" ] || { [ -s "$missing" ] || echo "$3" >"$missing"; return; }
    awk -v x="${is[$3]}" -v divisor="$2" -v format="$1" 'BEGIN {printf format, x / divisor}'
}
# row NAME CELL...
row() { printf '|'; printf ' %s |' "$@"; echo; }
ruled() { row "$@" && printf '|' && printf -- '---|%.0s' "$@" && echo; }

where_seen() {
    local cpu torch
    cpu=$(sed -nE 's/^# cpu: (.*)$/\1/p' "$figures" | sed 's/; / (/; s/$/)/')
    torch=$(sed -nE 's/^# with: .*PyTorch (.*)$/\1/p' "$figures")
    [ -n "$cpu" ] || echo "# cpu" >"$missing"
    echo "Seen on $cpu, PyTorch $torch:"
    echo
}

# ratio NAME: with the one to PyTorch with OpenBLAS's own choice of kernels, where that is another one.
ratio() {
    shown %.2f 1 "ratio.$1"
    [ -z "${is[ratio.unaided.$1]:-}" ] || shown ' (unaided %.2f)' 1 "ratio.unaided.$1"
}

table_speed() {
    local model
    where_seen
    ruled model training PyTorch ratio evaluation PyTorch ratio
    for model in cnn alexnet resnet14 resnet18; do
        row $model "$(shown %.4g 1 train.$model.images_per_s)" "$(shown %.4g 1 torch.train.$model.images_per_s)" "$(ratio train.$model)" \
            "$(shown %.4g 1 eval.$model.images_per_s)" "$(shown %.4g 1 torch.eval.$model.images_per_s)" "$(ratio eval.$model)"
    done
}

table_scaling() {
    local model
    where_seen
    ruled model "one process" "as many as cores, apart" "8 apart" "LOSP, 8 workers" "BSP, 8 workers"
    for model in alexnet cnn resnet14; do
        row $model "$(shown %.4g 1 scaling.$model.one.images_per_s)" "$(shown %.2f 1 scaling.$model.efficiency.together)" \
            "$(shown %.2f 1 scaling.$model.efficiency.apart)" "$(shown %.2f 1 scaling.$model.efficiency.losp)" \
            "$(shown %.2f 1 scaling.$model.efficiency.bsp)"
    done
}

table_codecs() {
    local codec
    where_seen
    ruled codec "encodes, GB/s" "decodes, GB/s"
    row memcpy "$(shown %.1f 1e9 memcpy.bytes_per_s)" ""
    while read -r codec; do
        row "$codec" "$(shown %.1f 1e9 "codec.$codec.encode.bytes_per_s")" "$(shown %.1f 1e9 "codec.$codec.decode.bytes_per_s")"
    done < <(sed -nE 's/^codec\.([a-z0-9_]+)\.encode\..*/\1/p' "$figures")
}

table_evaluation() {
    local model
    where_seen
    ruled model "once an epoch, %" "twice, %" "the PS, %"
    for model in cnn alexnet resnet14; do
        row $model "$(shown %.1f 1 evaluation.$model.share)" "$(shown %.1f 1 evaluation.$model.twice.share)" "$(shown %.1f 1 evaluation.$model.server.share)"
    done
}

table_timing() {
    local algorithm
    where_seen
    ruled algorithm "rounds/s" "exchanges/s" "SimGrid's" ratio
    for algorithm in bsp asp losp ssp k_sync fedavg; do
        case $algorithm in
        bsp | asp) row $algorithm "$(shown %.0f 1 timing.$algorithm.1024.rounds_a_second)" "$(shown %.0f 1 timing.$algorithm.1024.exchanges_a_second)" \
            "$(shown %.0f 1 timing.$algorithm.1024.simgrid.exchanges_a_second)" "$(shown %.1f 1 timing.$algorithm.1024.beside_simgrid)" ;;
        *) row $algorithm "$(shown %.0f 1 timing.$algorithm.1024.rounds_a_second)" "" "" "" ;;
        esac
    done
}

table_linear() {
    local name
    where_seen
    ruled command "CPU time, s" "divided by that of reading"
    [ -n "${is[linear.verify.pushes.ratio]:-}" ] || echo linear.verify.pushes.ratio >"$missing"
    while read -r name; do
        row "${name/./ of }" "$(shown %.2f 1 "linear.$name.seconds")" "$(shown %.2f 1 "linear.$name.ratio")"
    done < <(sed -nE 's/^linear\.([a-z.]+)\.ratio .*/\1/p' "$figures")
}

# replaced FILE NAME TEXT: the table NAME becomes TEXT.
replaced() {
    TEXT=$3 awk -v begin="<!-- bench: $2 -->" -v end="<!-- end of bench -->" '
        $0 == begin {print; print ENVIRON["TEXT"]; inside = there = 1}
        $0 == end {inside = 0}
        !inside
        END {exit !there}' "$1" >"$1.new" && cat "$1.new" >"$1" && rm "$1.new"
}

for name in speed scaling codecs evaluation timing linear; do
    : >"$missing"
    text=$(table_$name)
    if [ -s "$missing" ]; then
        echo "tables: $name stays: no figure $(cat "$missing")" >&2
        continue
    fi
    replaced docs/validation.md $name "$text"
    echo "docs/validation.md: $name"
done

# The README has the span of the ratios of training.
span=$(awk '$1 ~ /^ratio\.train\./ {least = n++ && least < $2 ? least : $2; most = $2 > most ? $2 : most}
    END {if (n) printf "%.1f to %.1f", least, most}' "$figures")
[ -z "$span" ] || sed -i -E "s/at [0-9.]+ to [0-9.]+ times the speed of PyTorch/at $span times the speed of PyTorch/" README.md
