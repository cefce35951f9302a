#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Which folder may include which: data flow one way, and the plug-in folders know only the plain helpers.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 1

# only FOLDER PATTERN: every project header that FOLDER includes matches PATTERN.
only() {
    local others
    others=$(grep -rhoE '^#include "[^"]+"' "$1" | sort -u | sed -E 's/#include "(.*)"/\1/' | grep -vE "^($2)")
    [ -z "$others" ] || { echo "$1 includes: $others"; false; }
}

check "sim/base knows nothing of the simulator" only sim/base 'sim/base/'
check "sim/time is pure" only sim/time 'sim/(base|time)/'
check "sim/exchange is pure: times and bytes" only sim/exchange 'sim/(base|time|exchange)/'
check "sim/transport moves bytes only" only sim/transport 'sim/(base|transport)/'
check "sim/schema, what the files hold, knows base only" only sim/schema 'sim/(base|schema)/'
check "sim/config knows no process, and of plug-ins the words of enumerations alone" \
    only sim/config 'sim/(base|config|time)/|sim/exchange/words.h|sim/schema/quality.h|algorithms/schedule.h|models/(augment|kernels|optimizer|words|data/partition).h'
check "sim/runtime, the data plane, knows no command and nothing of what reads its files" \
    only sim/runtime 'sim/(base|config|engine|exchange|output|runtime|schema|time|transport)/|algorithms/|models/'
check "sim/predict runs the control plane, or one gradient to measure it" \
    only sim/predict 'sim/(base|config|engine|exchange|predict|runtime|time)/|algorithms/(algorithm|predict).h|models/(data/dataset|model).h'
check "sim/retime runs the control plane, and reads files" \
    only sim/retime 'sim/(base|config|engine|retime|runtime|schema|verify)/|sim/output/metrics.h|models/data/dataset.h'
check "sim/report knows files and settings" only sim/report 'sim/(base|compare|config|report|schema|statistics|sweep|verify)/|sim/install_paths.h'
check "sim/verify knows files only" only sim/verify 'sim/(base|config|schema|verify)/|sim/time/vtime.h'
check "sim/output knows no process" only sim/output 'sim/(base|schema|output)/|models/model.h'
check "sim/export knows files only" only sim/export 'sim/(base|schema|verify|export)/|sim/output/(csv|folder).h'
check "sim/compare judges results: it knows files and settings, and no process of a run" \
    only sim/compare 'sim/(base|compare|config|output|schema|statistics|sweep|verify)/'
check "sim/tune knows settings and the results of a sweep, and no process of a run" \
    only sim/tune 'sim/(base|config|schema|sweep|tune)/'
check "sim/statistics is pure: numbers alone" only sim/statistics 'sim/(base|statistics)/'
check "sim/advise ranks figures: numbers and words alone" only sim/advise 'sim/(base|advise)/'
check "sim/paper, tables for papers, knows files and what may be concluded" \
    only sim/paper 'sim/(base|compare|paper|schema|statistics|sweep|verify)/|sim/report/(problems|runs).h'
check "sim/sweep knows settings and files, and no process of a run" only sim/sweep 'sim/(base|config|schema|output|sweep|verify)/'
check "algorithms/ includes nothing of sim/ but base, the row type of keys and the names of exchanges, and of models/ the names of optimisers" \
    only algorithms 'algorithms/|sim/base/|sim/config/key.h|sim/exchange/words.h|models/optimizer.h'
check "models/ likewise" only models 'models/|sim/base/|sim/config/key.h'
check "sim/engine, the control plane, knows no process, no gradient, no file" \
    only sim/engine 'sim/(base|time|schema|exchange|engine)/|algorithms/(algorithm|schedule).h'

# calls_down FOLDER LEVEL...: a file of FOLDER needs nothing of a file in a LEVEL above its own, nor of another one in its
# own; each file is in a LEVEL.
calls_down() {
    local folder=$1 files
    shift
    mapfile -t files < <(cd "$folder" && printf '%s\n' *.c | sed 's/\.c$//' | sort)
    same "$(printf '%s\n' "$@" | tr ' ' '\n' | sort)" "$(printf '%s\n' "${files[@]}")" || { echo "${files[@]}"; return 1; }
    local objects=("${files[@]/#/build/$folder/}")
    awk '
        NR == FNR {for (i = 1; i <= NF; i++) level[$i] = NR; next}
        {file = $1; sub(/.*\//, "", file); sub(/\.o:.*/, "", file)}
        $(NF - 1) == "U" {needs[file " " $NF]; next}
        {home[$NF] = file}
        END {
            for (need in needs) {
                split(need, pair, " ")
                callee = home[pair[2]]
                if (callee == "" || level[callee] > level[pair[1]])
                    continue
                print pair[1] ".c needs " pair[2] " of " callee ".c"
                bad = 1
            }
            exit bad
        }' <(printf '%s\n' "$@") <(nm -A -g "${objects[@]/%/.o}")
}
check "sim/engine calls one way, as conductor_internal.h shows" calls_down sim/engine conductor "deadlock server_faults" \
    worker_faults worker_events server_events server_replies "server_restart_point final_exchange" "bucket_events messages" "event_list orders spec target" sim_worker \
    "push_queue delivery_queue traffic peers sampling probe"

check "sim/exchange calls one way, as inside.h shows" calls_down sim/exchange exchange "routes hub" list \
    "all_gather halving_doubling hierarchical ring server tree" sharded collective wire buckets

no_cycles() { [ -z "$("$root/tests/cli/cycles.py" build 2>&1 | tee /dev/stderr)" ]; }
check "no files of a folder need each other" no_cycles

# one_symbol NAME FILE: the object exports that symbol and no other.
one_symbol() { same "$(nm -g --defined-only "build/$2.o" | awk '{print $3}')" "$1"; }
# plug_ins LIST FOLDER PREFIX: each name X(name) of the list has a file in the folder, which exports PREFIX_name and nothing else.
plug_ins() {
    local name names
    names=$(sed -nE 's/^ +X\(([a-z0-9_]+)\).*/\1/p' "$1")
    check "$1 has names" test -n "$names"
    for name in $names; do
        check "$2/$name.c exports one symbol" one_symbol "$3_$name" "$2/$name"
    done
}
plug_ins algorithms/list.c algorithms alg
plug_ins algorithms/codecs/list.c algorithms/codecs codec
plug_ins models/zoo/list.c models/zoo model
plug_ins models/data/list.c models/data dataset
plug_ins models/optimizers/list.c models/optimizers optimizer
plug_ins sim/exchange/list.c sim/exchange exchange
check "sim/exchange/all_gather.c exports one symbol" one_symbol exchange_all_gather sim/exchange/all_gather
for file in models/data/partitions/*.c; do
    name=$(basename "$file" .c)
    check "$file exports one symbol" one_symbol "partition_$name" "${file%.c}"
    check "  and models/data/partition.h has it" grep -q " X($name, " models/data/partition.h
done

# sim/ never names one algorithm, codec, model or data set in its code (defaults of keys and help texts are data).
names='bsp|local_sgd|osp|losp|dqlosp|asp|ssp|k_(batch_)?(sync|async)|maxabs|numpy_l2|b?float16|fp4|sign|terngrad|qsgd|topk|randomk|lowrank|alexnet|resnet14|resnet18|cifar10|mnist'
check "sim/ calls nothing by its name" \
    sh -c "! grep -rnE '\\b(alg|codec|model|dataset)_($names)\\b' sim/ && ! grep -rnE 'strcmp\\([^)]*\"($names)\"' sim/"
check "no file is longer than 500 lines" \
    sh -c 'git ls-files "*.c" "*.h" 2>/dev/null | xargs wc -l | awk "\$2 != \"total\" && \$1 > 500 {print; bad = 1} END {exit bad}"'
finish
