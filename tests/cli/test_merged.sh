#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# A report over unlike runs does not mislead: what differs stands on every row and curve, problems stay apart, the speed-up has one baseline, and
# a mean is over all seeds or there is none. The runs are made up, so nothing is simulated.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
mkdir bin tools
cp "$simulate" bin/simulate
ln -s "$root/plots" bin/plots
simulate=$scratch/bin/simulate
for tool in sh awk sed cut cat; do ln -s "$(command -v $tool)" tools/$tool; done
look() { python3 "$root/tests/cli/check_report.py" "$@"; }

# run NAME 'ALGORITHM:TARGET_S ...' SECTION.KEY=VALUE...: a run with these algorithms, each 10 s long; of a value only the last counts.
run() {
    local name=$1 algorithms=$2 each
    mkdir -p "$name"
    shift 2
    {
        printf '%s\n' "experiment.name=$name" experiment.seed=1 experiment.target_accuracy=0.8 data.set=cifar10 data.shape=mnist model.name=lenet \
            cluster.workers=4 network.bandwidth=1Gbit/s network.latency=1ms train.learning_rate=0.1 compute.jitter=0 network.jitter=0 \
            algorithm.bsp.codec=none algorithm.losp.codec=none algorithm.losp.compensation=1 algorithm.losp.learning_rate= \
            algorithm.diloco.codec=none algorithm.diloco.local_steps=8 codec.topk.ratio=0.01 codec.qsgd.levels=7 "$@" |
            awk -F= '{
                section = $1
                sub(/\.[^.]*$/, "", section)
                if (!(section in at)) { at[section] = ++n; name[n] = section }
                if (!($1 in value)) keys[section] = keys[section] $1 "\n"
                value[$1] = substr($0, length($1) + 2)
            }
            END {
                for (i = 1; i <= n; i++) {
                    print "[" name[i] "]"
                    m = split(keys[name[i]], key, "\n")
                    for (k = 1; k < m; k++)
                        print substr(key[k], length(name[i]) + 2) " =" (value[key[k]] == "" ? "" : " " value[key[k]])
                    print ""
                }
            }'
    } >"$name/resolved.ini"
    printf '{\n  "version": "1",\n  "cpu": "C",\n  "blas": "B 1 x",\n  "blas_core": "K",\n  "small_products": "S",\n  "compiler": "12"\n}\n' >"$name/run.json"
    local synthetic=0 target
    grep -q '^set = synthetic' "$name/resolved.ini" && synthetic=1
    target=$(sed -n 's/^target_accuracy = //p' "$name/resolved.ini")
    echo algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,predicted_s,target_accuracy,target_s,speedup,bytes_up,bytes_down,bytes_initial,communication_s,idle_share,trained,synthetic >"$name/comparison.csv"
    for each in $algorithms; do
        mkdir -p "$name/${each%:*}"
        echo "${each%:*},0.9,0.9,0.1,40,20,10.000000000,10,${target:-NaN},${each#*:},1,1000,2000,100,2,0.2,1,$synthetic" >>"$name/comparison.csv"
        printf 'round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down\n0,0,0,0,0.1,2,NaN,0,0\n9,9,1,10,0.9,1,1,9,9\n' >"$name/${each%:*}/eval.csv"
    done
}

# table REPORT RUN...: its page, without gnuplot, and its rows, in REPORT.rows: one "label|cell|cell..." a line. A row that goes
# on in a further table, as the page is not wide enough, is one.
table() {
    local page=$1
    shift
    PATH=$scratch/tools "$simulate" --report -o "$page" "$@" >out 2>err || { cat err; return 1; }
    python3 -c 'import html, re, sys
text = open(sys.argv[1]).read()
for card in re.findall("(?:<table class=\"comparison.*?</table>\\s*)+", text, re.S):
    blocks = [re.findall("<tr>(.*?)</tr>", table, re.S) for table in re.findall("<table.*?</table>", card, re.S)]
    for row in zip(*blocks):
        parts = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", part, re.S) for part in row]
        cells = parts[0] + [cell for part in parts[1:] for cell in part[1:]]
        print("|".join(re.sub("[ \xa0]+", " ", html.unescape(re.sub("<[^>]*>", "", cell.replace("<br>", " ")))) for cell in cells))' "$page" >"$page.rows"
}
labels() { grep -v '^algorithm|' "$1.rows" | cut -d'|' -f1; }
heads() { grep '^algorithm|' "$1.rows"; }
row() { grep "^$2|" "$1.rows" || { cat "$1.rows"; return 1; }; }
# curves RUN...: the names of the figures' curves.
curves() {
    rm -rf links
    mkdir links
    local n=0 each
    for each in "$@"; do
        n=$((n + 1))
        ln -s "$PWD/$each" "links/$(printf %05d "$n")"
    done
    sh "$root/plots/list_curves.sh" links complete | cut -d"'" -f2
}
# named REPORT RUN... -- LABEL...: the rows of the report, and the curves of the figures, have these names.
named() {
    local page=$1 runs=()
    shift
    while [ "$1" != -- ]; do runs+=("$1") && shift; done
    shift
    table "$page" "${runs[@]}" && printf '%s\n' "$@" >wanted && labels "$page" | diff wanted - && curves "${runs[@]}" | diff wanted -
}

# ---- what differs stands on every row ----

run bsp1G bsp:5
run losp10M losp:4 network.bandwidth=10Mbit/s
check "no algorithm occurs twice: both rows and curves say what differs" named once.html bsp1G losp10M -- \
    "bsp, bandwidth = 1Gbit/s" "losp, bandwidth = 10Mbit/s"
check "  no speed-up, and why" look once.html --has "No speed-up: no algorithm ran with all keys and seeds that are compared"
check "  no column of it" sh -c '! grep -q speed-up once.html.rows'
run other bsp:5 algorithm.losp.compensation=2 algorithm.diloco.local_steps=4 codec.topk.ratio=0.5
check "keys of algorithms and codecs that did not run are no difference" named other.html bsp1G other -- bsp
check "  also in words" look other.html --has "The runs do not differ. Some have an algorithm with a seed that an earlier run has"
check "  with one seed" look other.html --has " workers, seed 1."
run losp1 losp:4
run losp2 losp:4 algorithm.losp.compensation=2
check "an own key is on its algorithm's rows alone" named own.html bsp1G losp1 losp2 -- bsp "losp, compensation = 1" "losp, compensation = 2"
run topk bsp:5 algorithm.bsp.codec=topk
run topk5 bsp:5 algorithm.bsp.codec=topk codec.topk.ratio=0.5 codec.qsgd.levels=9
check "so is a key of its codec" named codec.html bsp1G topk topk5 -- "bsp, codec = none" "bsp, codec = topk, ratio = 0.01" "bsp, codec = topk, ratio = 0.5"
run one bsp:5 'algorithm.bsp.codec=one: topk' codec.one.ratio=0.01
run one5 bsp:5 'algorithm.bsp.codec=one: topk' codec.one.ratio=0.5 experiment.seed=2
check "  and of a variant of a codec" named one.html one one5 -- "bsp, ratio = 0.01, seed 1" "bsp, ratio = 0.5, seed 2"
run reply 'a:5' 'experiment.algorithms=a: bsp' 'algorithm.a.reply_codec=one: topk' codec.one.ratio=0.01
run reply5 'a:5' 'experiment.algorithms=a: bsp' 'algorithm.a.reply_codec=one: topk' codec.one.ratio=0.5
check "  for replies of a variant, too" named reply.html reply reply5 -- "a, ratio = 0.01" "a, ratio = 0.5"
run rate losp:4 train.learning_rate=0.2 algorithm.losp.learning_rate=0.3
check "a name that two keys have is longer" named rate.html losp1 rate -- \
    "losp, train.learning_rate = 0.1, losp.learning_rate left out" "losp, train.learning_rate = 0.2, losp.learning_rate = 0.3"
run jitter bsp:5 network.jitter=0.5
check "  so is one of two sections" named jitter.html bsp1G jitter -- "bsp, network.jitter = 0" "bsp, network.jitter = 0.5"
for trace in compute.trace network.trace network.server_trace network.sites; do
    for seed in 1 2; do
        run trace$seed bsp:5 experiment.seed=$seed "$trace=t.csv"
        seq $((seed * 200)) >"trace$seed/$trace.csv"
    done
    called=${trace/#network.s/s} # the part that is enough
    sums=("$(cksum <"trace1/$trace.csv")" "$(cksum <"trace2/$trace.csv")")
    check "another $trace of the same name" named "$trace.html" trace1 trace2 -- \
        "bsp, $called contents = ${sums[0]% *}, seed 1" "bsp, $called contents = ${sums[1]% *}, seed 2"
    cp "trace1/$trace.csv" "trace2/$trace.csv"
    check "  equal ones are equal" named "$trace-equal.html" trace1 trace2 -- bsp
    rm trace[12]/"$trace.csv"
done
run version bsp:5
sed -i 's/"version": "1"/"version": "2"/; s/"cpu": "C"/"cpu": "D"/' version/run.json
check "program and CPU" named version.html losp1 version -- "losp, program version = 1, CPU = C" "bsp, program version = 2, CPU = D"
for seed in 1 2 3; do
    run data$seed bsp:5 experiment.seed=$seed data.set=idx data.path=p$seed
    sed -i "s/\"cpu\"/\"data_contents\": \"$((seed / 2))\",\n  &/" data$seed/run.json
done
check "other data of the same set" named data.html data1 data2 data3 -- \
    "bsp, data contents = 0, seed 1" "bsp, data contents = 1, seeds 2 to 3"
check "  is a warning" look data.html --has "not made with the same data contents"
check "  another path alone is none" named path.html data2 data3 -- bsp
run target bsp:5 experiment.target_accuracy=0.5
check "another target is named" named target.html losp1 target -- "losp, target_accuracy = 0.8" "bsp, target_accuracy = 0.5"
check "  and no heading has one of them" sh -c 'grep -q "|to its target|" target.html.rows'
run variant 'topk1:5' 'experiment.algorithms=topk1: bsp' algorithm.topk1.codec=none 'algorithm.topk1.label=A'
run variant2 'topk1:5' 'experiment.algorithms=topk1: losp' algorithm.topk1.codec=none 'algorithm.topk1.label=B'
check "one name for two plug-ins" named variant.html variant variant2 -- "topk1, variant of = bsp" "topk1, variant of = losp"

label() { sed -i "1s/\$/,label/; 2s/\$/,$2/" "$1/comparison.csv"; }
label variant "top-k 1 %"
label topk "BSP"
check "a label stands beside the name" table label.html variant topk
check "  where it has other words" sh -c 'grep -q "^topk1 (top-k 1 %)" label.html.rows && grep -q "^bsp|\|^bsp," label.html.rows'

# ---- seeds ----

for seed in 2 3; do run bsp1G-$seed bsp:5 experiment.seed=$seed; done
run losp1-3 losp:NaN experiment.seed=3
check "seeds that all have are not named" named seeds.html bsp1G bsp1G-2 bsp1G-3 -- bsp
check "  and are all that differs" look seeds.html --has "The runs differ in their seeds alone." --has " workers, seeds 1, 2, 3."
run losp1G losp:5
check "other algorithms of one seed" table both.html bsp1G losp1G
check "  are no other seeds" look both.html --has "The runs differ in their algorithms alone." --has " workers, seed 1."
check "seeds that some lack are" named seeds2.html bsp1G bsp1G-2 bsp1G-3 losp1 losp1-3 -- "bsp, seeds 1 to 3" "losp, seeds 1 and 3"
check "  the baseline has all seeds that are compared" sh -c 'grep -q "|speed-up over bsp|" seeds2.html.rows'
check "  a target that one seed missed has no mean" sh -c 'grep "^losp" seeds2.html.rows | grep -q "|1 of 2|1 of 2|"'
check "  and it is said" look seeds2.html --has "Where only some seeds reached the target, the table has their number"
check "  one that all reached has" sh -c 'grep "^bsp" seeds2.html.rows | grep -q "|5.00|1.00x|"'
check "  equal values deviate by nothing" sh -c '! grep -q "±" seeds2.html.rows'
run losp1-4 losp:4 experiment.seed=4
check "no algorithm has all seeds" table seeds4.html bsp1G losp1-4
check "  so there is no baseline" look seeds4.html --has "No speed-up"

# ---- the speed-up ----

run first 'bsp:8 losp:4'
run second 'diloco:2 losp:4'
check "a baseline from another run with the same keys and seed" table base.html second first
check "  is named" sh -c 'grep -q "|speed-up over diloco|" base.html.rows'
check "  and everything is over it" sh -c 'grep -q "^bsp|.*|0.25x|" base.html.rows && grep -q "^losp|.*|0.50x|" base.html.rows && grep -q "^diloco|.*|1.00x|" base.html.rows'
check "  in words" look base.html --has "Speed-up: over diloco with the same keys and seed, to the target accuracy"
run slow 'bsp:80 losp:10' network.bandwidth=10Mbit/s
check "at each bandwidth over the baseline there" table two.html first slow
check "  not over that of the other one" sh -c 'grep -q "^losp, bandwidth = 10Mbit/s|.*|8.00x|" two.html.rows && grep -q "^losp, bandwidth = 1Gbit/s|.*|2.00x|" two.html.rows'
run slow2 'diloco:80 losp:10' network.bandwidth=10Mbit/s
check "the first algorithm that is everywhere" table every.html first slow2
check "  is the baseline" sh -c 'grep -q "|speed-up over losp|" every.html.rows && grep -q "^diloco, .*|0.12x|" every.html.rows'
run tuned 'bsp:8' algorithm.bsp.codec=topk
check "two variants of an algorithm are no baseline" table tuned.html first tuned
check "  the other algorithm is" sh -c 'grep -q "|speed-up over losp|" tuned.html.rows'
check "one algorithm alone" table alone.html bsp1G topk
check "  needs none" look alone.html --has "No speed-up: all rows are of bsp"

# ---- problems ----

run easy 'bsp:5 losp:5' data.set=synthetic model.name=tiny experiment.target_accuracy=0.5
run easy2 'losp:2' data.set=synthetic model.name=tiny experiment.target_accuracy=0.5 network.bandwidth=10Mbit/s
check "two problems" table problems.html first easy easy2
check "  have two tables, each with its target" sh -c '[ "$(grep -c "^algorithm|" problems.html.rows)" -eq 2 ] && grep -q "|to 80 % s|" problems.html.rows && grep -q "|to 50 % s|" problems.html.rows'
check "  and names" look problems.html --has "3 runs of 2 problems" --has "lenet on cifar10" --has "tiny on synthetic like mnist (SYNTHETIC DATA)" \
    --has "SYNTHETIC DATA: these accuracies say nothing about a real data set (2 of 3 runs)"
check "  each row of the synthetic one says so" same "$(labels problems.html)" "bsp
losp
bsp, bandwidth = 1Gbit/s, SYNTHETIC DATA
losp, bandwidth = 1Gbit/s, SYNTHETIC DATA
losp, bandwidth = 10Mbit/s, SYNTHETIC DATA"
check "  each has its baseline" sh -c '[ "$(grep -c "speed-up over" problems.html.rows)" -eq 2 ]'
run shape 'bsp:5' data.set=synthetic data.shape=cifar model.name=tiny
check "two shapes of synthetic images are two problems" table shapes.html easy shape
check "  with names" look shapes.html --has "tiny on synthetic like cifar" --has "tiny on synthetic like mnist"
problem_names() { # the same as the figures have
    curves first easy easy2 shape >/dev/null && sh "$root/plots/list_curves.sh" links problems >out && diff - out <<END
'lenet on cifar10' 'lenet-cifar10' '00001'
'tiny on synthetic like mnist (SYNTHETIC DATA)' 'tiny-synthetic-mnist' '00002 00003'
'tiny on synthetic like cifar (SYNTHETIC DATA)' 'tiny-synthetic-cifar' '00004'
END
}
check "  the figures know the same problems" problem_names
if command -v gnuplot >/dev/null; then
    drawn() { "$simulate" --report -o drawn.html first target easy easy2 >out 2>err && [ ! -s err ]; }
    check "each problem has its figures" drawn
    check "  whole and well-formed, and another target is no axis" look drawn.html --figures 13 --has "Test accuracy against virtual time. SYNTHETIC DATA."
    check "  synthetic ones alone are called so" sh -c '[ "$(grep -c "<figcaption>.* SYNTHETIC DATA" drawn.html)" -eq 7 ]'
    check "  with the curves of its runs alone" sh -c '[ "$(grep -c ">bsp, bandwidth = 1Gbit/s<" drawn.html)" -eq 6 ] && grep -q ">losp, target_accuracy = 0.8<" drawn.html'
fi
finish
