# Where a server, or the network, is the bottleneck: the time of each algorithm's run as a bar, at each value of a key, on a
# logarithmic axis. The number on a bar is the share of that time in which the workers computed.
#
#   gnuplot -d -c plots/bottleneck.gp SHEET KEY FORMAT [OUT]
#   gnuplot -d -c plots/bottleneck.gp results/allreduce/latest/sweep.csv network.preset png allreduce.png
#
# SHEET   a sweep.csv
# KEY     a column of it before `algorithm`: the key with the values that make the groups, numbers or words
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it
# The head of style.gp has the variables that -e may set: sizes; and -e "heading = '...'" sets the title.

usage = "usage: gnuplot -d -c bottleneck.gp SWEEP.CSV KEY png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 3 || ARGC > 4 || (ARGC == 3 && ARG3 ne "dumb" && ARG3 ne "html")) printerr usage; exit status 2
sheet = ARG1; key = ARG2; format = ARG3; out = ARG4
scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("bottleneck.gp")]
title = exists("heading") ? heading : ""

# bars: number of groups, of algorithms; then group, algorithm, seconds, busy of each bar; of several seeds the mean. Names follow,
# a line each, in the order of the file.
quoted(s) = "'".s."'"
bars = strstrt(sheet, "'") ? "" : system("LC_ALL=C awk -F, -v key=".quoted(key)." -f ".quoted(scripts."bottleneck.awk")." ".quoted(sheet)." 2>/dev/null")
if (words(bars) < 2) printerr sheet.": no row here with a time and a value of ".key; exit status 2
groups = int(word(bars, 1)); curves = int(word(bars, 2)); n = int(word(bars, 3))
name(i) = system("LC_ALL=C awk -F, -v key=".quoted(key)." -v name=".i." -f ".quoted(scripts."bottleneck.awk")." ".quoted(sheet))
array Label[curves]; array Group[groups]
longest = 0
do for [i = 1:curves] { Label[i] = name(i); longest = strlen(Label[i]) > longest ? strlen(Label[i]) : longest }
do for [g = 1:groups] { Group[g] = name(curves + g) }
label(i) = Label[i]
legend = curves
natural_mm = 62
load scripts."style.gp"

# ---- the picture ----
cell_of(k, j) = real(word(bars, 3 + 4 * (k - 1) + j))
most = 0; least = 1e300
do for [k = 1:n] { most = cell_of(k, 3) > most ? cell_of(k, 3) : most; least = cell_of(k, 3) < least ? cell_of(k, 3) : least }
place(g, a) = (g - 1) * (curves + 1.5) + a
set logscale y
set yrange [10 ** floor(log10(least) - 0.3):most * 2]
set format y "%g"
set ylabel "Virtual time (s)"
set xrange [0:place(groups, curves) + 1]
set xtics scale 0 ("" 0)
do for [g = 1:groups] { set xtics add (for_tic(Group[g]) place(g, 0.5 + 0.5 * curves)) }
unset grid
if (format ne "dumb") set grid ytics linecolor rgb pale linewidth 0.7 linetype 1
set key maxcols key_columns
set title shown(title)
set style fill solid 0.9 border rgb paper
set boxwidth 0.86
do for [k = 1:n] { set label k sprintf(format eq "tikz" ? '%.0f\,\%%' : "%.0f %%", 100 * cell_of(k, 4)) at place(cell_of(k, 1), cell_of(k, 2)), cell_of(k, 3) * 1.12 center font font_of(0.75) textcolor rgb axis }
if (out ne "") set output out
is(k, a) = k > 0 && cell_of(k, 2) == a
plot for [a = 1:curves] [k = 0:n:1] '+' using (is(int($1), a) ? place(cell_of(int($1), 1), a) : NaN):(is(int($1), a) ? cell_of(int($1), 3) : NaN) with boxes linetype a dashtype solid title shown(label(a))
