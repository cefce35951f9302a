# A forest plot of a verdict: a row for each claim with its effect and its interval, and a line at no difference. A filled mark is a claim: its
# interval excludes no difference.
#
#   gnuplot -d -c plots/forest.gp VERDICT MEASURE FORMAT [OUT]
#   gnuplot -d -c plots/forest.gp verdict.csv time pdf forest.pdf
#
# VERDICT   a verdict.csv
# MEASURE   time (factors of the reference's time) or accuracy (differences in points)
# FORMAT    png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT       the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c forest.gp VERDICT time|accuracy png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 3 || ARGC > 4 || (ARGC == 3 && ARG3 ne "dumb" && ARG3 ne "html")) printerr usage; exit status 2
run = "."; sheet = (ARG1[1:1] eq "/" ? "" : "./").ARG1; measure = ARG2; format = ARG3; out = ARG4
if (measure ne "time" && measure ne "accuracy") printerr usage."\nMEASURE: not ".measure; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("forest.gp")]
but = "-" # the rows are those of the sheet
load scripts."run.gp"

read(what) = "LC_ALL=C awk -v measure=".measure." -v what=".what." -f ".quoted(scripts."/text.awk")." -f ".quoted(scripts."/cells.awk")." -f ".\
    quoted(scripts."/forest.awk")." ".quoted(sheet)." 2>/dev/null"
facts = inside(read("facts"))
if (words(facts) < 9) printerr ARG1.": no claim about the ".measure." in a verdict.csv here"; exit status 2
row_words = inside(read("rows"))
table = inside(read("table"))
rows = int(word(facts, 1))
title = exists("heading") ? heading : exists("experiment") ? experiment : ""
curves = 0; longest = 14; legend = 3
if (format eq "html") wide = 1000; tall = 100 + 25 * rows
if (format eq "png" || format eq "svg") tall = 150 + 32 * rows
natural_mm = 26 + 4.2 * rows
load scripts."/style.gp"

script = "forest.gp"
numbers = "rows"
texts = "facts row_words measure"
load scripts."/keep.gp"
# ---- the picture ----
plain(s) = swap(swap(swap(s, "\001", "'"), "\002", '"'), "\003", "\\")
name_of(i) = plain(word(row_words, 4 * i - 3)); interval_of(i) = plain(word(row_words, 4 * i - 2)); is_heading(i) = word(row_words, 4 * i - 1) eq "1"; end_of(i) = word(row_words, 4 * i)
reference = plain(word(facts, 5)); reference = reference[2:*]
least = real(word(facts, 6)); most = real(word(facts, 7)); any = int(word(facts, 8))
none = measure eq "time" ? 1 : 0
level = sprintf("%.4g %%", 100 * real(word(facts, 3)))

# Room for names on the left, and for intervals on the right.
left = 1; right = 1
do for [i = 1:rows] {
    if (!is_heading(i)) {
        left = strlen(name_of(i)) > left ? strlen(name_of(i)) : left
        right = strlen(interval_of(i)) > right ? strlen(interval_of(i)) : right
    }
}
room_left = 0.62 * left > 0.28 * width ? int(0.28 * width / 0.62) : left
texts_right = format ne "dumb" && 0.62 * (room_left + right) + 10 < 0.85 * width
set lmargin format eq "dumb" ? room_left + 4 : 1.02 * room_left + 2
set rmargin texts_right ? 1.02 * right + 2 : 3

# No difference is always on the axis. An interval that goes far beyond the others ends at the edge of the picture.
if (!any) least = none; most = none
least = least < none ? least : none
most = most > none ? most : none
if (measure eq "time") {
    least = least > 0.001 ? least : 0.001
    most = most < 1000 ? most : 1000
    if (most / least < 1.5) { least = least / 1.25; most = most * 1.25 }
    set logscale x
    span = (most / least) ** 0.06
    set xrange [least / span:most * span]
    set format x "%g"
    if (most / least < 100) {
        set xtics ()
        unset mxtics
        do for [e = -3:3] { do for [d in most / least < 8 ? "1 1.5 2 3 4 5 6 7 8" : "1 2 5"] {
            tic = d * 10.0 ** e
            if (tic > least / span && tic < most * span) { set xtics add (sprintf("%g", tic) tic) }
        } }
    }
} else {
    span = most > least ? 0.06 * (most - least) : 1
    set xrange [least - span:most + span]
    set format x "%+g"
    set xtics step_of(most - least + 2 * span, width < 45 ? 4 : 8)
}
# Of an effect that is a bound, the arrow from it says on which side the true one is.
beyond(end, side) = measure eq "time" ? end * span ** (0.5 * side) : end + 0.5 * side * span
set yrange [rows + 0.6:0.4]
set ytics scale 0 ()
unset border
set border 1 linecolor rgb axis linewidth 0.8
unset grid
do for [i = 1:rows] {
    if (is_heading(i)) {
        set label i shown(name_of(i)) at graph 0, first i left offset -1.02 * room_left, 0 textcolor rgb axis
    } else {
        set ytics add (for_tic(strlen(name_of(i)) > room_left ? name_of(i)[1:room_left - 1]."…" : name_of(i)) i)
        if (!texts_right && interval_of(i) eq "undetermined") { set label i "undetermined" at graph 0.02, first i left textcolor rgb axis }
        if (end_of(i)[1:1] eq "<") { set arrow i + 1 from first real(end_of(i)[2:*]), first i to first beyond(real(end_of(i)[2:*]), -1), first i head filled linecolor rgb axis linewidth 1.4 }
        if (end_of(i)[1:1] eq ">") { set arrow i + 1 from first real(end_of(i)[2:*]), first i to first beyond(real(end_of(i)[2:*]), 1), first i head filled linecolor rgb axis linewidth 1.4 }
        if (texts_right) { set label i shown(interval_of(i)) at graph 1, first i left offset 1, 0 textcolor rgb ink }
    }
}
set arrow 1 from first none, graph 0 to first none, graph 1 nohead linecolor rgb axis linewidth 1.2 dashtype 2
owner = reference eq "" ? "the second one's" : reference."'s"
x_text = measure eq "time" ? sprintf("Time to the target as a factor of %s, %s intervals", owner, level) : \
    sprintf("Test accuracy less %s in points, %s intervals", owner, level)
x_room = int((width - 0.62 * room_left - (texts_right ? 0.62 * right : 0)) / 0.6)
x_text = cut(x_text, x_room > 200 ? 200 : x_room < 12 ? 12 : x_room)
set xlabel shown(x_text)
set title shown(cut(title, title_room))
set style line 1 linecolor rgb blue linewidth 2 pointtype 7
set style line 2 linecolor rgb word(podo, 2) linewidth 2 pointtype 5
set style line 3 linecolor rgb axis linewidth 1.4 pointtype 6
set style line 4 linecolor rgb axis linewidth 1.4 pointtype 13
set style line 5 linecolor rgb axis linewidth 1.4 pointtype 2
array kind_name[5]
kind_name[1] = measure eq "time" ? "claim: faster" : "claim: more"
kind_name[2] = measure eq "time" ? "claim: slower" : "claim: less"
kind_name[3] = "not told apart"
kind_name[4] = "equal in margin"
kind_name[5] = "undetermined"
kinds_here = word(facts, 9); kinds_here = kinds_here[2:*]
in_order = ""
do for [k = 1:5] { if (strstrt(kinds_here, sprintf("%d", k))) { in_order = in_order.sprintf(" %d", k) } }
key_columns = width < 45 ? 1 : 2
set key outside bottom center horizontal maxcols key_columns
key_rows = (words(in_order) + key_columns - 1) / key_columns
set bmargin key_top + key_line * key_rows + 1.15 * lines_of(x_text) - 0.5
set xlabel offset 0, 0.4 - 0.3 * (lines_of(x_text) - 1)
if (out ne "") set output path_of(out)
if (!any) set label 1000 "no interval: all claims are undetermined" at graph 0.5, graph 0.5 center; plot NaN notitle; exit
in(k, name) = column("kind") == k ? column(name) : NaN
set pointsize format eq "html" ? 0.9 : printed ? 0.6 * letter / 8 : 1.2
nth(list, k) = int(word(list, k))
plot for [k = 1:words(in_order)] data using (in(nth(in_order, k), "effect")):(column("row")):(in(nth(in_order, k), "low")):(in(nth(in_order, k), "high")) \
        with xerrorbars linestyle nth(in_order, k) dashtype solid pointtype 0 notitle, \
    for [k = 1:words(in_order)] data using (in(nth(in_order, k), "effect")):(column("row")) with points linestyle nth(in_order, k) notitle, \
    for [k = 1:words(in_order)] keyentry with points linestyle nth(in_order, k) title shown(kind_name[nth(in_order, k)])
