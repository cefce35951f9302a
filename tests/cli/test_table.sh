#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# --table: of folders of runs and of a sweep; files that hold no run; LaTeX that compiles.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# has PATTERN: the last table has a line with this text.
has() { grep -qF -- "$1" out || { cat out; return 1; }; }
table() { "$simulate" --table "$@" >out 2>err || { cat err; return 1; }; [ ! -s err ]; }
# refuses PATTERN ARGUMENT...: one line with it, status 2, and no table.
refuses() {
    local pattern=$1
    shift
    "$simulate" "$@" >out 2>err
    [ $? -eq 2 ] || return 1
    [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -qE -- "$pattern" err && return
    cat out err
    return 1
}

# run FOLDER SEED NAME ACCURACY...: the files of a run of two algorithms, as a table reads them.
header=algorithm,test_accuracy,virtual_s,target_accuracy,target_s,bytes_up,bytes_down,trained,synthetic,label
run() {
    mkdir "$1"
    printf '[experiment]\nname = %s\nseed = %s\nalgorithms = bsp, local_sgd\n[model]\nname = lenet\n[data]\nset = cifar10\n' "$3" "$2" >"$1/resolved.ini"
    printf '%s\nbsp,%s,20,NaN,NaN,1000,1000,1,0,BSP\nlocal_sgd,%s,10,NaN,NaN,500,500,1,0,"Local_SGD & %%"\n' "$header" "$4" "$5" |
        tr -d '"' >"$1/comparison.csv"
    printf '{\n  "test_samples": 10000\n}\n' >"$1/run.json"
}
run a 1 x 0.50 0.60
run b 2 x 0.52 0.63
run c 3 x 0.51 0.62
check "a table of three runs" table latex a b c
check "  its caption" has "% lenet on cifar10"
check "  the best is bold, with the half-width of its interval" has '\textbf{61.7 $\pm$ 3.8}'
check "  the other one is apart" has 'BSP & 51.0 $\pm$ 2.5 &'
check "  a name is escaped" has 'Local\_SGD \& \%'
check "as Markdown" table markdown a b c
check "  bold" has '**61.7 ± 3.8**'
check "as CSV" table csv a b c
check "  with the ends of the interval" has 'local_sgd,,0,3,0.616666667,0.578720836,0.654612497,3,best'
check "  and which is the best" awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == "test_accuracy_look") c = i} NR == 3 {exit $c != "best"}' out
check "one run says nothing of differences" table latex a
check "  and that it says nothing" has "One seed: no interval"
check "  nothing is bold" sh -c '! grep -q textbf out'
run d 4 x 0.53 0.53
sed -i 's/cifar10/mnist/' d/resolved.ini
check "runs of two problems have a table each" table markdown a b c d
check "  the second one" has "lenet on mnist"

check "-o: into a new file" table latex a b c -o t.tex
check "  its name is printed" grep -qx t.tex out
check "  the table is in it" grep -q bottomrule t.tex
check "  which is not replaced" refuses '--table: t.tex exists' --table latex a -o t.tex

check "no format" refuses "option '--table' needs a value" --table
check "another format" refuses "--table: expected latex, markdown or csv, got 'latx'; did you mean latex" --table latx a
check "no run" refuses "--table: expected the folder of a run" --table csv
check "no such folder" refuses "nowhere" --table csv nowhere
mkdir empty
check "a folder without a run" refuses "--table: expected the folder of a run or sweep" --table csv empty
check "no settings" refuses "--table: expected no --workers: the run stays as it was" --table csv a --workers 3
mkdir sweep
cp a/resolved.ini sweep/sweep.ini
check "a sweep beside a run" refuses "--table: sweep is a sweep: expected it alone" --table csv a sweep

must "$simulate" "$smoke" -q -o real --iterations 160 --algorithm bsp,losp --sweep experiment.seed=1,2,3 \
    --sweep network.bandwidth=10Mbit/s,1Gbit/s --set experiment.target_accuracy=0.11 --set output.report=no >/dev/null 2>err
check "a sweep" table csv real
check "  two settings of two algorithms" test "$(wc -l <out)" -eq 5
means() {
    local file
    for file in real/sweep_summary.csv out; do
        awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) {if ($i == "test_accuracy_mean") a = i; if ($i == "virtual_s_mean") t = i}}
            NR > 1 {printf "%.6f %.6f\n", $a, $t}' "$file" >"means.${file##*/}"
    done
    cmp means.sweep_summary.csv means.out
}
check "  with the means of sweep_summary.csv" means
check "  and the settings" has ",10Mbit/s,"
check "  marked as synthetic data" table latex real
check "    in the caption" has "SYNTHETIC DATA"
check "  with a blank between number and unit" has "10 Mbit/s & BSP"

must "$simulate" "$smoke" -q -o compared --compare --iterations 160 --algorithm bsp,losp,asp --set compare.seeds=3 --set output.eval_every=40 \
    --set experiment.target_accuracy=0.11 --set output.report=no >/dev/null 2>err
check "a comparison" table csv compared
# the claims of verdict.csv, in its order: the effects of losp and asp
claims() {
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next} {print $at["rival"], $at["measure"], $at["effect"], $at["low"], $at["high"], $at["standing"]}' \
        compared/verdict.csv | sort >claims.verdict
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
        $at["time_factor_standing"] != "" {n = $at["algorithm"]
            print n, "time", $at["time_factor"], $at["time_factor_low"], $at["time_factor_high"], $at["time_factor_standing"]
            print n, "accuracy", $at["accuracy_difference"], $at["accuracy_difference_low"], $at["accuracy_difference_high"], $at["accuracy_difference_standing"]}' \
        out | sort >claims.table
    [ -s claims.table ] && diff claims.verdict claims.table
}
check "  with the claims of its verdict" claims
check "  in LaTeX" table latex compared
check "    a column of factors" has "time / BSP's"
check "    the caption says what is claimed" has "4 claims of a setting, each with its 98.75 % interval"
check "a comparison beside a run" refuses "--table: compared is a comparison: expected it alone" --table csv compared a
cp -r compared part
rm -r part/final/*seed=3*
check "a comparison with points missing" refuses "--table: part: expected a complete comparison, but .*; simulate --resume part continues it" --table csv part

# Compiled, where LaTeX is installed: with a hostile name.
if command -v pdflatex >/dev/null && kpsewhich booktabs.sty >/dev/null; then
    sed -i 's/Local_SGD & %/L_&%$#{}~^\\<>|`"/' a/comparison.csv b/comparison.csv c/comparison.csv
    table latex a b c -o hostile.tex
    printf '\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n\\input{hostile.tex}\n\\end{document}\n' >page.tex
    compiles() { pdflatex -interaction=nonstopmode -halt-on-error page.tex >latex.log 2>&1 || { tail -20 latex.log; return 1; }; }
    check "LaTeX compiles it" compiles
fi
finish
