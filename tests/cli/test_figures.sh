#!/usr/bin/env bash
# Pictures for a paper: plots/plot.sh with sizes, titles, names of curves and scripts that stay; the axes and the places of labels.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v gnuplot >/dev/null || { echo "ok figures # SKIP gnuplot is not installed"; exit 0; }
export LC_ALL=C.UTF-8
plots=$root/plots

# made FOLDER ALGORITHM...: a run of these algorithms that has curves alone, to 95.7 %; with as many seconds as there are algorithms before.
made() {
    local folder=$1 slower=1 algorithm
    shift
    mkdir -p "$folder"
    printf '[experiment]\nname = lenet on a WAN\nalgorithms = x\nseed = 1\n' >"$folder/resolved.ini"
    echo "algorithm,test_accuracy,target_accuracy,target_s,synthetic,label" >"$folder/comparison.csv"
    for algorithm; do
        mkdir -p "$folder/$algorithm"
        awk -v slower=$slower 'BEGIN {
            print "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down"
            for (i = 0; i <= 20; i++)
                printf "%d,%d,%.9g,%.9f,%.9g,%.9g,%.9g,%d,%d\n", i, 4 * i, i / 5, i * 3.7 * slower, 1 - 0.9 / (i + 1), 2.3 / (i + 1), \
                    2.2 / (i + 1), 1e8 * i, 2e8 * i
        }' >"$folder/$algorithm/eval.csv"
        echo "$algorithm,0.95,0.9,33.3,0,$([ "$algorithm" != topk1 ] || echo '"top-k, ""1 %"""')" >>"$folder/comparison.csv"
        slower=$((slower + 1))
    done
}
made run bsp topk1
plot() { "$plots/plot.sh" "$@" >out 2>err || { cat err; return 1; }; }
silent() { plot "$@" && [ ! -s err ] || { cat err; return 1; }; }
texts() {
    python3 -c 'import sys, xml.etree.ElementTree as t
for e in t.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}text"): print("".join(e.itertext()))' "$1"
}
has() { texts "$1" >texts && grep -qxF -- "$2" texts || { cat texts; return 1; }; }
lacks() { texts "$1" >texts && ! grep -q -- "$2" texts || { cat texts; return 1; }; }

# The size in print, and letters in points: 84 mm are 238.1 points and 317.5 pixels of 1/96 inch, 8 points are 10.67 of these pixels.
check "a column" silent --format pdf --width 84mm --height 60mm --font 8 --keep run
in_pdf() { grep -qaE "$1" run/plots/accuracy_time.pdf; }
check "  of that size" in_pdf '/MediaBox \[ 0 0 238 170 \]'
check "  with its letters" in_pdf '/FontFile'
letters() {
    command -v pdftotext >/dev/null || { echo "# pdftotext is not installed: the size of letters in a PDF not tested"; return 0; }
    pdftotext -bbox run/plots/accuracy_time.pdf - | awk -F '"' '/>Virtual</ { tall = $8 - $4; exit !(tall > 1.16 * 7.9 && tall < 1.17 * 8.1) }'
}
check "  of 8 points" letters
cp -r run/plots pdf
mkdir alone && cp pdf/*.gp pdf/*.csv alone
redrawn() { # by gnuplot alone, from elsewhere; a PDF has its date in it
    local script name
    for script in alone/*.gp; do
        name=$(basename "$script" .gp)
        env -i LC_ALL=C.UTF-8 "$(command -v gnuplot)" -d "$script" >said 2>&1 && [ ! -s said ] && cmp <(grep -av CreationDate "alone/$name.pdf") <(grep -av CreationDate "pdf/$name.pdf") ||
            { cat said; return 1; }
    done
}
check "a kept script draws the same picture alone" redrawn
check "  each has one" same "$(find alone -name '*.pdf' | wc -l)" 9
sed -i "s/^title = .*/title = 'mine'/; s/^format = .*/format = 'svg'/; s/^out = .*/out = here.'mine.svg'/" alone/accuracy_time.gp
by_hand() { gnuplot -d alone/accuracy_time.gp && has alone/mine.svg mine; }
check "  and can be changed by hand" by_hand
cp alone/accuracy_time.gp run/plots
echo mine >run/plots/accuracy_time.svg
check "svg in a column, and another title" plot run svg --width 8.4cm --height 170pt --title "it's 50 % {/Bold x} \`id\` \\n @x" --keep
check "  a changed script and its picture stay" same "$(cat run/plots/accuracy_time.svg)" mine
check "  which is said" grep -q "run/plots/accuracy_time.gp was changed by hand" err
check "  the script, too" cmp alone/accuracy_time.gp run/plots/accuracy_time.gp
check "  the size" grep -qx ' width="317" height="227"' run/plots/loss_time.svg
check "  the letters" grep -q 'font-size="10.67"' run/plots/loss_time.svg
check "  the title" has run/plots/loss_time.svg "it's 50 % {/Bold x} \`id\` \\n @x"
rm -r run/plots
pixels() { gnuplot -d -e 'width_mm = 105.8333; height_mm = 79.375; dots = 96' -c "$plots/curve.gp" run virtual_s test_accuracy png pixels.png && [ "$(od -An -j16 -N8 -tx1 pixels.png | tr -d ' ')" = 000001900000012c ]; }
check "a png of 400 px x 300 px" pixels

# A result against a key, with its script; no accuracy above 100 %.
for i in 1 2; do
    made "against/$i" bsp topk1
    printf '\n[network]\nlatency = %s ms\n' "${i}0" >>"against/$i/resolved.ini"
    sed -i "s/,0.95,/,0.99$i,/" "against/$i/comparison.csv"
done
mkdir against/alone
against() { gnuplot -d -e "keep = 1; width_mm = 84" -c "$plots/sweep.gp" against network.latency test_accuracy svg against.svg 2>err && [ ! -s err ]; }
check "a result against a key" against
alone() { cp against.gp against.csv against/alone && gnuplot -d against/alone/against.gp 2>err && [ ! -s err ] && cmp against.svg against/alone/against.svg; }
check "  its script draws it alone" alone
check "  at most 100 %" same "$(texts against.svg | grep -xE "[0-9]+" | sort -n | tail -n 1)" 100

# Names of curves: of the algorithm, from a file, with values of keys.
cat >labels.txt <<'END'
; a comment
bsp = BSP, "the baseline"
network.bandwidth = link
END
for i in 1 2; do
    made "swept/$i" bsp topk1
    printf '\n[network]\nbandwidth = %s\n' "${i}Gbit/s" >>"swept/$i/resolved.ini"
done
check "svg of a screen" silent run svg
time=run/plots/accuracy_time.svg
check "  the title is the experiment's name" has $time "lenet on a WAN"
check "  a curve has its algorithm's label" has $time 'top-k, "1 %"'
check "  or name" has $time bsp
check "names from a file, no title" silent --no-title --labels labels.txt -o named swept/1 swept/2 --format=svg
named=named/accuracy_time.svg
check "  no title" lacks $named WAN
check "  a name and a key are replaced, the value stays" has $named 'BSP, "the baseline", link = 1Gbit/s'
check "  with a label, too" has $named 'top-k, "1 %", link = 2Gbit/s'
echo 'top-k, "1 %", bandwidth = 2Gbit/s = the fast one' >>labels.txt
echo 'bps = x' >>labels.txt
whole() { gnuplot -d -e "labels_of = 'labels.txt'" -c "$plots/curve.gp" swept virtual_s test_accuracy svg whole.svg && has whole.svg 'the fast one' && has whole.svg 'top-k, "1 %", link = 1Gbit/s'; }
check "  the whole name of one curve" whole
rm -r named
check "a name that is none" plot --labels labels.txt -o named swept/1 swept/2 dumb
check "  is warned of in one line" same "$(cut -d: -f1-4 err)" "plot.sh: labels.txt:5: 'bps' is no curve, algorithm or key here"
cat >keys.txt <<'END'
network.bandwidth = WAN
algorithm.bandwidth = x
bandwidth = link
END
rm -r named
check "a key that is none" plot --labels keys.txt -o named swept/1 swept/2 svg
ends_alike() { [ "$(grep -c 'is no curve, algorithm or key here' err)" -eq 1 ] && grep -q "keys.txt:2: 'algorithm.bandwidth' is no" err; }
check "  is warned of, though it ends like one" ends_alike
check "  a whole key is one" has named/accuracy_time.svg "bsp, WAN = 1Gbit/s"
rm -r named
axis() { gnuplot -d -e "labels_of = 'keys.txt'" -c "$plots/sweep.gp" sheet.csv network.bandwidth target_s svg sheet.svg && has sheet.svg 'WAN (bit/s)'; }
twice() { printf 'bsp = one\ntopk1 = one\n' >two.txt && gnuplot -d -e "labels_of = 'two.txt'" -c "$plots/curve.gp" run virtual_s test_accuracy svg two.svg && has two.svg "one (topk1)"; }
check "no two curves have one name" twice

# A table of a sweep has labels and the target itself.
printf '%s\n' network.bandwidth,algorithm,label,target_s,target_accuracy,synthetic 1e8,losp,LOSP,20,0.5,1 1e9,losp,LOSP,10,0.5,1 >sheet.csv
echo 'losp = Local OSP' >one.txt
sheet() { gnuplot -d -e "$1" -c "$plots/sweep.gp" sheet.csv network.bandwidth target_s svg sheet.svg && has sheet.svg "$2"; }
check "a curve of a sweep has its label" sheet '' LOSP
check "  its axis has a name from the file, too" axis
check "  or the name from a file" sheet "labels_of = 'one.txt'" 'Local OSP'
check "  the target is named" sheet '' 'Virtual time to 50 % (s)'
check "  synthetic data, too" sheet "experiment = 'wan'" 'wan   –   SYNTHETIC DATA'

# The legend has a line for what does not fit; nothing of a name is lost.
made wide bsp
for i in 2 3; do
    cp -r wide "wide$i"
    printf '\n[network]\ntrace = a_long_name_of_a_file_%s.csv\nlatency = %s00 ms\n' $i $i >>"wide$i/resolved.ini"
done
check "long names in a column" silent -o folded wide2 wide3 svg --width 84mm
folded() { texts folded/accuracy_time.svg >texts && [ "$(grep -cxE 'bsp,|network.trace =|a_long_name_of_a_file_[23].csv,|latency = [23]00 ms' texts)" -eq 8 ] || { cat texts; return 1; }; }
check "  go on in the next line" folded

# Bars and histograms: long names below bars are folded, and a height that leaves little room is said with the picture's name.
for i in 1 2 3 4; do
    mkdir -p bars && cp -r wide "bars/$i"
    printf '\n[train]\nlearning_rate = 0.%s\n' "$i" >>"bars/$i/resolved.ini"
    printf 'worker,compute_ns,waiting_ns,down_ns,overlapped_ns\n0,5000000000,4000000000,0,1000000000\n1,5000000000,4000000000,0,0\n' >"bars/$i/bsp/totals.csv"
    printf 'round,k,staleness\n1,%s,0\n2,%s,1\n' "$i" "$i" >"bars/$i/bsp/workers.csv"
done
bars() { gnuplot -d -e "width_mm = 84; height_mm = $1; labels_of = 'bars.txt'" -c "$plots/time_split.gp" bars "$2" "split.$2" 2>err; }
echo 'bsp = Top-k 10 %' >bars.txt
check "long names of bars in a column" bars 60 svg
check "  have room" test ! -s err
folded_bars() { texts split.svg >texts && [ "$(grep -cxE 'Top-k 10 %,|learning_|rate = 0.[1-4]' texts)" -eq 12 ] || { cat texts; return 1; }; }
check "  on several lines" folded_bars
cp -r bars more && for i in 1 2 3 4; do cp -r bars/$i more/1$i && sed -i "s/^learning_rate.*/learning_rate = 0.1$i/" more/1$i/resolved.ini; done
more() { gnuplot -d -e "width_mm = 84; height_mm = 60" -c "$plots/time_split.gp" more svg more.svg 2>err; [ "$(wc -l <err)" -eq 1 ] && texts more.svg >texts && [ "$(grep '…' texts | sort -u | wc -l)" -eq 8 ]; }
check "  shortened, but told apart, where bars are many" more
for i in svg pdf png; do
    check "  little room in $i" bars 40 $i
    check "    is said" same "$(cat err)" "split.$i: the names of the bars and the legend leave little room: more height, or shorter names"
done
histogram() { gnuplot -d -c "$plots/distribution.gp" seeds k svg k.svg && has k.svg "lenet on a WAN   –   all pushes of 2 seeds"; }
mkdir seeds && cp -r bars/1 bars/2 seeds && sed -i '/^learning_rate/d; s/^seed = 1/seed = 2/' seeds/2/resolved.ini && sed -i '/^learning_rate/d' seeds/1/resolved.ini
check "the title of a histogram of seeds" histogram

# Axes and the place of the target's label: the first line of axis.awk, and what is drawn.
accuracy() { # TARGET "X MEAN LOW HIGH"...: words of axis.awk
    local target=$1 row
    shift
    { echo curve,x,mean,low,high; for row; do echo "1,${row// /,}"; done; } | awk -F, -v x=virtual_s -v y=test_accuracy -v target="$target" -v wide=22 -v tall=12 -v letters=11 -f "$plots/axis.awk" | sed 1q
}
words() { echo "$1" | cut -d' ' -f"$2"; }
row=$(accuracy 90 "0 0.1 0.1 0.1" "10 1 1 1" "20 0.99 0.98 1")
check "no accuracy above 100 %" same "$(words "$row" 8,9)" "0 100"
row=$(accuracy 0 "0 0.004 0 0.01" "10 0.003 0 0.01")
check "  nor below 0" same "$(words "$row" 8)" 0
row=$(accuracy 80 "0 0.1 0.1 0.1" "10 0.3 0.3 0.3")
check "a target above all curves is seen" same "$(words "$row" 8,9,12)" "10 90 1"
row=$(accuracy 50 "0 0.1 0.1 0.1" "1 0.45 0.45 0.45" "10 0.49 0.49 0.49")
check "the target's label is above the line" same "$(words "$row" 12,13)" "1 0.9900"
row=$(accuracy 50 "0 0.1 0.1 0.1" "1 0.49 0.49 0.49" "10 0.56 0.56 0.56")
check "  below it where a curve is above" same "$(words "$row" 12,13)" "-1 0.9900"
row=$(accuracy 50 "0 0.5 0.4 0.6" "10 0.5 0.4 0.6")
check "  nowhere where a band is along the line" same "$(words "$row" 12)" 0
check "  nor where it would be cut off" same "$(words "$(accuracy 100 "0 0.9 0.9 0.9" "10 0.9 0.9 0.9")" 12)" "-1"
for i in bsp topk1; do sed -i 's/^\(\([^,]*,\)\{4\}\)[^,]*/\10.9/' wide/bsp/eval.csv; done
check "the legend has it then" sh -c 'gnuplot -d -c "$1/curve.gp" wide virtual_s test_accuracy svg flat.svg' - "$plots"
check "  once" same "$(texts flat.svg | grep -c 'target 90 %')" 1
in_characters() { gnuplot -d -c "$plots/curve.gp" run "$1" "$2" dumb >dumb.txt 2>err && [ ! -s err ] && grep -q "$3" dumb.txt && grep -q "$4" dumb.txt; }
check "both labels in characters" in_characters virtual_s test_accuracy 'Virtual time (s)' 'Test accuracy (%)'
check "  of a loss" in_characters bytes train_loss 'Traffic, up and down (GiB)' 'Training loss'

# Runs with a budget: the axis ends there, and each curve reaches the right edge; where curves have another x, only the legend says it.
# drawn FOLDER X: FOLDER/X.svg and its script; budget KEY VALUE: the run "bounded", with this budget; its curves end at 33.3 s and 37 s.
drawn() { gnuplot -d -e "keep = 1" -c "$plots/curve.gp" "$1" "$2" test_accuracy svg "$1/$2.svg" 2>err && [ ! -s err ]; }
budget() {
    rm -rf bounded && mkdir bounded && cp -r run/{bsp,topk1,comparison.csv,resolved.ini} bounded
    sed -i "s/^seed = 1/$1 = $2\nseed = 1\n\n[network]\nbytes = 1TiB/" bounded/resolved.ini
    sed -i '12,$d' bounded/bsp/eval.csv && sed -i '8,$d' bounded/topk1/eval.csv
    drawn bounded virtual_s && drawn bounded iterations && drawn bounded bytes
}
axis_ends() { sed -n 's/^x_to = //p' bounded/{virtual_s,iterations,bytes}.gp | xargs; }
check "a budget in time" budget virtual_time 30s
check "  is where the axis of time ends" same "$(axis_ends)" "30 36.72 2.56486237"
check "  which all curves reach" same "$(awk -F, 'NR > 1 && $2 >= 30 {print $1}' bounded/virtual_s.csv | sort -u | xargs)" "1 2"
check "  the legend has it" has bounded/virtual_s.svg "budget 30 s"
check "  also where x is another" has bounded/iterations.svg "budget 30 s"
in_title() { gnuplot -d -c "$plots/curve.gp" bounded virtual_s test_accuracy dumb | grep -q "lenet on a WAN   –   budget 30 s"; }
check "  and in characters" in_title
check "a budget that no curve reaches" budget virtual_time 1e3s
check "  is no end of an axis" same "$(axis_ends)" "37.74 36.72 2.56486237"
check "a budget in bytes" budget bytes 1.25GiB
check "  is where the axis of bytes ends" same "$(axis_ends)" "37.74 36.72 1.25"
check "  and the legend has it" has bounded/bytes.svg "budget 1.25 GiB"
mkdir others && cp -r bounded others/1 && cp -r bounded others/2 && sed -i 's/^bytes = 1.25GiB/bytes = 2GiB/' others/2/resolved.ini
check "runs with other budgets" drawn others bytes
check "  have none in common" lacks others/bytes.svg "budget"
sed -i 's/^bytes = 2GiB/virtual_time = 30s\nbytes = 1.25GiB/' others/2/resolved.ini && cp others/2/resolved.ini others/1/
check "runs with two budgets" drawn others bytes
check "  name both" has others/bytes.svg "budget 30 s or 1.25 GiB"

# For LaTeX: signs that are commands of TeX.
printf 'bsp = 50%% of #1_x & {y} $5 ~^ \\z\n' >tex.txt
check "tikz" plot --labels tex.txt --format tikz -o latex run
check "  its style is beside it" test -s latex/gnuplot-lua-tikz.sty
check "  how to use it is said" grep -qF '\usepackage{gnuplot-lua-tikz}' out
check "  no sign is a command" grep -qF '50\% of \#1\_x \& \{y\} \$5 \textasciitilde{}\textasciicircum{} \textbackslash{}z' latex/accuracy_time.tex
compiles() {
    printf '\\documentclass{article}\\usepackage{gnuplot-lua-tikz}\\begin{document}\\input{accuracy_time}\\input{loss_bytes}\\end{document}\n' >latex/page.tex
    (cd latex && pdflatex -interaction=nonstopmode -halt-on-error page.tex >page.out 2>&1) || { tail -n 20 latex/page.out; return 1; }
}
if command -v pdflatex >/dev/null && kpsewhich tikz.sty >/dev/null; then
    check "  LaTeX takes it" compiles
else
    echo "# LaTeX is not installed: tikz in LaTeX not tested"
fi

# Wrong calls: one line, status 2, nothing drawn.
refused() { # WORD ARGUMENT...: the line begins with WORD
    local word=$1
    shift
    "$plots/plot.sh" "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] && grep -q "^plot.sh: $word" err && [ ! -e swept/1/plots ] || { cat err; return 1; }
}
for length in 84 84furlong 0mm 2m -84mm 8,4cm 1e2mm mm ''; do check "--width '$length' is refused" refused "--width: expected a length .*, got '$length'" --width "$length" swept/1; done
check "--width that has no room for letters" refused "--width: letters of 8 points need at least 43mm (--font), got 40mm" --width 4cm swept/1
check "--height, too" refused "--height: letters of 20 points need at least 85mm" --font 20 --height 60mm swept/1
check "--height" refused --height: --height=60 swept/1
for size in big 2 100 8mm; do check "--font $size" refused "--font: expected a size from 4 to 40 points.*, got '$size'" --font $size swept/1; done
check "--format" refused "--format: expected png, svg, pdf, tikz or dumb, got 'jpeg'" --format jpeg swept/1
check "two formats" refused "--format pdf and 'svg'" --format pdf swept/1 svg
check "a size in characters" refused "--width, --height and --font" --width 84mm swept/1 dumb
check "a title and none" refused "--title and --no-title" --title x --no-title swept/1
check "no value" refused "--title: expected a value" swept/1 --title
mkdir -p sweep && touch sweep/sweep.csv
check "a sweep among runs" refused "sweep is a sweep, which is drawn alone: plot.sh -o FOLDER sweep" -o none swept/1 sweep
check "a value too many" refused "--keep takes no value" --keep=yes swept/1
check "an unknown option" refused "expected --format, --width,.*, got '--wdith'" --wdith 84mm swept/1
check "no file of names" refused "--labels: 'nowhere' is no file" --labels nowhere swept/1
echo 'no sign of equality' >bad.txt
check "a line that is none" refused "bad.txt:1: expected NAME = TEXT, got 'no sign of equality'" --labels bad.txt swept/1
sed -i 's/,0,/,1,/' swept/1/comparison.csv
unmarked() { plot swept/1 dumb --no-title && [ "$(cat err)" = "plot.sh: the data are synthetic, and these pictures do not say so" ]; }
check "pictures without a word of synthetic data: that is said" unmarked
finish
