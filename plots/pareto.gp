# The Pareto front of time, bytes and accuracy, two of them at a time: a mark for each algorithm, the mean of its seeds with bars from the least to
# the largest. A filled mark is on the front of all three: no other algorithm is at least as good in all of them and better in one. The line is the
# front of the two that the picture shows.
#
#   gnuplot -d -c plots/pareto.gp RUN X Y FORMAT [OUT]
#   gnuplot -d -c plots/pareto.gp results/lenet/latest time accuracy pdf pareto_time.pdf
#
# RUN     the folder of a run, or one with several of them in it; their comparison.csv are drawn
# X       time or bytes: to the target accuracy if the runs have one, else of the whole run
# Y       accuracy (of the last evaluation) or bytes
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c pareto.gp RUN time|bytes accuracy|bytes png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 4 || ARGC > 5 || (ARGC == 4 && ARG4 ne "dumb" && ARG4 ne "html")) printerr usage; exit status 2
run = ARG1; x_name = ARG2; y_name = ARG3; format = ARG4; out = ARG5
if (!strstrt(" time bytes ", " ".x_name." ")) printerr usage."\nX: not ".x_name; exit status 2
if (!strstrt(" accuracy bytes ", " ".y_name." ") || y_name eq x_name) printerr usage."\nY: not ".y_name; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("pareto.gp")]
load scripts."run.gp"
if (curves == 0) printerr run.": no <algorithm>/eval.csv with an evaluation here"; exit status 2
all = ""
do for [i = 1:curves] { all = all.sprintf(" curve=%d algorithm=%s", i, algorithm_of(i)).each_file(folders(i), "comparison.csv") }
table = inside(tool("pareto.awk")." -v x=".x_name." -v y=".y_name.all." 2>/dev/null")
says = table[1:strstrt(table, "\n") - 1]
table = table[strstrt(table, "\n") + 1:*]
if (!strstrt(table, "\n")) printerr run.": no algorithm has a time, bytes and an accuracy here"; exit status 2
goal = word(says, 1) eq "target" ? sprintf("to %g %%", 100 * real(word(says, 2))) : ""

# Algorithms that missed the target are in the legend alone.
on_front = word(says, 3); behind_front = word(says, 4)
missing = " ".word(says, 5)." "
label(i) = joined(marked(i), ", ", " = ").(strstrt(missing, sprintf(" %d ", i)) ? " (missed it)" : "")
do for [i = 1:curves] { longest = strlen(label(i)) > longest ? strlen(label(i)) : longest }
if (format eq "html") wide = 420; tall = 290
load scripts."/style.gp"

script = "pareto.gp"
numbers = ""
texts = "x_name y_name goal on_front behind_front"
load scripts."/keep.gp"
# ---- the picture ----
drawn_only(name) = column("curve") > 0 ? column(name) : NaN
stats data using (drawn_only("x_high")) name "X" nooutput
stats data using (drawn_only("x_low")) name "LEFT" nooutput
stats data using (drawn_only("y_high")) name "Y" nooutput
stats data using (drawn_only("y_low")) name "LOW" nooutput
byte_unit(n) = n < 1024 ? 1.0 : n < 1024.0**2 ? 1024.0 : n < 1024.0**3 ? 1024.0**2 : n < 1024.0**4 ? 1024.0**3 : 1024.0**4
byte_name(n) = n < 1024 ? "B" : n < 1024.0**2 ? "KiB" : n < 1024.0**3 ? "MiB" : n < 1024.0**4 ? "GiB" : "TiB"
unit(name, most) = name eq "time" ? time_unit(most) : name eq "bytes" ? byte_unit(most) : 0.01
behind = goal eq "" ? "" : " ".goal
name_of(name, most) = name eq "time" ? sprintf("Virtual time%s (%s)", behind, time_name(most)) : \
    name eq "bytes" ? sprintf("Traffic%s, up and down (%s)", behind, byte_name(most)) : "Test accuracy at the end (%)"
x_unit = unit(x_name, X_max); y_unit = unit(y_name, Y_max)
set xlabel shown(name_of(x_name, X_max))
set ylabel shown(name_of(y_name, Y_max))
if (format eq "dumb") unset ylabel; set label 1 name_of(y_name, Y_max) at graph 0, graph 1 left offset -6, 1
set title shown(cut(title, title_room))

# Logarithmic where values are far apart; the front reaches to the edges of the picture.
is_far(least, most) = least > 0 && most > 5 * least
x_least = LEFT_min / x_unit; x_most = X_max / x_unit; y_least = LOW_min / y_unit; y_most = Y_max / y_unit
pad(least, most) = most > least ? 0.09 * (most - least) : most > 0 ? 0.1 * most : 1
if (is_far(x_least, x_most)) set logscale x; x_from = x_least / (x_most / x_least) ** 0.09; x_to = x_most * (x_most / x_least) ** 0.09
if (!is_far(x_least, x_most)) x_from = x_least - pad(x_least, x_most); x_to = x_most + pad(x_least, x_most)
far_y = y_name eq "bytes" && is_far(y_least, y_most)
if (far_y) set logscale y; y_from = y_least / (y_most / y_least) ** 0.09; y_to = y_most * (y_most / y_least) ** 0.09
if (!far_y) y_from = y_least - pad(y_least, y_most); y_to = y_most + pad(y_least, y_most)
if (!far_y && y_from < 0) y_from = 0
if (y_name eq "accuracy" && y_to > 100) y_to = 100
set xrange [x_from:x_to]
set yrange [y_from:y_to]
set format "%g"
tics = (width - (beside ? 0.62 * longest + 14 : 8)) / 6
if (!is_far(x_least, x_most)) set xtics step_of(x_to - x_from, tics < 2 ? 2 : tics > 7 ? 7 : tics)
tics = plot_height / 2.2
if (!far_y) set ytics step_of(y_to - y_from, tics < 2 ? 2 : tics > 7 ? 7 : tics)

if (!beside && is_small(0)) printerr out.": the legend leaves little room: more height, or shorter names"
if (out ne "") set output path_of(out)
of(i, name, scale) = column("curve") == i ? column(name) / scale : NaN
nth(list, k) = int(word(list, k))
drawn = on_front." ".behind_front
set pointsize format eq "html" ? 1.1 : printed ? 0.7 * letter / 8 : 1.6
hollow(i) = int(word("6 4 8 10 12", (i - 1) % 5 + 1))
filled(i) = int(word("7 5 9 11 13", (i - 1) % 5 + 1))
plot data using (of(0, "x", x_unit)):(of(0, "y", y_unit)) with lines linecolor rgb grey linewidth 1.4 dashtype solid notitle, \
    for [k = 1:words(drawn)] data using (of(nth(drawn, k), "x", x_unit)):(of(nth(drawn, k), "y", y_unit)): \
        (of(nth(drawn, k), "x_low", x_unit)):(of(nth(drawn, k), "x_high", x_unit)):(of(nth(drawn, k), "y_low", y_unit)):(of(nth(drawn, k), "y_high", y_unit)) \
        with xyerrorbars linetype nth(drawn, k) dashtype solid pointtype 0 linewidth 1 notitle, \
    for [k = 1:words(drawn)] data using (of(nth(drawn, k), "x", x_unit)):(of(nth(drawn, k), "y", y_unit)) \
        with points linetype nth(drawn, k) pointtype (k > words(on_front) ? hollow(nth(drawn, k)) : filled(nth(drawn, k))) notitle, \
    for [k = 1:key_lines] keyentry with points linetype key_type[k] pointtype (key_type[k] == 99 ? 0 : filled(key_type[k])) title shown(key_text[k])
