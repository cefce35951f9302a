# Performance profiles (Dolan and More 2002): for each algorithm the share of workloads in which it needs at most a factor of the fastest one's time
# to the target. At the left edge: where it is the fastest; at the right: where it reaches the target at all.
#
#   gnuplot -d -c plots/profile.gp PROFILES FORMAT [OUT]
#   gnuplot -d -c plots/profile.gp profiles.csv pdf profiles.pdf
#
# PROFILES  a profiles.csv: a row for each workload and algorithm
# FORMAT    png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT       the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c profile.gp PROFILES png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 2 || ARGC > 3 || (ARGC == 2 && ARG2 ne "dumb" && ARG2 ne "html")) printerr usage; exit status 2
run = "."; sheet = (ARG1[1:1] eq "/" ? "" : "./").ARG1; format = ARG2; out = ARG3

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("profile.gp")]
but = "-" # the curves are those of the sheet
load scripts."run.gp"

read(what) = "LC_ALL=C awk -v what=".what." -f ".quoted(scripts."/text.awk")." -f ".quoted(scripts."/cells.awk")." -f ".quoted(scripts."/profile.awk")." ".\
    quoted(sheet)." 2>/dev/null"
facts = inside(read("names")." | head -n 1")
if (words(facts) < 2) printerr ARG1.": no workload of a profiles.csv here"; exit status 2
found = inside("export SHEET=".quoted(sheet)."; ".read("names")." | tail -n +2 | LC_ALL=C awk -F '\t' -v marked=1 -f ".quoted(scripts."/text.awk")." -f ".\
    quoted(scripts."/curves.awk").name_them)
curves = words(found) / 3 - 2; longest = 0
do for [i = 1:curves] { longest = strlen(label(i)) > longest ? strlen(label(i)) : longest }
workloads = int(word(facts, 1)); most = real(word(facts, 2))
table = inside(read("table"))
title = exists("heading") ? heading : exists("experiment") ? experiment : ""
if (format eq "html") wide = 420; tall = 290
load scripts."/style.gp"

script = "profile.gp"
numbers = "workloads most"
texts = ""
load scripts."/keep.gp"
# ---- the picture ----
end = most > 1.05 ? most ** 1.06 : 1.1
set logscale x
set xrange [1:end]
set yrange [-0.02:1.03]
set ytics 0.25 format "%g"
set format y "%g"
if (end < 100) {
    set xtics ()
    unset mxtics
    do for [e = 0:2] { do for [d in end < 3 ? "1 1.2 1.5 2 2.5" : end < 12 ? "1 1.5 2 3 5" : "1 2 5"] { if (d * 10.0 ** e < end) { set xtics add (sprintf("%g", d * 10.0 ** e) d * 10.0 ** e) } } }
}
set xlabel shown("Time, as a factor of the fastest one's")
set ylabel shown(width < 45 ? sprintf("Share of %d workloads", workloads) : sprintf("Share of %d workloads within this factor", workloads))
if (format eq "dumb") unset ylabel; set label 1 sprintf("Share of %d workloads within this factor", workloads) at graph 0, graph 1 left offset -6, 1
set title shown(cut(title, title_room))
if (!beside && is_small(0)) printerr out.": the legend leaves little room: more height, or shorter names"
if (out ne "") set output path_of(out)
of(i, name) = column("curve") == i ? column(name) : NaN
plot for [i = 1:curves] data using (of(i, "ratio")):(of(i, "share")) with lines linetype i linewidth 2 notitle, \
    for [k = 1:key_lines] keyentry with lines linetype key_type[k] linewidth 2 title shown(key_text[k])
