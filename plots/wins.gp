# At how many points of a sweep an algorithm is faster than the first one: a bar for each combination of values of the keys in
# sweep.count_by, the largest share above, with a part for each algorithm.
#
#   gnuplot -d -c plots/wins.gp WINS BASELINE FORMAT [OUT]
#   gnuplot -d -c plots/wins.gp sweep_wins.csv BSP pdf wins.pdf
#
# WINS      a sweep_wins.csv
# BASELINE  what the picture calls the first algorithm
# FORMAT    png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT       the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c wins.gp WINS BASELINE png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 3 || ARGC > 4 || (ARGC == 3 && ARG3 ne "dumb" && ARG3 ne "html")) printerr usage; exit status 2
run = "."; sheet = (ARG1[1:1] eq "/" ? "" : "./").ARG1; baseline = ARG2; format = ARG3; out = ARG4

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("wins.gp")]
but = "-" # the curves are those of the sheet
load scripts."run.gp"

read(what) = "LC_ALL=C awk -v what=".what." -f ".quoted(scripts."/text.awk")." -f ".quoted(scripts."/cells.awk")." -f ".quoted(scripts."/wins.awk")." ".\
    quoted(sheet)." 2>/dev/null"
found = inside("export SHEET=".quoted(sheet)."; ".read("names")." | LC_ALL=C awk -F '\t' -v marked=1 -f ".quoted(scripts."/text.awk")." -f ".\
    quoted(scripts."/curves.awk").name_them)
curves = words(found) / 3 - 2; longest = 0
do for [i = 1:curves] { longest = strlen(label(i)) > longest ? strlen(label(i)) : longest }
bar_words = inside(read("bars"))
bars = words(bar_words) / 3
if (bars == 0 || curves < 1) printerr ARG1.": no row of a sweep_wins.csv here"; exit status 2
table = inside(read("table"))
title = exists("heading") ? heading : exists("experiment") ? experiment : ""
if (format eq "html") wide = 1000; tall = 105 + 44 * bars
natural_mm = 24 + 8 * bars
load scripts."/style.gp"

script = "wins.gp"
numbers = "bars"
texts = "baseline bar_words"
load scripts."/keep.gp"
# ---- the picture ----
stats data using (column("to")) name "TO" nooutput

# The name of a bar is above it; what it counts is behind it.
plain(s) = swap(swap(swap(s, "\001", "'"), "\002", '"'), "\003", "\\")
name_of(b) = plain(word(bar_words, 3 * b - 2)); count_of(b) = word(bar_words, 3 * b - 1); length_of(b) = real(word(bar_words, 3 * b))
most = TO_max > 0 ? TO_max : 1
room_of_count = (0.62 * strlen(count_of(1)) + 1) / ((beside ? 0.72 * width : width) - 3)
whole = most / (1 - (room_of_count < 0.5 ? room_of_count : 0.5))
set ytics scale 0 ("" 0)
set xrange [0:whole]
set yrange [bars + 0.5:0.35]
step = step_of(whole, width < 45 ? 4 : 8)
set xtics step < 1 ? 1 : step
unset grid
if (format ne "dumb") set grid xtics linecolor rgb pale linewidth 0.7 linetype 1
do for [b = 1:bars] {
    set label 2 * b - 1 shown(name_of(b)) at first 0, first b - 0.32 left offset (format eq "dumb" ? 2 : 0.2), 0 textcolor rgb axis
    set label 2 * b shown(count_of(b)) at first length_of(b), first b + 0.11 left offset (format eq "dumb" ? 2 : 0.6), 0 textcolor rgb ink
}
set xlabel shown("Points at which it is faster than ".baseline)
set title shown(cut(title, title_room))
set key maxcols key_columns
if (format eq "dumb") set key outside top center horizontal
if (is_small(bars)) printerr out.": the legend leaves little room: more height, or shorter names"

if (out ne "") set output path_of(out)
style(i) = i == 99 ? i : i + 1 # other pictures have the first algorithm in the first style
part(i, name) = column("curve") == i ? column(name) : NaN
plot for [i = 1:curves] data using (part(i, "from")):(column("bar")):(part(i, "from")):(part(i, "to")):(column("bar") - 0.1):(column("bar") + 0.32) \
        with boxxyerror fillstyle solid 0.9 border rgb paper linetype style(i) dashtype solid linewidth 0.6 notitle, \
    for [k = 1:key_lines] keyentry with boxes fillstyle solid 0.9 border rgb paper linetype style(key_type[k]) dashtype solid title shown(key_text[k])
