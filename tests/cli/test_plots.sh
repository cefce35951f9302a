#!/bin/sh
# Draws made-up runs: every picture must be there and be a picture, and wrong calls must end with status 2.
set -u
export LC_ALL=C.UTF-8 # where gnuplot is called by itself

root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
failures=0

command -v gnuplot >/dev/null || { echo "ok plots # SKIP gnuplot is not installed"; exit 0; }

# check NAME COMMAND...: the command must succeed.
check() {
    name=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/# /' "$scratch/log"
        failures=$((failures + 1))
    fi
}

gives_status() {
    wanted=$1
    shift
    "$@"
    [ $? -eq "$wanted" ]
}

# make_run FOLDER SYNTHETIC: two algorithms, the second with few bytes.
make_run() {
    mkdir -p "$1/bsp" "$1/top_k"
    for algorithm in bsp top_k; do
        awk -v share="$([ $algorithm = bsp ] && echo 1 || echo 0.01)" 'BEGIN {
            print "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down"
            for (i = 0; i <= 20; i++)
                printf "%d,%d,%.9g,%.9f,%.9g,%.9g,%s,%d,%d\n", i, 4 * i, i / 5, i * 3.7, 1 - 0.9 / (i + 1), \
                    2.3 / (i + 1), i ? 2 / (i + 1) : "NaN", 1e8 * i * share, 2e8 * i * share
        }' >"$1/$algorithm/eval.csv"
        awk 'BEGIN {
            print "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns"
            for (w = 0; w < 4; w++)
                printf "%d,20,0,%.0f,30000000000,%.0f,%.0f\n", w, 4e10 + w * 1e9, 3.4e10 - w * 1e9, 1e10
        }' >"$1/$algorithm/totals.csv"
        awk 'BEGIN {
            print "worker,round,k,staleness"
            for (i = 1; i <= 20; i++)
                for (w = 0; w < 4; w++)
                    printf "%d,%d,%d,%d\n", w, i % 10 ? i : 0, 1 + w, i % 10 ? w : 99
        }' >"$1/$algorithm/workers.csv"
    done
    awk 'BEGIN {
        print "worker,what,begin_ns,end_ns,version,bytes"
        for (i = 0; i < 6; i++) {
            for (w = 0; w < 20; w++)
                printf "%d,compute,%d,%d,%d,0\n%d,push,%d,%d,%d,9\n%d,service,%d,%d,%d,0\n%d,reply,%d,%d,%d,9\n", w, i * 1e6, \
                    i * 1e6 + 5e5, i, w, i * 1e6 + 5e5, i * 1e6 + 7e5, i, w, i * 1e6 + 7e5, i * 1e6 + 7e5, i, w, \
                    i * 1e6 + 7e5, i * 1e6 + 1e6, i + 1
            printf "-1,round,%d,%d,%d,0\n", i ? i * 1e6 - 3e5 : 0, i * 1e6 + 7e5, i + 1
        }
    }' >"$1/top_k/timeline.csv"
    sed 1q "$1/top_k/timeline.csv" >"$1/bsp/timeline.csv" # nothing has happened yet
    cat >"$1/comparison.csv" <<END
algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,target_accuracy,target_s,speedup,\
bytes_up,bytes_down,bytes_initial,communication_s,idle_share,synthetic
top_k,0.95,0.95,0.1,80,20,74.000000000,0.9,33.300000000,1,20000000,40000000,100,12,0.2,$2
bsp,0.95,0.95,0.1,80,20,74.000000000,0.9,33.300000000,1,2000000000,4000000000,100,12,0.2,$2
END
}

more=""
names="accuracy_time accuracy_iterations accuracy_bytes loss_time loss_iterations loss_bytes train_loss_time train_loss_iterations
train_loss_bytes time_split k staleness gantt_top_k"

# all_there RUN ENDING START: each picture is there and starts with these bytes.
all_there() {
    for picture in $names $more; do
        file=${pictures:-$1/plots}/$picture.$2
        grep -qFx "$file" "$scratch/out" || { echo "not printed: $file"; return 1; }
        [ -s "$file" ] || { echo "missing or empty: $file"; return 1; }
        head -c 16 "$file" | od -An -c | tr -d ' \n' | grep -qF "$3" || { echo "not $2: $file"; return 1; }
    done
}

env_pictures() {
    pictures=$scratch/pictures more=target_s_bandwidth names="${names% gantt_top_k}" all_there "$several" svg '<?xml'
}

draw() {
    LC_ALL=C "$root/plots/plot.sh" "$@" >"$scratch/out" 2>"$scratch/err" || { cat "$scratch/err"; return 1; }
    [ ! -s "$scratch/err" ] || { cat "$scratch/err"; return 1; }
}

out_has() {
    grep -q "$1" "$scratch/out"
}

out_lacks() {
    ! grep -q "$1" "$scratch/out"
}

# texts FILE: of a picture in SVG, one a line; FILE must be well-formed.
texts() {
    python3 -c 'import sys, xml.etree.ElementTree as t
for e in t.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}text"): print("".join(e.itertext()))' "$1"
}
has_text() { texts "$1" | grep -qxF -- "$2" || { texts "$1"; return 1; }; }

draw_sweep() { # RUNS COLUMN: against the bandwidth, without a word of gnuplot
    gnuplot -d -c "$root/plots/sweep.gp" "$1" network.bandwidth "$2" svg "$scratch/drawn.svg" 2>&1 | (! grep .)
}

plain=$scratch/results/lenet/20261122T103012Z-s1
spaced="$scratch/it's a run"
make_run "$plain" 0
make_run "$spaced" 1
png='211PNG\r\n032\n'

check png draw "$plain"
check png_pictures all_there "$plain" png "$png"
check terminal_picture out_has 'Virtual time (s)'
check title out_has '^[^ ].* lenet *$' # the folder's name without a stamp
check real_data_unmarked out_lacks SYNTHETIC
check curves_in_order awk '/top_k/ { first = NR } / bsp / { exit !(first && first < NR) }' "$scratch/out"

check spaces draw "$spaced" dumb
check spaces_pictures all_there "$spaced" txt ''
check synthetic_marked out_has 'SYNTHETIC DATA'

check svg draw "$plain" svg
check svg_pictures all_there "$plain" svg '<?xml'
check pdf draw "$plain" pdf
check pdf_pictures all_there "$plain" pdf '%PDF'

ln -s "${plain##*/}" "$scratch/results/lenet/latest"
latest="$scratch/results/lenet"
# A run with one picture for everything that is not about its pictures.
brief=$scratch/brief
mkdir -p "$brief" && cp -r "$plain/bsp" "$plain/comparison.csv" "$brief"
rm "$brief/bsp/workers.csv" "$brief/bsp/timeline.csv"
printf '{\n  "trained": false\n}\n' >"$brief/bsp/summary.json"
ln -s ../../brief "$scratch/results/lenet/brief" && ln -sfn brief "$scratch/results/lenet/latest"
latest_drawn() { draw "$latest" && [ "$(cat "$scratch/out")" = "$latest/latest/plots/time_split.png" ] && [ -s "$brief/plots/time_split.png" ]; }
check latest latest_drawn
rm -r "$brief/plots"

# A run at its start: one evaluation, no files of the end.
young=$scratch/young
make_run "$young" 0
rm -r "$young/comparison.csv" "$young/bsp/totals.csv" "$young/top_k"
sed -i 3q "$young/bsp/eval.csv"
check young draw "$young"
check young_no_split [ ! -e "$young/plots/time_split.png" ]
sed -i 2q "$young/bsp/eval.csv"
check one_evaluation draw "$young"
sed -i '2s/.*/0,0,0,0.000000000,NaN,NaN,NaN,0,0/' "$young/bsp/eval.csv"
check only_nan draw "$young"

# Several runs: seeds become a mean and a band, other keys make curves of their own.
# make_seed FOLDER SEED BANDWIDTH
make_seed() {
    make_run "$1" 0
    printf '[experiment]\nname = lenet\nalgorithms = top_k, bsp\nseed = %s\n\n[network]\nlatency = 1ms\nbandwidth = %s\n' "$2" "$3" >"$1/resolved.ini"
}
several="$scratch/several runs"
for seed in 1 2 3; do
    for bandwidth in 100Mbit/s 1Gbit/s; do
        make_seed "$several/r$seed-${bandwidth%bit/s}" $seed $bandwidth
    done
    sed -i "s/^10,40,2,37.000000000,[^,]*/10,40,2,37.000000000,0.$((4 + seed))/" "$several/r$seed-1G/bsp/eval.csv"
    sed -i "s/33.300000000/${seed}0.5/" "$several/r$seed-1G/comparison.csv"
done
variants=$(sh "$root/plots/list_curves.sh" "$several")
check seeds_are_one_curve sh -c 'printf "%s\n" "$1" | grep -qxF "'"'bsp, bandwidth = 1Gbit/s' 'bsp' 'r1-1G r2-1G r3-1G'"'"' - "$variants"
check four_curves [ "$(printf '%s\n' "$variants" | wc -l)" -eq 4 ]
but=$(sh "$root/plots/list_curves.sh" "$several" all network.bandwidth)
check one_curve_but_for_a_key [ "$(printf '%s\n' "$but" | wc -l)" -eq 2 ]
cp -r "$several/r1-1G" "$several/twin"
check the_same_run_counts_once [ "$(sh "$root/plots/list_curves.sh" "$several")" = "$variants" ]
rm -r "$several/twin"
band=$(awk -F, -v x=virtual_s -v y=test_accuracy -f "$root/plots/band.awk" curve=1 "$plain/bsp/eval.csv" curve=2 "$several"/r?-1G/bsp/eval.csv)
check band [ "$(printf '%s\n' "$band" | sed -n 33p)" = "2,37,0.6,0.5,0.7" ]
check band_of_one [ "$(printf '%s\n' "$band" | sed -n 3p)" = "1,3.7,0.55,0.55,0.55" ]
# Seeds with evaluations at other times: of each the last one by then, never what comes later or lies between two.
printf '%s\n' virtual_s,test_accuracy 0,0.1 1,0.5 2,0.7 3,0.9 >"$scratch/quick.csv"
printf '%s\n' virtual_s,test_accuracy 0,0.1 1.5,0.4 4,0.6 >"$scratch/slow.csv"
check seeds_at_equal_times [ "$(awk -F, -v x=virtual_s -v y=test_accuracy -f "$root/plots/band.awk" curve=1 "$scratch/quick.csv" "$scratch/slow.csv")" = "curve,x,mean,low,high
1,0,0.1,0.1,0.1
1,1.5,0.45,0.4,0.5
1,3,0.65,0.4,0.9" ]
awk -F, -f "$root/plots/split.awk" -v mean=0 curve=1 "$plain/bsp/totals.csv" >"$scratch/split"
check split_of_a_worker grep -qx '1,1.3225,0.1075,33000000000,10000000000,31000000000,0' "$scratch/split"
awk -F, -f "$root/plots/histogram.awk" -v what=staleness curve=1 "$plain/bsp/workers.csv" >"$scratch/histogram"
check staleness_of_updates_alone sh -c '[ "$(wc -l <"$1")" -eq 5 ] && grep -qx "1,3,0.5,0.25,1,0,1.5" "$1"' - "$scratch/histogram"
printf 'round,k\n1,0\n2,3\n3,0\n4,3\n' >"$scratch/exchanges.csv"
check k_of_pushes_with_iterations_alone sh -c '[ "$(awk -F, -f "$1" -v what=k curve=1 "$2")" = "curve,at,half,share,part,first,mean
1,3,0.5,1,1,1,3" ]' - "$root/plots/histogram.awk" "$scratch/exchanges.csv"
sweep=$(awk -F, -v key=network.bandwidth -v column=target_s -f "$root/plots/cells.awk" -f "$root/plots/sweep.awk" curve=1 algorithm=bsp "$several"/r?-*/comparison.csv)
check sweep_in_bits_a_second [ "$sweep" = "curve,x,mean,low,high,label
1,100000000,33.3,33.3,33.3,100Mbit/s
1,1000000000,20.5,10.5,30.5,1Gbit/s" ]
# One of three seeds missed the target: no mean, and the picture says so.
some="$scratch/some"
mkdir "$some"
cp -r "$several"/r?-1G "$several"/r?-100M "$some/"
sed -i 's/,10\.5,/,NaN,/; s/,33\.300000000,/,NaN,/' "$some/r1-1G/comparison.csv"
of_some() { awk -F, "$@" -v key=network.bandwidth -v column=target_s -f "$root/plots/cells.awk" -f "$root/plots/sweep.awk" curve=1 algorithm=bsp "$some"/r?-*/comparison.csv; }
check no_mean_over_some_seeds [ "$(of_some)" = "curve,x,mean,low,high,label
1,100000000,33.3,33.3,33.3,100Mbit/s
1,1000000000,none,none,none,1Gbit/s" ]
check a_mark_for_it [ "$(of_some -v marks=1)" = "1 1 1000000000 2 3 0" ]
check the_curve_says_so sh -c 'gnuplot -d -c "$1/plots/curve.gp" "$2" virtual_s test_accuracy svg "$3" 2>&1 | (! grep .)' - "$root" "$some" "$scratch/some.svg"
check in_the_legend has_text "$scratch/some.svg" "bsp, bandwidth = 1Gbit/s (target: 2 of 3)"
check not_where_all_reached_it has_text "$scratch/some.svg" "bsp, bandwidth = 100Mbit/s"
check a_picture_with_marks draw_sweep "$some" target_s
check some_of_the_seeds has_text "$scratch/drawn.svg" "2 of 3"
for i in 2 3; do sed -i 's/,[23]0\.5,/,NaN,/' "$some/r$i-1G/comparison.csv"; done
check no_seed draw_sweep "$some" target_s
check none_of_the_seeds has_text "$scratch/drawn.svg" "0 of 3"
rm -r "$some"/r?-100M
check no_mean_at_all draw_sweep "$some" target_s
check its_marks has_text "$scratch/drawn.svg" "0 of 3"
check speedup_over draw_sweep "$some" speedup
check speedup_is_named has_text "$scratch/drawn.svg" "Speed-up over top_k"
sed -i '2d' "$some/r1-1G/comparison.csv"
check speedup_over_two_baselines gives_status 2 gnuplot -d -c "$root/plots/sweep.gp" "$some" network.bandwidth speedup dumb
# Runs on two data sets are drawn apart.
make_seed "$scratch/other" 1 1Gbit/s
printf '\n[data]\nset = cifar10\n\n[model]\nname = lenet\n' >>"$scratch/other/resolved.ini"
check two_problems draw -o "$scratch/apart" "$several"/r1-1G "$scratch/other" dumb
check two_folders [ "$(find "$scratch/apart" -name accuracy_time.txt | wc -l)" -eq 2 ]
check a_folder_of_its_name [ -s "$scratch/apart/lenet-cifar10/accuracy_time.txt" ]
check they_are_named out_has '^lenet on cifar10$'
cat >"$scratch/missed.csv" <<END
point,algorithm.losp.learning_rate,experiment.seed,algorithm,target_s
1,0.02,1,losp,NaN
1,0.02,2,losp,NaN
1,0.05,1,losp,3
1,0.05,2,losp,4
END
check a_value_that_misses_the_target gnuplot -d -c "$root/plots/sweep.gp" "$scratch/missed.csv" algorithm.losp.learning_rate target_s svg "$scratch/missed.svg"
check has_a_place_and_a_mark has_text "$scratch/missed.svg" "0 of 2"
check at_its_value has_text "$scratch/missed.svg" "0.02"
check pictures_of_several draw -o "$scratch/pictures" "$several"/r?-* svg
check several_pictures env_pictures
check time_to_target_against_bandwidth grep -q 'Virtual time to 90 %' "$scratch/pictures/target_s_bandwidth.svg"
check a_legend_of_four [ "$(grep -c 'bandwidth = 1Gbit/s' "$scratch/pictures/accuracy_time.svg")" -eq 2 ]
cat >"$scratch/sweep.csv" <<END
point,network.bandwidth,experiment.seed,network.latency,algorithm.losp.learning_rate,algorithm,target_s,virtual_s
1,1e8,1,0.001,NaN,bsp,20,30
2,1e9,1,0.001,NaN,bsp,10,30
3,1e9,2,0.001,NaN,bsp,12,30
4,1e9,1,0.1,NaN,bsp,NaN,30
5,1e9,1,0.1,0.2,losp,15,30
END
names=$(awk -F, -v names=1 -v key=network.bandwidth -v column=target_s -f "$root/plots/cells.awk" -f "$root/plots/sweep.awk" "$scratch/sweep.csv")
check sweep_file_names [ "$names" = "'bsp, network.latency = 0.001'
'bsp, network.latency = 0.1'
'losp, network.latency = 0.1, algorithm.losp.learning_rate = 0.2'" ]
check sweep_file gnuplot -c "$root/plots/sweep.gp" "$scratch/sweep.csv" network.bandwidth target_s svg "$scratch/sweep.svg"
check sweep_file_curves grep -q 'bsp, network.latency = 0.001' "$scratch/sweep.svg"
# Along the key of one algorithm the others have no place: their NaN is no number, and no curve.
cat >"$scratch/own.csv" <<END
point,experiment.seed,algorithm.losp.learning_rate,algorithm.losp.codec,algorithm,test_accuracy,best
1,1,NaN,,bsp,0.5,1
2,1,0.1,maxabs,losp,0.4,0
3,1,1e-05,maxabs,losp,0.6,1
4,1,inf,maxabs,losp,0.6,0
END
own() { awk -F, "$@" -v column=test_accuracy -f "$root/plots/cells.awk" -f "$root/plots/sweep.awk" "$scratch/own.csv"; }
check an_algorithms_own_key [ "$(own -v key=algorithm.losp.learning_rate)" = "curve,x,mean,low,high,label
1,1e-05,0.6,0.6,0.6,1e-05
1,0.1,0.4,0.4,0.4,0.1" ]
check no_other_algorithm_there [ "$(own -v names=1 -v key=algorithm.losp.learning_rate)" = "'losp, algorithm.losp.codec = maxabs'" ]
own_drawn() { gnuplot -d -c "$root/plots/sweep.gp" "$scratch/own.csv" algorithm.losp.learning_rate test_accuracy svg "$scratch/own.svg" 2>"$scratch/err" && [ ! -s "$scratch/err" ]; }
check an_algorithms_own_key_is_drawn own_drawn
check words_are_no_scale gives_status 2 gnuplot -d -c "$root/plots/sweep.gp" "$scratch/own.csv" algorithm.losp.codec test_accuracy dumb
sed -i 3,5d "$scratch/own.csv"
printf '5,1,0.1,maxabs,losp,0.4,0\n' >>"$scratch/own.csv"
check one_value_is_drawn_without_a_word own_drawn
# A list of curves beside the runs wins.
printf "it's, rate = 0.2\tbsp\tr1-1G r2-1G\nbsp\tbsp\tr3-1G\n" >"$several/curves"
check a_list_of_curves [ "$(sh "$root/plots/list_curves.sh" "$several" all '' marked | tr '\001\004\005' 123)" = "'it1s2rate30.2' 'bsp' 'r1-1G r2-1G'
'bsp' 'bsp' 'r3-1G'" ]
listed() { gnuplot -d -c "$root/plots/curve.gp" "$several" virtual_s test_accuracy svg "$scratch/listed.svg"; }
check a_list_of_curves_is_drawn listed
check its_names_are_in_the_legend grep -q "it's, rate = 0.2" "$scratch/listed.svg"
rm "$several/curves"
# Cells in quotes, and what gnuplot or a shell would take for something else.
odd_name="it's \"5%\", {/Bold a}_b^c@d %s %d \\n <&> \$HOME \`id\` été.csv"
cat >"$scratch/quoted.csv" <<END
point,network.bandwidth,network.trace,algorithm,target_s
1,1e8,"$(printf %s "$odd_name" | sed 's/"/""/g')",bsp,20
2,1e9,"$(printf %s "$odd_name" | sed 's/"/""/g')",bsp,10
3,1e8,50%.csv,bsp,30
4,1e9,50%.csv,bsp,40
END
check cells_in_quotes gnuplot -d -c "$root/plots/sweep.gp" "$scratch/quoted.csv" network.bandwidth target_s svg "$scratch/quoted.svg"
check odd_name_of_a_curve has_text "$scratch/quoted.svg" "bsp, network.trace = $odd_name"
check per_cent_in_a_name has_text "$scratch/quoted.svg" "bsp, network.trace = 50%.csv"

# runs that differ in such a name: every picture has it as it is
odd="$scratch/odd"
for i in 1 2; do
    make_run "$odd/r$i" 0
    printf '[experiment]\nname = 100%% {/Bold x}\nalgorithms = top_k, bsp\nseed = 1\n\n[network]\ntrace = %s\n' "$([ $i = 1 ] && printf %s "$odd_name" || echo '10%g.csv')" >"$odd/r$i/resolved.ini"
done
check odd_names draw -o "$scratch/odd pictures" "$odd"/r? svg
for picture in accuracy_time time_split k staleness; do
    before="bsp, network.trace "
    [ $picture != time_split ] || before="" # folded, but not what is of the value
    check "odd_names_in_$picture" has_text "$scratch/odd pictures/$picture.svg" "$before= $odd_name"
    check "per_cent_in_$picture" has_text "$scratch/odd pictures/$picture.svg" "$before= 10%g.csv"
done
check odd_title has_text "$scratch/odd pictures/accuracy_time.svg" "100% {/Bold x}"
for i in 3 4 5 6; do cp -r "$odd/r2" "$odd/r$i" && sed -i "s/10%g/10%g$i/" "$odd/r$i/resolved.ini"; done
split_of_odd() { gnuplot -d -c "$root/plots/time_split.gp" "$odd" svg "$scratch/$1.svg"; }
check names_aslant split_of_odd aslant
check per_cent_aslant has_text "$scratch/aslant.svg" "bsp, network.trace = 10%g6.csv"
rm -r "$odd"/r[3-6]
sed -i 's/^trace/latency = 1%s\ntrace/' "$odd/r1/resolved.ini"
check two_keys split_of_odd two
check two_keys_folded has_text "$scratch/two.svg" "= $odd_name"
check the_other_key_folded has_text "$scratch/two.svg" "= 1%s,"
printf '[experiment]\nname = x\n\n[network]\ntrace = \303\050\377.csv\n' >"$odd/r1/resolved.ini"
check no_utf_8 split_of_odd bytes
check no_utf_8_is_marked has_text "$scratch/bytes.svg" "= $(printf '\357\277\275(\357\277\275').csv"

# what is in ~/.gnuplot and in the environment changes nothing
mkdir "$scratch/home"
rm -r "$plain/plots"
check plain_again draw "$plain" svg
cp -r "$plain/plots" "$plain.as_it_is"
check brief_again draw "$brief" svg
cp -r "$brief/plots" "$brief.as_it_is"
settings='set logscale y; set decimalsign ","; set yrange [0:*]; set datafile separator ";"; set key off; unset border
wide = 300; legend = 9; but = "x"; curves = 0
set title "mine" font ",40"; set xlabel "mine"; set grid; set label "mine" at 0,0; set terminal dumb; set output "/dev/null"'
for line in "$settings" exit nonsense; do
    echo "$line" >"$scratch/home/.gnuplot"
    run=$brief
    [ "$line" != "$settings" ] || run=$plain
    rm -rf "$run/plots"
    check "with ${line%%;*} in ~/.gnuplot" env HOME="$scratch/home" GNUTERM=nonsense CDPATH="$scratch" "$root/plots/plot.sh" "$run" svg
    check "  the same pictures" diff -r "$run/plots" "$run.as_it_is"
done
echo 'set logscale y; set decimalsign ","; set yrange [0:*]; set key off; set label "mine" at 0,0' >"$scratch/home/.gnuplot"
check a_script_alone env HOME="$scratch/home" gnuplot -c "$root/plots/curve.gp" "$plain" virtual_s test_accuracy svg "$scratch/alone.svg"
check a_script_alone_is_the_same cmp "$scratch/alone.svg" "$plain.as_it_is/accuracy_time.svg"
cd "$scratch" || exit 1
mkdir '< touch oops;' '| touch oops;'
cp -r "$plain/." '< touch oops;/'
check a_folder_like_a_command draw '< touch oops;' svg
check pictures_like_a_command draw -o '| touch oops;/pictures' "$plain" svg
check partition_of_a_quote sh -c 'mkdir "a'"'"';touch oops;'"'"'" && printf "worker,samples,class_0\n0,1,1\n" >"a'"'"';touch oops;'"'"'/partition.csv" && gnuplot -d -c "$1/plots/partition.gp" "a'"'"';touch oops;'"'"'" dumb' - "$root"
check nothing_was_executed [ ! -e oops ]

mkdir "$scratch/empty"
refused() {
    gives_status 2 "$@" >"$scratch/out" 2>"$scratch/err" && [ "$(wc -l <"$scratch/err")" -eq 1 ] && [ ! -s "$scratch/out" ]
}
check no_run refused "$root/plots/plot.sh" "$scratch/empty"
check nothing_made [ ! -e "$scratch/empty/plots" ]
check no_folder refused "$root/plots/plot.sh" "$scratch/absent"
check no_argument refused "$root/plots/plot.sh"
check several_without_folder refused "$root/plots/plot.sh" "$plain" "$spaced"
check several_over_old_pictures refused "$root/plots/plot.sh" -o "$scratch/pictures" "$plain" "$spaced"
check no_format refused "$root/plots/plot.sh" "$plain" jpeg
printf '%s\n' point,network.preset,algorithm,virtual_s,label,utilisation,status 1,slow,bsp,40,BSP,0.0125,done 1,slow,ring,5,,0.1,done \
    2,quick,bsp,4,BSP,0.125,done 2,quick,ring,0.5,,1,done >"$scratch/bars.csv"
bottleneck=$root/plots/bottleneck.gp
bars() { gnuplot -d -c "$bottleneck" "$scratch/bars.csv" network.preset svg "$scratch/bars.svg" 2>"$scratch/err" && [ ! -s "$scratch/err" ]; }
check bottleneck bars
check its_groups_names_and_shares sh -c 'for word in slow quick BSP ring "1 %" "10 %" "12 %" "100 %"; do grep -qF ">$word<" "$1" || { echo "no $word"; exit 1; }; done' - "$scratch/bars.svg"
check bottleneck_no_key gives_status 2 gnuplot -d -c "$bottleneck" "$scratch/bars.csv" network.latency dumb
check bottleneck_few gives_status 2 gnuplot -d -c "$bottleneck" "$scratch/bars.csv"
sweep=$root/plots/sweep.gp
check sweep_no_key gives_status 2 gnuplot -c "$sweep" "$several" network.nothing target_s dumb
check sweep_no_runs gives_status 2 gnuplot -c "$sweep" "$scratch/empty" network.bandwidth target_s dumb
check distribution_what gives_status 2 gnuplot -c "$root/plots/distribution.gp" "$plain" mood dumb
check distribution_no_run gives_status 2 gnuplot -c "$root/plots/distribution.gp" "$scratch/empty" k dumb
check html_to_the_terminal sh -c 'gnuplot -c "$1/plots/curve.gp" "$2" bytes test_accuracy html | grep -q "</svg>"' - "$root" "$plain"
curve=$root/plots/curve.gp split=$root/plots/time_split.gp gantt=$root/plots/gantt.gp
check curve_few gives_status 2 gnuplot -c "$curve" "$plain" virtual_s
check curve_no_out gives_status 2 gnuplot -c "$curve" "$plain" virtual_s test_accuracy png
check curve_x gives_status 2 gnuplot -c "$curve" "$plain" years test_accuracy dumb
check curve_y gives_status 2 gnuplot -c "$curve" "$plain" virtual_s beauty dumb
check curve_format gives_status 2 gnuplot -c "$curve" "$plain" virtual_s test_accuracy jpeg "$scratch/x"
check curve_no_run gives_status 2 gnuplot -c "$curve" "$scratch/empty" virtual_s test_accuracy dumb
check split_few gives_status 2 gnuplot -c "$split" "$plain"
check split_no_run gives_status 2 gnuplot -c "$split" "$scratch/empty" dumb
check gantt_few gives_status 2 gnuplot -c "$gantt" "$plain" top_k 4
check gantt_no_out gives_status 2 gnuplot -c "$gantt" "$plain" top_k 4 png
check gantt_format gives_status 2 gnuplot -c "$gantt" "$plain" top_k 4 jpeg "$scratch/x"
check gantt_no_algorithm gives_status 2 gnuplot -c "$gantt" "$plain" asp 4 dumb
check gantt_nothing_yet gives_status 2 gnuplot -c "$gantt" "$plain" bsp 4 dumb
check gantt_no_rounds gives_status 2 gnuplot -c "$gantt" "$plain" top_k 0 dumb
gantt_shows() { # ROUNDS NUMBER: the last number among the rounds
    gnuplot -c "$gantt" "$plain" top_k "$1" dumb >"$scratch/out" 2>"$scratch/err" && [ ! -s "$scratch/err" ] || return 1
    [ "$(sed -nE '/1[^0-9]+2[^0-9]+3/{s/.*[^0-9]([0-9]+)[^0-9]*$/\1/p;q}' "$scratch/out")" = "$2" ]
}
check gantt_rounds gantt_shows 3 4
check gantt_fewer_rounds_than_asked gantt_shows 50 6
check split_format gives_status 2 gnuplot -c "$split" "$plain" jpeg "$scratch/x"

[ "$failures" -eq 0 ]
