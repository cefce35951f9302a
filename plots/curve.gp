# One quantity against another, a curve for each algorithm of a run. Several runs that differ in their seeds alone make
# one curve of means with a band from minimum to maximum; runs that differ in other keys make curves of their own.
#
#   gnuplot -d -c plots/curve.gp RUN X Y FORMAT [OUT]
#   gnuplot -d -c plots/curve.gp results/lenet/latest virtual_s test_accuracy png accuracy_time.png
#   gnuplot -d -e "width_mm = 84; font_pt = 8" -c plots/curve.gp results/lenet virtual_s test_accuracy pdf accuracy_time.pdf
# Of runs with a budget (experiment.virtual_time, bytes) the axis of the budget ends there. Their last evaluation is there or behind it: the
# line to it is cut off at the axis, so that all curves reach the right edge.
#
# RUN     the folder of a run, or one with several of them in it; their <algorithm>/eval.csv are drawn
# X       virtual_s, iterations, round, epoch or bytes (up and down together)
# Y       test_accuracy, test_loss, validation_accuracy, validation_loss or train_loss; the target is that of the accuracy by which
#         the runs are judged (judged_on in comparison.csv)
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c curve.gp RUN X Y png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 4 || ARGC > 5 || (ARGC == 4 && ARG4 ne "dumb" && ARG4 ne "html")) printerr usage; exit status 2
run = ARG1; x_name = ARG2; y_name = ARG3; format = ARG4; out = ARG5
if (!strstrt(" virtual_s iterations round epoch bytes ", " ".x_name." ")) printerr usage."\nX: not ".x_name; exit status 2
if (!strstrt(" test_accuracy test_loss validation_accuracy validation_loss train_loss ", " ".y_name." ")) printerr usage."\nY: not ".y_name; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("curve.gp")]
load scripts."run.gp"
if (curves == 0) printerr run.": no <algorithm>/eval.csv with an evaluation here"; exit status 2
is_accuracy = y_name eq "test_accuracy" || y_name eq "validation_accuracy"
is_judged = is_accuracy ? y_name eq inside(tool("judged.awk")." ".quoted(first_run."/comparison.csv")." 2>/dev/null")."_accuracy" : 0
if (!is_judged) target = 0

# The mean of several seeds may cross the target where only some of them reached it: then the legend says so.
all = ""
do for [i = 1:curves] { all = all.sprintf(" curve=%d algorithm=%s", i, algorithm_of(i)).each_file(folders(i), "comparison.csv") }
reached = is_judged && seeds > 1 ? inside(tool("reached.awk").all." 2>/dev/null") : ""
some(n, of) = n > 0 && n < of ? sprintf(" (target: %d of %d)", n, of) : ""
label(i) = joined(marked(i), ", ", " = ").(words(reached) < 2 * i ? "" : some(int(word(reached, 2 * i - 1)), int(word(reached, 2 * i))))
do for [i = 1:curves] { longest = strlen(label(i)) > longest ? strlen(label(i)) : longest }
longest = strlen(budget_name) > longest ? strlen(budget_name) : longest
if (format eq "dumb" && budget_name ne "") title = title."   –   ".budget_name; budget_name = ""

if (format eq "html") wide = 420; tall = 290
load scripts."/style.gp"
target_name = target > 0 ? sprintf("target %g %%", target) : ""

all = ""
do for [i = 1:curves] { all = all.sprintf(" curve=%d", i).files(i, "eval.csv") }
columns = " -v x=".x_name." -v y=".y_name
table = inside(made(x_name."-".y_name, "", tool("band.awk").columns.all)." | ".tool("axis.awk").columns.sprintf(" -v target=%g -v budget=%.17g -v wide=%g -v tall=%g -v letters=%d", \
    target, x_name eq "virtual_s" ? budget_time : x_name eq "bytes" ? budget_bytes : 0, width - (beside ? 0.62 * longest + 14 : 8), plot_height, strlen(target_name)))
axes = table[1:strstrt(table, "\n") - 1]
table = table[strstrt(table, "\n") + 1:*]

marks = int(real(word(axes, 1)))
x_unit = real(word(axes, 2)); x_unit_name = word(axes, 3)
x_from = real(word(axes, 4)); x_to = real(word(axes, 5)); x_step = real(word(axes, 6)); x_log = int(word(axes, 7))
y_from = real(word(axes, 8)); y_to = real(word(axes, 9)); y_step = real(word(axes, 10)); y_log = int(word(axes, 11))
target_side = int(word(axes, 12)); target_at = real(word(axes, 13))
x_label = x_name eq "virtual_s" ? sprintf("Virtual time (%s)", x_unit_name) : x_name eq "bytes" ? sprintf("Traffic, up and down (%s)", x_unit_name) : \
    x_name eq "epoch" ? "Epoch" : x_name eq "round" ? "Round" : "Iterations, all workers"
y_label = y_name eq "test_accuracy" ? "Test accuracy (%)" : y_name eq "test_loss" ? "Test loss" : \
    y_name eq "validation_accuracy" ? "Validation accuracy (%)" : y_name eq "validation_loss" ? "Validation loss" : "Training loss"
y_factor = is_accuracy ? 100 : 1

script = "curve.gp"
numbers = "marks x_unit x_from x_to x_step x_log y_factor y_from y_to y_step y_log target_side target_at"
texts = "x_label y_label target_name budget_name"
load scripts."/keep.gp"
# ---- the picture ----
set title shown(cut(title, title_room))
set xlabel shown(x_label)
set ylabel shown(y_label)
if (format eq "dumb") unset ylabel; set label 1 y_label at graph 0, graph 1 left offset -6, 1
set format "%g"
if (x_to >= 1e5) set format x "%.0f"
set xrange [x_from:x_to]
set yrange [y_from:y_to]
if (x_log) set logscale x
if (y_log) set logscale y
if (x_step > 0) set xtics x_step
if (y_step > 0) set ytics y_step

# The target's name is where no curve is, else in the legend.
if (target > 0 && marks > 0) set arrow 1 from graph 0, first target to graph 1, first target nohead linecolor rgb grey dashtype 2 linewidth 1.2
if (target > 0 && marks > 0 && target_side != 0) \
    set label 2 shown(target_name) at graph target_at, first target right offset 0, 0.65 * target_side textcolor rgb axis font font_of(0.9)

more_name = target > 0 && marks > 0 && target_side == 0 ? target_name : ""
do for [k = 1:2] {
    if (more_name ne "") {
        key_lines = key_lines + 1
        key_text[key_lines] = more_name
        key_type[key_lines] = k == 1 ? 98 : 99
        if (key_columns > columns_of(strlen(more_name))) { key_columns = columns_of(strlen(more_name)) }
    }
    more_name = budget_name
}
if (!beside) set key maxcols key_columns
key_rows = (key_lines + key_columns - 1) / key_columns
if (!beside) set bmargin key_top + key_line * key_rows
if (!beside && is_small(0)) printerr out.": the legend leaves little room: more height, or shorter names"

if (out ne "") set output path_of(out)
if (marks == 0) set label 3 "no number in any evaluation" at graph 0.5, graph 0.5 center; set xrange [0:1]; set yrange [0:1]; plot NaN notitle; exit
seen(i) = column("curve") != i || (x_log && column("x") <= 0) ? NaN : column("x") / x_unit
y(name) = y_factor * column(name)
most_marks = width > 45 ? 12 : 7
bands = seeds > 1 && format ne "dumb" ? curves : 0
set style fill transparent solid 0.18 noborder
plot for [i = 1:bands] data using (seen(i)):(y("low")):(y("high")) with filledcurves linetype i notitle, \
    for [i = 1:curves] data using (seen(i)):(y("mean")) with linespoints linetype i pointinterval (marks > most_marks ? marks / most_marks : 1) notitle, \
    for [k = 1:key_lines] keyentry with linespoints linetype key_type[k] title shown(key_text[k])
