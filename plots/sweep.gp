# A result against the value of a key, for example time to the target against bandwidth: a curve for each algorithm. With
# several seeds a point is the mean, with a bar from minimum to maximum. If only some of the seeds have a number, for example because the others
# missed the target, there is no mean: a mark at the top says "1 of 3".
#
#   gnuplot -d -c plots/sweep.gp RUNS KEY COLUMN FORMAT [OUT]
#   gnuplot -d -c plots/sweep.gp sweep.csv network.bandwidth target_s pdf bandwidth.pdf
#
# RUNS    a folder with the folders of several runs in it, or a sweep.csv: its columns before `algorithm` are the point and keys, the
#         others those of comparison.csv
# KEY     network.bandwidth, network.latency or any other key with one number as its value
# COLUMN  of comparison.csv: target_s, virtual_s, test_accuracy, idle_share ...
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it

usage = "usage: gnuplot -d -c sweep.gp RUNS KEY COLUMN png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 4 || ARGC > 5 || (ARGC == 4 && ARG4 ne "dumb" && ARG4 ne "html")) printerr usage; exit status 2
run = ARG1; key = ARG2; column_name = ARG3; format = ARG4; out = ARG5

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("sweep.gp")]
but = key
sheet = ""
if (strlen(run) > 4 && run[strlen(run) - 3:*] eq ".csv") sheet = (run[1:1] eq "/" ? "" : "./").run; run = "."
load scripts."run.gp"

command = "LC_ALL=C ".tool("cells.awk")." -f ".quoted(scripts."/sweep.awk")." -v key=".quoted(key)." -v column=".quoted(column_name)
if (sheet ne "") {
    found = inside("export SHEET=".quoted(sheet)."; ".command." -v names=1 ".quoted(sheet)." 2>/dev/null | \
        awk '{ name = substr($0, 2, length($0) - 2); first = name; sub(/,.*/, \"\", first); print name \"\t\" first \"\t.\" }' | \
        LC_ALL=C awk -F '\t' -v marked=1 -f ".quoted(scripts."/text.awk")." -f ".quoted(scripts."/curves.awk").name_them)
    curves = words(found) / 3 - 2; longest = 0
    do for [i = 1:curves] { longest = strlen(label(i)) > longest ? strlen(label(i)) : longest }
    target = word(found, 2) eq "NaN" ? 0 : 100 * real(word(found, 2))
    title = (exists("experiment") ? experiment : clean(sheet)).(word(found, 3) eq "0" ? "" : "   –   SYNTHETIC DATA")
}
if (exists("heading")) title = heading
if (format eq "html") wide = 420; tall = 290
load scripts."/style.gp"

all = ""
if (sheet eq "") do for [i = 1:curves] { all = all.sprintf(" curve=%d algorithm=%s", i, algorithm_of(i)).each_file(folders(i), "comparison.csv") }
if (sheet ne "") all = " ".quoted(sheet)
table = inside(command.all." 2>/dev/null")
if (words(table) < 2) printerr run.": no run here with a number for ".key." and ".column_name; exit status 2
marks = inside(command." -v marks=1".all." 2>/dev/null")
marked_points = (words(marks) - 1) / 5
places = 0
do for [k = 1:marked_points] { if (int(word(marks, 5 * k + 1)) >= places) { places = int(word(marks, 5 * k + 1)) + 1 } }
over = column_name eq "speedup" ? inside(command." -v baseline=1".all." 2>/dev/null") : ""
if (column_name eq "speedup" && over eq "") printerr run.": no speed-up: it is over another algorithm in some runs"; exit status 2
before_keys(s) = strstrt(s, "\004") ? s[1:strstrt(s, "\004") - 1] : s
do for [i = 1:curves] { if (algorithm_of(i) eq over) { over = before_keys(marked(i)); break } }

drawn = inside(command.all." 2>/dev/null | awk -F, 'NR > 1 && $3 != \"none\" && !seen[$1]++ { print $1 }'") # others have no mean

key_name = labels_of eq "" ? "" : text(inside("true".name_them." -v axis=".quoted(key)." </dev/null"))
if (key_name eq "") key_name = key

script = "sweep.gp"
numbers = "marked_points places"
texts = "key key_name column_name over marks drawn"
load scripts."/keep.gp"
# ---- the picture ----
stats data using (column("x")) name "X" nooutput
Y_max = 1; LEAST_min = 0
if (int(word(marks, 1)) > 0) stats data using (column("high")) name "Y" nooutput; stats data using (column("low")) name "LEAST" nooutput

# The axes: logarithmic where values are far apart, with a tic at each value.
if (X_min > 0 && X_max > 5 * X_min) set logscale x; set xrange [X_min / 1.25:X_max * 1.25]
if (X_min <= 0 || X_max <= 5 * X_min) set xrange [X_min - 0.055 * (X_max - X_min):X_max + 0.055 * (X_max - X_min)]
if (X_min == X_max) set xrange [X_min - (X_min == 0 ? 1 : 0.1 * abs(X_min)):X_min + (X_min == 0 ? 1 : 0.1 * abs(X_min))]
unset mxtics
is_time = column_name eq "target_s" || column_name eq "virtual_s" || column_name eq "predicted_s" || column_name eq "communication_s"
is_share = column_name eq "test_accuracy" || column_name eq "best_accuracy" || column_name eq "idle_share"
factor = is_time ? 1 / time_unit(Y_max) : is_share ? 100 : 1
set format y "%g"
set yrange [0:*]
if (is_share) set yrange [0:*<100]
tics = plot_height / 2.2
if (Y_max > 0) set ytics step_of(factor * Y_max, tics < 2 ? 2 : tics > 8 ? 8 : tics)
if (!is_share && LEAST_min > 0 && Y_max > 10 * LEAST_min) set logscale y; set yrange [*:*]; set ytics autofreq
goal = target == 0 ? "the target" : sprintf("%g %%", target)
y_text = column_name eq "target_s" ? sprintf("Virtual time to %s (%s)", goal, time_name(Y_max)) : \
    column_name eq "virtual_s" ? sprintf("Virtual time (%s)", time_name(Y_max)) : \
    is_time ? sprintf("%s (%s)", column_name, time_name(Y_max)) : column_name eq "test_accuracy" ? "Test accuracy (%)" : \
    is_share ? column_name." (%)" : column_name eq "speedup" ? "Speed-up over ".over : column_name
set ylabel shown(y_text)
if (format eq "dumb") unset ylabel; set label 1 y_text at graph 0, graph 1 left offset -6, 1
unit = strstrt(key, "bandwidth") ? "bit/s" : key eq "compute.device" ? "FLOP/s" : \
    strstrt(" network.latency compute.seconds compute.overhead host.patience server.cost_per_byte ", " ".key." ") ? "s" : ""
set xlabel shown(key_name.(unit eq "" ? "" : " (".unit.")"))
set format x unit eq "" ? "%g" : "%.0s%c"
set xtics ()
do for [i = 1:int(X_records)] {
    stats data using (column("x")) every ::(i - 1)::(i - 1) name "TIC" nooutput
    set xtics add (TIC_min)
}
# Marks stand above the axes, where they are not taken for values.
lines_of_marks = (format eq "html" ? 1.3 : format eq "dumb" ? 2.0 : 1.7) * places
if (int(word(marks, 1)) == 0) set yrange [0:1]; unset ytics
if (places > 0) set tmargin lines_of_marks + (format eq "html" ? 1 : 3)
x_of(k) = real(word(marks, 5 * k - 2))
do for [k = 1:marked_points] {
    right_half = X_min > 0 && X_max > 5 * X_min ? x_of(k) > sqrt(X_min * X_max) : x_of(k) > (X_min + X_max) / 2
    text_of_mark = word(marks, 5 * k - 1)." of ".word(marks, 5 * k)
    height_of_mark = 1.05 + (format eq "html" ? 0.12 : 0.08) * int(word(marks, 5 * k + 1))
    if (right_half) { set label 100 + k text_of_mark at first x_of(k), graph height_of_mark right offset -0.8, 0 point linetype int(word(marks, 5 * k - 3)) }
    if (!right_half) { set label 100 + k text_of_mark at first x_of(k), graph height_of_mark left offset 0.8, 0 point linetype int(word(marks, 5 * k - 3)) }
}

if (!beside && is_small(lines_of_marks)) printerr out.": the legend leaves little room: more height, or shorter names"

if (out ne "") set output path_of(out)
set title shown(cut(title, title_room)) offset 0, lines_of_marks
y(name) = factor * column(name)
own(name, i) = column("curve") == i ? y(name) : NaN
if (words(drawn) == 0) plot NaN notitle, for [k = 1:key_lines] keyentry with linespoints linetype key_type[k] title shown(key_text[k]); exit
has_mean(k) = int(word(drawn, k))
plot for [k = 1:words(drawn)] data using (column("x")):(own("mean", has_mean(k))):(own("low", has_mean(k))):(own("high", has_mean(k))) \
        with yerrorbars linetype has_mean(k) dashtype solid pointtype 0 linewidth 1 notitle, \
    for [k = 1:words(drawn)] data using (column("curve") == has_mean(k) ? column("x") : NaN):(y("mean")) \
        with linespoints linetype has_mean(k) notitle, \
    for [k = 1:key_lines] keyentry with linespoints linetype key_type[k] title shown(key_text[k])
