#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# report.html of runs: whole, well-formed, the same again, whatever is in names and paths, and also where gnuplot is not.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v gnuplot >/dev/null || { echo "ok report # SKIP gnuplot is not installed"; exit 0; }

# A program with the scripts beside it, whichever build is tested.
mkdir bin
cp "$simulate" bin/simulate
ln -s "$root/plots" bin/plots
simulate=$scratch/bin/simulate
export TMPDIR=$scratch/tmp
mkdir tmp
look() { python3 "$root/tests/cli/check_report.py" "$@"; }
short=(--iterations 240 --set output.report=yes --set experiment.target_accuracy=0.15)
quiet() { [ ! -s "$1.err" ] || { cat "$1.err"; return 1; }; }

# ---- of one run ----

name='R&D <b>"x'"'s"'</b'
must play one "${short[@]}" --algorithm bsp,losp,asp --set "experiment.name=${name%/*}"
check "a run leaves a report and says nothing of it" quiet one
check "whole and well-formed, with every figure" look one/report.html --figures 12 --rows 8
check "  its sections" look one/report.html --has Comparison --has "Test accuracy" --has "Training loss" --has "Where the time went" \
    --has "Local steps and staleness" --has "The first rounds" --has "How to repeat it" --has "SYNTHETIC DATA" --has "to 15 %"
check "  a hostile name is a name" look one/report.html --has "${name%/*}"
check "  the configuration" look one/report.html --has "server_bandwidth = 1Gbit/s"
check "  the version" look one/report.html --has "version of simulate$(sed -nE 's/^  "version": "(.*)",/\1/p' one/run.json)"
numbers() { look one/report.html --has "losp$(awk -F, '$1 == "losp" {printf "%.2f%.2f%.4f%d%d", 100 * $2, 100 * $3, $4, $5, $6}' one/comparison.csv)"; }
check "  the numbers of comparison.csv" numbers
check "  no half file" test ! -e one/report.html.tmp
again() { (cd one && sh -c "$(sed -nE 's|.*<pre tabindex="0">simulate (.*)</pre>.*|'"$simulate"' -q \1 >/dev/null|p' report.html)") && cmp one/losp/eval.csv one/again/losp/eval.csv; }
check "  its command repeats the run" again
same_report() { cmp one/report.html one/again/report.html; }
check "  with the same bytes in the report" same_report
rm -r one/again
cp one/report.html kept.html
replaced() { echo old >one/report.html && "$simulate" --report one >out 2>err && [ ! -s err ] && cmp one/report.html kept.html && grep -qx one/report.html out; }
check "--report makes the page again" replaced
relative() { TMPDIR=tmp "$simulate" --report one >out 2>err && [ ! -s err ] && cmp one/report.html kept.html; }
check "  also with a relative TMPDIR" relative

# broken off in the second algorithm: a report of the first; resumed, that of the run left alone
must play whole "${short[@]}" --algorithm bsp,losp --iterations 1500
broken_off() {
    "$simulate" "$smoke" -q -o broken "${short[@]}" --algorithm bsp,losp --iterations 1500 >out 2>err &
    local launcher=$! tries=0
    while [ ! -s broken/losp/timeline.csv ]; do
        [ $((tries++)) -lt 1500 ] || { echo "losp does not begin"; return 1; }
        sleep 0.01
    done
    kill -INT $launcher
    wait $launcher
    [ $? -eq 130 ]
}
check "a run is broken off in its second algorithm" broken_off
check "  a report of the first" look broken/report.html --has "Incomplete. Not at their end: losp" --figures 10
cp -r broken mixed
sed -i 's/"blas_core": "[^"]*"/"blas_core": "Other"/' mixed/run.json
goes_on() { "$simulate" -q --resume mixed >out 2>err && [ "$(wc -l <err)" -eq 1 ] && grep -q 'warning: the run was begun with .*Other.* cannot be compared bit for bit' err || { cat err; return 1; }; }
check "resumed on another machine: a warning" goes_on
check "  in run.json, which is JSON" python3 -c 'import json; assert "Other" in json.load(open("mixed/run.json"))["begun_with"]'
check "  and in the report" look mixed/report.html --has "The run was begun with" --has "its algorithms cannot be compared bit for bit"
resumed() { "$simulate" -q --resume broken >out 2>err && cmp broken/report.html whole/report.html; }
check "  resumed: the report of the run left alone" resumed

# ---- less than everything ----

must play timing "${short[@]}" --algorithm bsp,losp --no-train
check "nothing was trained: times alone" look timing/report.html --figures 3 --has "Nothing was trained"
must play traceless "${short[@]}" --algorithm bsp --set output.trace=none
check "without a timeline" look traceless/report.html --figures 9
check "  and no word of it" quiet traceless
must play none --algorithm bsp --iterations 40
check "output.report = no" test ! -e none/report.html

mkdir tools
for tool in sh awk sed cut cat; do ln -s "$(command -v $tool)" tools/$tool; done
without() { PATH=$scratch/tools "$simulate" "$smoke" -q -o without "${short[@]}" --algorithm bsp >out 2>err; }
check "without gnuplot a run ends well" without
check "  with one line that says so" same "$(cat err)" "simulate: warning: report: no figures: gnuplot is not installed"
check "  a report without figures that says so" look without/report.html --figures 0 --has "No figures: gnuplot is not installed"
mkdir elsewhere
cp bin/simulate elsewhere/
bare() { elsewhere/simulate --report without >out 2>err && { grep -q "the folder plots is not beside the program" err || [ ! -s err ]; }; }
check "without the scripts likewise, unless they are installed" bare
printf '#!/bin/sh\necho "set: broken" >&2\nexit 3\n' >tools/gnuplot
chmod +x tools/gnuplot
failing() { PATH=$scratch/tools "$simulate" --report without >out 2>err && grep -q 'no figures: gnuplot: set: broken' err && look without/report.html --figures 0; }
check "a gnuplot that fails is named" failing
signalled() { # a gnuplot that never ends, and a signal for the program
    printf '#!/bin/sh\necho $$ >pid\nexec sleep 60\n' >tools/gnuplot
    ln -sf "$(command -v sleep)" tools/sleep
    cp without/report.html before.html
    PATH=$scratch/tools "$simulate" --report without >out 2>err &
    local program=$! tries=0
    while [ ! -s without/pid ]; do
        [ $((tries++)) -lt 500 ] || return 1
        sleep 0.02
    done
    kill -TERM $program
    wait $program
    [ $? -eq 143 ] && ! kill -0 "$(cat without/pid)" 2>/dev/null && cmp before.html without/report.html
}
check "a signal ends it and its gnuplot, and changes nothing" signalled

# ---- of exchanges ----

must play rings "${short[@]}" --algorithm bsp,losp,asp --set network.exchange=ring
check "the report names exchanges where one is not the server" look rings/report.html --has "$(printf 'bspring')" --has "aspserver" --has exchange
check "  and draws their messages" look rings/report.html --has "message received"
check "  it does not where all have a server" sh -c '! grep -q "data-head=\"exchange" one/report.html'
check "  how idle workers are, and not the rest of it" sh -c 'grep -q "data-head=\"idle" one/report.html && ! grep -q "data-head=\"busy" one/report.html'
must "$simulate" --report -o both.html one rings >out
check "  runs with and without are rows of one table" look both.html --rows 6 --has "losp, exchange = ringring" --has "losp, exchange = serverserver"
older() { # a run of a program that wrote no such columns
    cp -r one old && awk -F, -v OFS=, 'NR == 1 {for (i = 1; i <= NF; i++) drop[i] = $i == "exchange" || $i == "utilisation"}
        {line = $1; for (i = 2; i <= NF; i++) if (!drop[i]) line = line "," $i; print line}' one/comparison.csv >old/comparison.csv &&
        "$simulate" --report -o older.html old rings >out 2>err && [ ! -s err ]
}
check "  a run of an older program" older
check "  has no word there" look older.html --rows 6 --has "losp, exchange = server–"

# ---- of budgets ----

timed=(--set experiment.iterations= --set experiment.virtual_time=60ms --set output.report=yes --algorithm bsp,losp)
must play timed "${timed[@]}"
no_speedup="No speed-up: the budget ends the runs, and there is no target."
check "a budget is said" look timed/report.html --figures 11 --has "An algorithm ends with its first update at or past the budget: 60 ms. $no_speedup"
check "  and in the legends" look timed/report.html --has "budget 60 ms"
check "  and on the terminal" grep -q ', seed 1, budget 60 ms; time is virtual, formula' timed.out
check "  no speed-up of 1" same "$(column timed speedup | xargs) $(grep -c speed-up timed.out)" "NaN NaN 0"
must play slower "${timed[@]}" --set network.bandwidth=50Mbit/s
must "$simulate" --report -o bounded.html timed slower >out
check "  nor of several runs" look bounded.html --rows 4 --has "$no_speedup"
must play sooner --iterations 40 --set experiment.virtual_time=60ms --algorithm bsp,losp --set output.report=yes
check "a bound that is reached before" same "$(column sooner speedup | grep -c NaN)" 0
must play sent --no-train --iterations 400 --set experiment.bytes=1MiB --algorithm local_sgd,bsp --set algorithm.local_sgd.local_steps=64
check "bytes end one of the two alone" same "$(column sent iterations | xargs), $(column sent speedup | xargs)" "512 52, 1 NaN"
must play spent "${timed[@]}" --no-train --set experiment.virtual_time= --set experiment.bytes=200kB
check "bytes end both: no speed-up" same "$(column spent speedup | xargs) $(grep -c speed-up spent.out)" "NaN NaN 0"
check "  as the report says" look spent/report.html --has "past the budget: 200 kB. $no_speedup"
must play aimed "${timed[@]}" --set experiment.target_accuracy=0.15 --set experiment.bytes=1GiB
check "a target has a speed-up" look aimed/report.html --has "budget: 60 ms or 1 GiB, whichever comes first. Speed-up: over bsp, to the target accuracy."

# ---- of several runs ----

for seed in 1 2 3; do
    for bandwidth in 1Gbit/s 20Mbit/s; do
        must play "s$seed-${bandwidth%bit/s}" "${short[@]}" --algorithm bsp,losp --seed $seed --set network.bandwidth=$bandwidth --set output.report=no
    done
done
odd=$'a b"c\'d\ne$(touch oops);*'
mkdir "$odd"
mv s3-1G "$odd/s3"
check "three seeds" "$simulate" --report -o seeds.html s1-1G s2-1G "$odd/s3"
check "  whole and well-formed" look seeds.html --figures 9 --rows 2 --has "The runs differ in their seeds alone" --has "seeds 1, 2, 3"
check "  a wide comparison is two tables" same "$(grep -c '<table class="comparison' seeds.html)" 2
check "  the first is not folded in a page of 80 rem" sh -c '[ "$(sed -nE "s/.*class=\"comparison fit([0-9]+).*/\1/p" seeds.html | head -n 1)" -le 80 ]'
check "  no column is there twice" same "$(grep -o '<td data-head="[^"]*"' seeds.html | sort | uniq -c | awk '{print $1}' | sort -u)" 2
check "  bands" grep -q 'fill-opacity' seeds.html
deviation() { # accuracy of losp: mean and standard deviation
    local text
    text=$(awk -F, 'FNR > 1 && $1 == "losp" {n++; s += $2; q += $2 * $2} END {m = s / n; printf "%.2f ± %.2f", 100 * m, 100 * sqrt((q - n * m * m) / (n - 1))}' \
        s1-1G/comparison.csv s2-1G/comparison.csv "$odd/s3/comparison.csv")
    look seeds.html --has "$text"
}
check "  mean ± standard deviation" deviation
check "  nothing was executed" test ! -e oops -a ! -e "$odd/oops"
check "  the same bytes again" sh -c '"$1" --report -o seeds2.html s1-1G s2-1G "$2/s3" >out && cmp seeds.html seeds2.html' - "$simulate" "$odd"
check "two bandwidths" "$simulate" --report s1-1G s1-20M s2-1G s2-20M "$odd/s3" s3-20M
check "  in report.html, each an own curve, and time to the target against bandwidth" look report.html --figures 10 --rows 4 \
    --has "network.bandwidth: 1Gbit/s; 20Mbit/s" --has "losp, bandwidth = 20Mbit/s"
same_names() { # the table and plots/list_curves.sh
    mkdir -p set
    ln -s "$PWD"/s?-* set/
    ln -s "$PWD/$odd/s3" set/
    sh "$root/plots/list_curves.sh" set | sed -E "s/^'([^']*)'.*/\1/" >names
    [ "$(wc -l <names)" -eq 4 ] || return 1
    sed -nE 's|<tr><th scope="row"><b>(.*)</th><td data-head="seeds">3</td>.*|\1|p' report.html | sed 's|</b>||; s|<wbr>||g; s|<br>| |g; s|  *| |g' | cmp - names
}
check "  the same names as in the figures" same_names
for i in 1 2; do must play "half$i" "${short[@]}" --algorithm bsp,losp --set output.report=no --set algorithm.losp.compensation=0.$i; done
check "a key of one algorithm leaves the others alone" "$simulate" --report -o losp.html half1 half2
check "  three rows" look losp.html --rows 3 --has "losp, compensation = 0.2"
check "  bsp is one" same "$(grep -c '<b>bsp</b>' losp.html)" 1
nothing_left() { rmdir tmp && mkdir tmp; }
check "no folder of links is left" nothing_left

# ---- not made with the same ----

# made FOLDER MEMBER VALUE: run.json says so.
made() { sed -i -E "s|^(  \"$2\": ).*|\1\"$3\",|" "$1/run.json"; }
for i in 1 2 3; do cp -r "half1" "host$i"; done
check "the same run twice" "$simulate" --report -o hosts.html host1 host2
check "  no word of what it was made with" sh -c '! grep -q "not made with" hosts.html && grep -q "The runs do not differ\. .* it is the same run again, and counts once" hosts.html'
made host2 blas_core SkylakeX
made host2 blas "OpenBLAS 0.3.21 DYNAMIC_ARCH SkylakeX"
made host3 version 0.0.9
made host3 cpu "Intel(R) Xeon(R) CPU @ 2.20GHz"
check "other kernels" "$simulate" --report -o kernels.html host1 host2
check "  are what the runs differ in" look kernels.html --rows 4 --has "BLAS kernels: $(member host1/run.json blas_core); SkylakeX" --has "bsp, BLAS kernels = SkylakeX"
check "  and it is said" look kernels.html --has "Runs of one seed can differ here, as they were not made with the same BLAS kernels"
check "  not in their seeds alone" sh -c '! grep -q "in their seeds alone" kernels.html'
check "another CPU and version" "$simulate" --report -o cpus.html host1 host3
check "  likewise" look cpus.html --rows 4 --has "not made with the same program version, CPU" --has "losp, program version = 0.0.9, CPU = Intel(R) Xeon(R) CPU @ 2.20GHz"
same_hosts() { # in the figures
    mkdir hosts && ln -s "$PWD"/host? hosts/ && sh "$root/plots/list_curves.sh" hosts complete | cut -d"'" -f2 >names &&
        "$simulate" --report -o all_hosts.html host1 host2 host3 >out &&
        python3 -c 'import html,re; [print(re.sub("<[^>]*>", "", html.unescape(t.replace("<br>", " "))).replace(",  ", ", ")) for t in re.findall("<tr><th scope=\"row\">(<b>.*?)</th>", open("all_hosts.html").read())]' | diff names -
}
check "  the same names as in the figures" same_hosts
for i in 1 2; do play often$i "${short[@]}" --algorithm bsp --seed $i --set output.eval_every=${i}0; done
check "other evaluations are no mean" "$simulate" --report -o often.html often1 often2
check "  but two curves" look often.html --rows 2 --has "output.eval_every: 10; 20"

# ---- many ----

# A limit of CPU time stands for: as many seconds as runs would be too many. gnuplot's functions end at a depth of 250.
many() {
    local i
    mkdir many
    for ((i = 1; i <= 300; i++)); do
        mkdir many/$i many/$i/bsp
        cp s1-1G/{run.json,comparison.csv} many/$i/
        cp s1-1G/bsp/*.csv many/$i/bsp/
        sed "s/^seed = .*/seed = $i/" s1-1G/resolved.ini >many/$i/resolved.ini
    done
    (ulimit -t 20 && "$simulate" --report -o many.html many/* >out 2>err) && [ ! -s err ] || { cat err; return 1; }
}
check "three hundred runs" many
check "  are one curve, with its figures" look many.html --rows 2 --figures 9
other_settings() {
    local i
    for ((i = 1; i <= 150; i++)); do sed -i "s/^latency = .*/latency = ${i}us/" many/$i/resolved.ini; done
    (ulimit -t 20 && PATH=$scratch/tools "$simulate" --report -o settings.html many/? many/?? many/1[0-4]? >out 2>err) || { cat err; return 1; }
}
rm tools/gnuplot
check "a hundred and fifty settings" other_settings
check "  are as many rows" look settings.html --rows 151

ended() { # SIGNAL STATUS: a report of several runs, while a gnuplot is drawing that never ends
    rm -f drawing
    printf '#!/bin/sh\necho $$ >%s/pid\n: >%s/drawing\nexec sleep 60\n' "$scratch" "$scratch" >tools/gnuplot
    chmod +x tools/gnuplot
    PATH=$scratch/tools "$simulate" --report -o ended.html s1-1G s2-1G >out 2>err &
    local program=$! tries=0
    while [ ! -e drawing ]; do
        [ $((tries++)) -lt 500 ] || return 1
        sleep 0.02
    done
    [ "$(find tmp -type l | wc -l)" -eq 2 ] || return 1
    for signal in $1; do kill -"$signal" $program; done
    wait $program
    [ $? -eq "$2" ] && [ ! -e ended.html ] || return 1
    for ((tries = 0; tries < 200; tries++)); do # a moment after a program that was killed
        [ -n "$(ls -A tmp)" ] || kill -0 "$(cat pid)" 2>/dev/null || return 0
        sleep 0.02
    done
    ls -A tmp
    return 1
}
check "ended by SIGTERM it leaves nothing" ended TERM 143
check "  by SIGINT" ended INT 130
check "  by SIGHUP" ended HUP 129
check "  by SIGKILL" ended KILL 137
ignoring() { (trap '' HUP && ended "HUP TERM" 143); }
check "a hang-up that is ignored, as nohup does it, does not end it" ignoring

# ---- what is refused ----

refused() { # PATTERN ARGUMENT...
    local pattern=$1
    shift
    "$simulate" --report "$@" >out 2>err
    [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || { cat err; return 1; }
}
cp seeds.html old.html
check "a file that is there" refused 'seeds.html exists' -o seeds.html s1-1G s2-1G
check "  is left alone" cmp old.html seeds.html
check "report.html here likewise" refused 'report.html exists' s1-1G s2-1G
check "one run into a file that is there" refused 'old.html exists' -o old.html s1-1G
check "no run" refused 'expected the folder of a run'
check "a folder that is no run" refused "expected the folder of a run or sweep, with a resolved.ini or sweep.ini, got 'bin'" bin
check "the same run twice" refused 'expected each run once, got it twice' s1-1G s1-1G/
rm none/comparison.csv
check "a run without a complete algorithm" refused 'expected a run with a complete algorithm' none
finish
