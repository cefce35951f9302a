#!/usr/bin/env bash
# The pictures of a comparison and what is behind them: forest plot, who-wins map, performance profiles, Pareto front; its report.
# shellcheck disable=SC2016 # inner shells get their arguments by position
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
plots=$root/plots
awks() { # SCRIPT ARGUMENT...
    local script=$1
    shift
    LC_ALL=C awk -f "$plots/text.awk" -f "$plots/cells.awk" -f "$plots/$script.awk" "$@"
}

# ---- what the scripts draw, from files by hand ----

cat >verdict.csv <<'END'
network.bandwidth,measure,rival,reference,standing,reason,better,seeds,effect,low,high,level,bound
10000000,time,losp,bsp,apart,none,losp,5,0.38,0.33,0.44,0.99,none
10000000,time,asp,bsp,apart,none,bsp,5,2,1.5,NaN,0.99,at_least
10000000,accuracy,losp,bsp,not_told_apart,none,,5,0.01,-0.02,0.04,0.99,none
1000000000,time,losp,bsp,equal_within_margin,none,,5,1.01,0.99,1.03,0.99,none
1000000000,time,asp,bsp,undetermined,target_not_reached,,5,NaN,NaN,NaN,0.99,none
1000000000,accuracy,losp,bsp,apart,none,bsp,5,-0.01,-0.02,-0.005,0.99,none
END
check "forest: each claim is a row below its point" same "$(awks forest -v measure=time -v what=table verdict.csv)" "row,kind,effect,low,high
2,1,0.38,0.33,0.44
3,2,2,1.5,2
5,4,1.01,0.99,1.03
6,5,NaN,NaN,NaN"
check "  accuracies are in points" same "$(awks forest -v measure=accuracy -v what=table verdict.csv | tail -n +2)" "2,3,1,-2,4
4,2,-1,-2,-0.5"
check "  rows have names, intervals and bounds" same "$(awks forest -v measure=time -v what=rows verdict.csv)" \
    " 'bandwidth = 10 Mbit/s' '.' '1' '.' 'losp' '0.38 [0.33, 0.44]' '0' '.' 'asp' 'at least 2.00 [1.50, ..]' '0' '>2' 'bandwidth = 1 Gbit/s' '.' '1' '.' 'losp' '1.01 [0.99, 1.03]' '0' '.' 'asp' 'undetermined' '0' '.'"

cat >map.csv <<'END'
network.bandwidth,network.latency,x,y,algorithm,label,target_s,beats,beaten_by,rivals,wins,pairs,seeds
1000000000,0.01,1Gbit/s,10ms,bsp,BSP,1,1,0,1,1,1,5
1000000000,0.01,1Gbit/s,10ms,losp,"LOSP, new",2,0,1,1,0,1,5
1000000000,0.0001,1Gbit/s,100us,bsp,BSP,1,0,0,1,0,1,5
1000000000,0.0001,1Gbit/s,100us,losp,"LOSP, new",1,0,0,1,0,1,5
10000000,0.01,10Mbit/s,10ms,bsp,BSP,9,0,1,1,0,1,5
10000000,0.01,10Mbit/s,10ms,losp,"LOSP, new",1,1,0,1,1,1,5
10000000,0.0001,10Mbit/s,100us,bsp,BSP,9,0,1,1,0,1,5
10000000,0.0001,10Mbit/s,100us,losp,"LOSP, new",1,1,0,1,1,1,5
END
check "map: cells in the order of their values, each with its winner" same \
    "$(awks who_wins -v what=table map.csv | grep -v '^-1' | sort)" "0,1.5,0.5,2.5,1.5
1,1.5,1.5,2.5,2.5
2,0.5,0.5,1.5,1.5
2,0.5,1.5,1.5,2.5
curve,x,y,to_x,to_y"
inside() { # strokes of the hatching end at the edges of their cell
    awks who_wins -v what=table -v aspect="$1" map.csv | awk -F, '$1 == -1 { n++; for (i = 2; i <= 4; i += 2) bad += $i < 1.5 - 1e-9 || $i > 2.5 + 1e-9
        for (i = 3; i <= 5; i += 2) bad += $i < 0.5 - 1e-9 || $i > 1.5 + 1e-9; bad += $4 < $2 || $5 < $3 } END { exit !n || bad > 0 }'
}
check "  a cell without a winner is hatched, whatever its shape" inside 1
check "  wide" inside 7.3
check "  narrow" inside 0.3
check "  values and winners in words" same "$(awks who_wins -v what=axes map.csv)" \
    " 'network.bandwidth' 'network.latency' 'target_s' '1' '5' '2' '2' '. 1 2' '1' '10Mbit/s' '1Gbit/s' '100us' '10ms'"

cat >profiles.csv <<'END'
workload,algorithm,label,target_s,ratio
a,bsp,BSP,1,1
a,losp,LOSP,2,2
b,bsp,BSP,3,3
b,losp,LOSP,1,1
c,bsp,BSP,1,1
c,losp,LOSP,NaN,NaN
END
check "profiles: shares rise at each ratio, and a workload that is missed never counts" same "$(awks profile -v what=table profiles.csv)" "curve,ratio,share
1,1,0.333333333
1,1,0.666666667
1,3,0.666666667
1,3,1
1,3000000,1
2,1,0.333333333
2,2,0.333333333
2,2,0.666666667
2,3000000,0.666666667"

# run FOLDER SEED: three algorithms; asp is worse than bsp in all, losp has fewer bytes and less accuracy.
run() {
    local name
    for name in bsp losp asp; do
        mkdir -p "runs/$1/$name"
        printf 'round,test_accuracy\n1,0.5\n' >"runs/$1/$name/eval.csv"
    done
    printf '[experiment]\nname = front\nseed = %s\nalgorithms = bsp, losp, asp\n' "$2" >"runs/$1/resolved.ini"
    printf 'algorithm,test_accuracy,virtual_s,target_accuracy,target_s,bytes_up,bytes_down,target_bytes_up,target_bytes_down,synthetic,label\n%s\n%s\n%s\n' \
        "bsp,0.9,20,0.5,10,2000,2000,1000,1000,0,BSP" "losp,0.8,20,0.5,1$2,200,200,100,100,0,LOSP" "asp,0.7,30,0.5,$3,3000,3000,2000,2000,0,ASP" \
        >"runs/$1/comparison.csv"
}
run one 1 12
run two 2 14
front() { LC_ALL=C awk -F, -v x="$1" -v y="$2" -f "$plots/pareto.awk" curve=1 algorithm=bsp runs/*/comparison.csv curve=2 algorithm=losp runs/*/comparison.csv \
    curve=3 algorithm=asp runs/*/comparison.csv; }
check "Pareto front: to the target, in time and bytes and accuracy" same "$(front time accuracy)" "target 0.5 '1 2' '3' ''
curve,x,x_low,x_high,y,y_low,y_high
1,10,10,10,0.9,0.9,0.9
2,11.5,11,12,0.8,0.8,0.8
3,13,12,14,0.7,0.7,0.7
0,10,10,10,0,0,0
0,10,10,10,0.9,0.9,0.9
0,10000000,10000000,10000000,0.9,0.9,0.9"
check "  the line of two axes is their own front" same "$(front time bytes | grep -c '^0')" 5
run two 2 NaN
check "  who misses the target with a seed has no mark" same "$(front time accuracy | sed 1q)" "target 0.5 '1 2' '' '3'"

# draws SCRIPT FORMAT ARGUMENT...: a picture, and not a word.
draws() {
    local script=$1 format=$2
    shift 2
    gnuplot -d -c "$plots/$script.gp" "$@" "$format" "out.$format" >said 2>&1 && [ ! -s said ] && [ -s "out.$format" ] && return
    cat said
    return 1
}
nothing() { # SCRIPT FILE ARGUMENT...
    local script=$1
    shift
    gnuplot -d -c "$plots/$script.gp" "$@" html >said 2>&1
    [ $? -eq 2 ] && grep -q ' here$' said
}
if command -v gnuplot >/dev/null; then
    run two 2 14
    for format in svg dumb; do
        check "$format: forest" draws forest $format verdict.csv time
        check "$format: map" draws who_wins $format map.csv
        check "$format: profiles" draws profile $format profiles.csv
        check "$format: Pareto front" draws pareto $format runs time bytes
    done
    sed '/apart/s/apart,none,[a-z]*/undetermined,none,/; s/,5,[-0-9.]*,[-0-9.]*,[-0-9.]*,/,5,NaN,NaN,NaN,/' verdict.csv >open.csv
    check "a forest of nothing but undetermined claims" draws forest svg open.csv time
    sed 's/,1,1,5$/,0,1,5/' map.csv >tied.csv
    check "a map without a winner" draws who_wins svg tied.csv
    for script in who_wins profile; do check "$script: not such a file" nothing $script profiles.none; done
    check "forest: no claim about this measure" nothing forest map.csv time
    check "--keep: a script draws it again" sh -c 'gnuplot -d -e "keep = 1" -c "$1/who_wins.gp" map.csv svg kept.svg && cp kept.svg first.svg && gnuplot kept.gp && cmp kept.svg first.svg' sh "$plots"
fi

# ---- a comparison ----

cat >x.ini <<'END'
[experiment]
name = R&D <b>
algorithms = bsp, local_sgd, topk: bsp
iterations = 160
target_accuracy = 0.2

[data]
train_samples = 400
test_samples = 100
validation = 100

[train]
batch = 8
learning_rate = 0.1

[cluster]
workers = 2

[compute]
model = fixed
seconds = 1ms

[output]
eval_every = 2
trace = none

[algorithm.topk]
codec = topk
error_feedback = gradient

[algorithm.local_sgd]
local_steps = 8

[sweep]
network.bandwidth = 100kbit/s, 1Gbit/s
network.latency = 100us, 100ms

[compare]
seeds = 4
END
mkdir bin tmp
cp "$simulate" bin/simulate
ln -s "$plots" bin/plots
export TMPDIR=$scratch/tmp
must bin/simulate x.ini -q -o whole --set sweep.retime=auto >out 2>err
check "winners and profiles as a second program finds them" /usr/bin/python3 "$root/tests/oracle/who_wins.py" whole
check "  which data judged" same "$(awk -F, '{print $NF}' whole/who_wins.csv | sort -u | tr '\n' ' ')" "judged_on validation "
check "  some cell has a winner" awk -F, 'NR > 1 {n += $11} END {exit n == 0}' whole/who_wins.csv
if command -v gnuplot >/dev/null; then
    look() { python3 "$root/tests/cli/check_report.py" "$@"; }
    check "the report has the verdict first, and its pictures" look whole/report.html --has "A comparison of 3 algorithms" --has Verdict \
        --has "What may be concluded" --has "What may not be concluded" --has "Not told apart is not equal" --has "No algorithm was tuned" \
        --has "Which data judged" --has "20 % (validation)" --has "Who wins where" --has "20 % accuracy (validation)" --has "The error is per cell" \
        --has "Performance profiles" --has "Pareto front" --has "Bonferroni"
    every() { # each sentence of verdict.csv is in the page
        /usr/bin/python3 - <<'END'
import csv, html, re, sys
page = html.unescape(re.sub(r"\s+", " ", open("whole/report.html").read()))
rows = [r["words"] for r in csv.DictReader(open("whole/verdict.csv"))]
sys.exit(not rows or any(words + "." not in page for words in rows))
END
    }
    check "  every sentence of the verdict" every
    cp -r whole other
    sed -i 's/^name = R&D .*/name = other/' other/resolved.ini
    check "--report of two comparisons" bin/simulate --report whole other -o both.html
    check "  has profiles over both, and a verdict for each" look both.html --figures 7 --has "2 comparisons" --has "over 8 workloads" --has "other"
    # One point's curves are enough here.
    awk -F, 'NR == 1 || ($2 == 1000000000 && $3 == 0.0001)' whole/final/sweep.csv >one.csv
    cp one.csv other/final/sweep.csv
    check "pictures by plot.sh" sh -c '"$1/plot.sh" other svg >drawn 2>said && [ ! -s said ] && cd other/plots &&
        ls forest_time.svg who_wins.svg profiles.svg pareto_time_accuracy.svg pareto_time_bytes.svg >/dev/null || { cat said; false; }' sh "$plots"
    check "  which say that the data are synthetic" grep -q "SYNTHETIC DATA" other/plots/who_wins.svg
fi
refused() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    bin/simulate "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$pattern" err && return
    cat out err
    return 1
}
check "--report: a comparison and a run" refused "--report: expected comparisons alone, or folders of runs, got 1 and 1 of them" \
    --report whole whole/final/0001-*
rm -r whole/final/0001-*
check "--report: a comparison that is not complete" refused "--report: whole: expected a complete comparison, but 1 point of the final runs is not over; simulate --resume whole continues it" \
    --report whole
finish
