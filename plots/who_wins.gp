# The who-wins map of a comparison over two swept keys: a cell for each pair of values, with the colour and the mark of its winner. A cell is
# hatched where no algorithm beats every rival. The error is per cell: docs/comparing.md.
#
#   gnuplot -d -c plots/who_wins.gp MAP FORMAT [OUT]
#   gnuplot -d -c plots/who_wins.gp who_wins.csv pdf who_wins.pdf
#
# MAP       a who_wins.csv
# FORMAT    png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT       the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c who_wins.gp MAP png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 2 || ARGC > 3 || (ARGC == 2 && ARG2 ne "dumb" && ARG2 ne "html")) printerr usage; exit status 2
run = "."; sheet = (ARG1[1:1] eq "/" ? "" : "./").ARG1; format = ARG2; out = ARG3

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("who_wins.gp")]
but = "-" # the curves are those of the sheet
load scripts."run.gp"

aspect = 1.0
read(what) = "LC_ALL=C awk -v what=".what.sprintf(" -v aspect=%.3f -f ", aspect).quoted(scripts."/text.awk")." -f ".quoted(scripts."/cells.awk")." -f ".quoted(scripts."/who_wins.awk")." ".\
    quoted(sheet)." 2>/dev/null"
found = inside("export SHEET=".quoted(sheet)."; ".read("names")." | LC_ALL=C awk -F '\t' -v marked=1 -f ".quoted(scripts."/text.awk")." -f ".\
    quoted(scripts."/curves.awk").name_them)
curves = words(found) / 3 - 2; longest = strlen("no winner")
do for [i = 1:curves] { longest = strlen(label(i)) > longest ? strlen(label(i)) : longest }
axes_words = inside(read("axes"))
if (words(axes_words) < 11 || curves < 1) printerr ARG1.": no cell of a who_wins.csv here"; exit status 2
columns = int(word(axes_words, 6)); rows = int(word(axes_words, 7))
axis_name(key) = labels_of eq "" ? "" : text(inside("true".name_them." -v axis=".quoted(key)." </dev/null"))
x_name = axis_name(word(axes_words, 1)); if (x_name eq "") x_name = word(axes_words, 1)
y_name = axis_name(word(axes_words, 2)); if (y_name eq "") y_name = word(axes_words, 2)
title = exists("heading") ? heading : exists("experiment") ? experiment : ""
if (format eq "html") wide = 1000; tall = 110 + 62 * rows
if (format eq "png" || format eq "svg") tall = 130 + 78 * rows
natural_mm = 24 + 8 * rows
load scripts."/style.gp"
aspect = (beside ? 0.72 * width : width - 9.0) / columns / (1.05 * plot_height / rows)
aspect = aspect < 0.2 ? 0.2 : aspect > 10 ? 10 : aspect
table = inside(read("table"))

script = "who_wins.gp"
numbers = "columns rows"
texts = "axes_words x_name y_name"
load scripts."/keep.gp"
# ---- the picture ----
plain(s) = swap(swap(swap(s, "\001", "'"), "\002", '"'), "\003", "\\")
x_value(i) = plain(word(axes_words, 9 + i)); y_value(i) = plain(word(axes_words, 9 + columns + i))
won = word(axes_words, 8); won = won[2:*]; hatched = int(word(axes_words, 9))
set xrange [0.5:columns + 0.5]
set yrange [0.5:rows + 0.5]
set border 0
unset grid
set tics scale 0
set xtics ()
set ytics ()
letters_of_cell = int((beside ? 0.72 * width : width - 9) / columns / 0.62) - 1
letters_of_cell = letters_of_cell > 200 ? 200 : letters_of_cell < 1 ? 1 : letters_of_cell
# A value that is too wide has its unit below: "100", "Mbit/s".
digits(s) = strlen(s) == 0 || !strstrt("0123456789.+-", s[1:1]) ? 0 : 1 + digits(s[2:*])
in_cell(s) = strlen(s) <= letters_of_cell || digits(s) == 0 || format eq "dumb" ? s : s[1:digits(s)]."\n".s[digits(s) + 1:*]
unit_lines = 0
do for [i = 1:columns] { set xtics add (for_tic(in_cell(x_value(i))) i); unit_lines = strstrt(in_cell(x_value(i)), "\n") ? 1 : unit_lines }
do for [i = 1:rows] { set ytics add (for_tic(y_value(i)) i) }
set xlabel shown(x_name)
set ylabel shown(y_name)
set title shown(cut(title, title_room))

# A winner's name is in its cells where all names have room on two lines, else the marks and the legend say it.
fits = format ne "dumb" && letters_of_cell > 4 && plot_height / rows > 4.2
do for [i = 1:curves] { fits = fits && lines_of(cut(label(i), letters_of_cell > 4 ? letters_of_cell : 5)) <= 2 }
middle(i, from, to) = column("curve") == i ? 0.5 * (column(from) + column(to)) : NaN
edge(i, name) = column("curve") == i ? column(name) : NaN
up = fits ? 0.22 : 0

# One line of the legend is for cells without a winner.
if (!beside) set key maxcols key_columns
key_rows = (key_lines + key_columns) / key_columns
if (!beside) set bmargin key_top + 1.2 * unit_lines + key_line * key_rows; set xlabel offset 0, 0.4 - 0.8 * unit_lines
if (is_small(rows)) printerr out.": the legend leaves little room: more height, or shorter names"
if (out ne "") set output path_of(out)
fill = 0.5
set pointsize format eq "html" ? 1 : printed ? 0.7 * letter / 8 : 1.4
winner_at(i) = fits ? for_plot(shown(cut(label(i), letters_of_cell))) : ""
nth(k) = words(won) < k ? 1 : int(word(won, k))
if (words(won) == 0) plot data using (edge(-1, "x")):(edge(-1, "y")):(edge(-1, "to_x") - edge(-1, "x")):(edge(-1, "to_y") - edge(-1, "y")) \
        with vectors nohead linecolor rgb grey linewidth 0.9 dashtype solid notitle, \
    data using (middle(0, "x", "to_x")):(middle(0, "y", "to_y")):(edge(0, "x")):(edge(0, "to_x")):(edge(0, "y")):(edge(0, "to_y")) \
        with boxxyerror fillstyle empty border rgb paper linecolor rgb paper dashtype solid linewidth 2 notitle, \
    for [k = 1:key_lines] keyentry with points linetype key_type[k] linewidth 1.2 title shown(key_text[k]), \
    keyentry with boxes fillstyle pattern 4 border rgb grey linecolor rgb grey dashtype solid linewidth 0.8 title "no winner"; exit
plot for [k = 1:words(won)] data using (middle(nth(k), "x", "to_x")):(middle(nth(k), "y", "to_y")):(edge(nth(k), "x")):(edge(nth(k), "to_x")):(edge(nth(k), "y")):(edge(nth(k), "to_y")) \
        with boxxyerror fillstyle solid fill border rgb paper linetype nth(k) dashtype solid linewidth 2 notitle, \
    for [k = 1:hatched] data using (edge(-k, "x")):(edge(-k, "y")):(edge(-k, "to_x") - edge(-k, "x")):(edge(-k, "to_y") - edge(-k, "y")) \
        with vectors nohead linecolor rgb grey linewidth 0.9 dashtype solid notitle, \
    for [k = 1:hatched] data using (middle(0, "x", "to_x")):(middle(0, "y", "to_y")):(edge(0, "x")):(edge(0, "to_x")):(edge(0, "y")):(edge(0, "to_y")) \
        with boxxyerror fillstyle empty border rgb paper linecolor rgb paper dashtype solid linewidth 2 notitle, \
    for [k = 1:words(won)] data using (middle(nth(k), "x", "to_x")):(middle(nth(k), "y", "to_y") + up) \
        with points linetype nth(k) linecolor rgb ink linewidth 1.2 notitle, \
    for [k = 1:(fits ? words(won) : 0)] data using (middle(nth(k), "x", "to_x")):(middle(nth(k), "y", "to_y") - 0.12):(winner_at(nth(k))) \
        with labels textcolor rgb ink notitle, \
    for [k = 1:key_lines] keyentry with points linetype key_type[k] linewidth 1.2 title shown(key_text[k]), \
    keyentry with boxes fillstyle pattern 4 border rgb grey linecolor rgb grey dashtype solid linewidth 0.8 title "no winner"
