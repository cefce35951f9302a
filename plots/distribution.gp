# Histograms of the local iterations in a push (K), or of the staleness of pushes: a row for each algorithm. A bar shows
# the share of pushes with this value. Each row has its own scale; the mean and the share of the tallest bar are beside it.
#
#   gnuplot -d -c plots/distribution.gp RUN WHAT FORMAT [OUT]
#   gnuplot -d -c plots/distribution.gp results/lenet/latest staleness png staleness.png
#
# RUN     the folder of a run, or one with several of them in it; their <algorithm>/workers.csv are drawn (of seeds: all pushes together)
# WHAT    k or staleness
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c distribution.gp RUN k|staleness png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 3 || ARGC > 4 || (ARGC == 3 && ARG3 ne "dumb" && ARG3 ne "html")) printerr usage; exit status 2
run = ARG1; what = ARG2; format = ARG3; out = ARG4
if (what ne "k" && what ne "staleness") printerr usage."\nWHAT: not ".what; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("distribution.gp")]
of_seeds = "all pushes of %d seeds"
load scripts."run.gp"
legend = 0
if (format eq "html") wide = 420; tall = 80 + (longest > 16 ? 62 : curves < 4 ? 60 : 46) * curves
natural_mm = 24 + (longest > 7 ? 10 : 6) * curves
load scripts."/style.gp"

all = ""
do for [i = 1:curves] { all = all.sprintf(" curve=%d", i).files(i, "workers.csv") }
table = inside(made(what, " | ".tool("histogram.awk")." -v counted=1", tool("histogram.awk")." -v what=".what.all." 2>/dev/null"))
if (words(table) < 2) printerr run.": no <algorithm>/workers.csv with a row here"; exit status 2

script = "distribution.gp"
numbers = ""
texts = "what"
load scripts."/keep.gp"
# ---- the picture ----
stats data using (column("at") + column("half")) name "RIGHT" nooutput
least = what eq "k" ? 0.5 : -0.5

unset key
set border 1
set xrange [least:RIGHT_max > least + 2 ? RIGHT_max : least + 2]
set yrange [-curves - 0.05:0.05]
set xlabel what eq "k" ? "Local iterations in a push (K)" : "Staleness (updates of the server meanwhile)"
set format x "%.0f"
if (RIGHT_max < 12) set xtics 1
set ytics scale 0 textcolor rgb ink
set format y ""
set ytics ("" 0)
above = longest > (format eq "html" ? 16 : 0.24 * width) # long names stand above their rows
do for [i = 1:curves] {
    if (!above) { set ytics add (for_tic(label(i)) -i + 0.35) }
    if (above) { set label 10 + i shown(label(i)) at graph 0, first -i + (format eq "html" ? 0.86 : 0.82) left textcolor rgb ink font font_of(0.9) }
}
if (above) set lmargin 4
unset grid
if (format ne "dumb") set grid xtics linecolor rgb pale linewidth 0.7 linetype 1
set bmargin 3.6
set rmargin 15
set label 1 "mean" at graph 1, graph 1 offset 6, 0.3 right textcolor rgb axis font font_of(0.9)
set label 2 "tallest" at graph 1, graph 1 offset 13, 0.3 right textcolor rgb axis font font_of(0.9)
if (format eq "html") set tmargin 1.6
do for [i = 1:curves] { set arrow from graph 0, first -i to graph 1, first -i nohead linecolor rgb axis linewidth 0.6 }

if (out ne "") set output path_of(out)
set title shown(cut(title, title_room)) offset 0.5 * (15 - (above ? 4 : 0.9 * longest + 1)), 0 # in the middle of the picture, not of the axis
height = above ? 0.62 : 0.8
left(x) = x < least ? least : x
once(text) = column("first") == 1 ? text : ""
end = RIGHT_max > least + 2 ? RIGHT_max : least + 2
plot data using (column("at")):(-column("curve")):(left(column("at") - 0.92 * column("half"))):(column("at") + 0.92 * column("half")): \
        (-column("curve")):(-column("curve") + height * column("part")) \
        with boxxyerror fillstyle solid 0.9 noborder linecolor rgb blue dashtype solid, \
    data using (end):(-column("curve") + 0.35):(once(sprintf("%.3g", column("mean")))) \
        with labels right offset 6, 0 textcolor rgb ink, \
    data using (end):(-column("curve") + 0.35):(column("part") == 1 ? for_plot(sprintf("%.3g %%", 100 * column("share"))) : "") \
        with labels right offset 13, 0 textcolor rgb ink
