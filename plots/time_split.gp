# How the workers spent their time, a bar for each: computing, computing while one of its messages is in flight
# (communication that costs no time), waiting, down after a crash. The height of a bar is the time of the run. If there
# are too many bars, each is a mean over workers.
#
#   gnuplot -d -c plots/time_split.gp RUN FORMAT [OUT]
#   gnuplot -d -c plots/time_split.gp results/lenet/latest png time_split.png
#
# RUN     the folder of a run, or one with several of them in it; their <algorithm>/totals.csv are drawn (of seeds: the mean)
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c time_split.gp RUN png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 2 || ARGC > 3 || (ARGC == 2 && ARG2 ne "dumb" && ARG2 ne "html")) printerr usage; exit status 2
run = ARG1; format = ARG2; out = ARG3

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("time_split.gp")]
of_seeds = "mean of %d seeds"
load scripts."run.gp"
legend = 3
points_given = exists("font_pt") ? font_pt : 8.0
ems = (exists("width_mm") ? width_mm : 84.0) / 25.4 * 72 / points_given
letters_given = 1.9075 * (ems - 6) / (curves < 1 ? 1 : curves) # of a line below a bar
natural_mm = 54 + (longest <= 7 ? 0 : longest <= 12 ? 0.13 * points_given * longest : \
    letters_given >= 9 ? 0.41 * points_given * (1 + longest / letters_given) : 0.21 * points_given * (longest < 45 ? longest : 45))
if (format eq "html") wide = 1000; tall = 380
named = longest; longest = 19
load scripts."/style.gp"
most_bars = int(2.4 * width)

all = ""
do for [i = 1:curves] { all = all.sprintf(" curve=%d", i).files(i, "totals.csv") }
table(mean) = tool("split.awk")." -v mean=".mean.all." 2>/dev/null"
counted = inside(table(0)." | sed 1d | wc -l")
bars = counted eq "" ? 0 : int(real(counted))
if (bars == 0) printerr run.": no <algorithm>/totals.csv with overlapped_ns and a row here"; exit status 2
table = inside(table(bars > most_bars ? 1 : 0))

script = "time_split.gp"
numbers = "named bars most_bars"
texts = ""
load scripts."/keep.gp"
# ---- the picture ----
stats data using (1e-9 * (column("alone") + column("overlapped") + column("waiting") + column("down"))) name "ALL" nooutput
stats data using "down" name "DOWN" nooutput
unit = 1e-9 / time_unit(ALL_max)
set ylabel sprintf("Virtual time%s (%s)", width < 45 ? "" : bars > most_bars ? " of a worker, mean" : " of each worker", time_name(ALL_max))
if (format eq "dumb") unset ylabel; set label 1 sprintf("Virtual time (%s)", time_name(ALL_max)) at graph 0, graph 1 left offset -6, 1

# From the top of one part to the top of the next.
low(part) = column(part) == 0 ? -2 : unit * (part eq "alone" ? 0 : column("alone") + (part eq "waiting" || part eq "down" ? column("overlapped") : 0) + (part eq "down" ? column("waiting") : 0))
high(part) = column(part) == 0 ? -1 : low(part) + unit * column(part)
left(row) = column("x") - column("half")
right(row) = column("x") + column("half")

# A name under each group: on several lines where it is long, or aslant.
room = 1.75 * (width - (beside ? 20 : 6)) / curves # characters of a line
aslant = room < (named < 24 ? named : 20)
narrow = aslant && width < 45 && named > 12 # an aslant last name would leave the picture
small = narrow && 1.09 * room >= 9 # letters that have room for a word
if (small) { aslant = 0; room = 1.09 * room }
upright = narrow && !small
bar_name(i) = small ? cut(label(i), int(room)) : aslant || named < 24 ? label(i) : folded(i)
most_lines = 1
do for [i = 1:curves] { most_lines = lines_of(bar_name(i)) > most_lines ? lines_of(bar_name(i)) : most_lines }
# Upright names are shortened where a given height has no room for them: in the middle, since the values at the end tell them apart.
longest_name = named < 45 ? named : 45
fitting = int((left_over(0) - 5) / 0.6)
if (upright && fitting < longest_name) { longest_name = fitting < 8 ? 8 : fitting }
lines = aslant ? 1 + (upright ? 0.6 : 0.35) * longest_name / line : most_lines
shortened = upright && longest_name < (named < 45 ? named : 45)
if (shortened || is_small(lines - 1)) printerr out.": the names of the bars and the legend leave little room: more height, or shorter names"
set xtics scale 0 ("" 0)
name(i) = shown(upright && strlen(bar_name(i)) > longest_name ? bar_name(i)[1:(longest_name - 1) / 2]."…".bar_name(i)[strlen(bar_name(i)) - longest_name / 2 + 1:*] : bar_name(i))
small_font = font_of(0.9)
if (small) set xtics font small_font
per_cents = 0 # a tic's label with one is a format, of which gnuplot keeps 50 bytes; a label is not
do for [i = 1:curves] { per_cents = per_cents + (strstrt(name(i), "%") > 0) }
do for [i = 1:curves] {
    if (per_cents == 0) { set xtics add (name(i) i) }
    if (per_cents > 0 && aslant) { set label 100 + i name(i) at first i, graph 0 left rotate by (upright ? -90 : -35) offset 0, -0.6 textcolor rgb axis }
    if (per_cents > 0 && !aslant) { set label 100 + i name(i) at first i, graph 0 center offset 0, -1 textcolor rgb axis font font_of(small ? 0.9 : 1) }
}
if (aslant) set xtics rotate by (upright ? -90 : -35)
if (!beside && format ne "dumb") set bmargin key_top - 0.6 + (lines - 1) + key_line * key_rows
if (beside && format ne "dumb" && (per_cents > 0 || (!aslant && lines > 1))) set bmargin 1.4 + 1.25 * lines # gnuplot leaves out lines that have no room
tics = (plot_height - line * (lines - 1)) / 2.2
set ytics step_of(ALL_max * 1e9 * unit, tics < 2 ? 2 : tics > 8 ? 8 : tics)
set xrange [0.4:curves + 0.6]
set yrange [0:ALL_max * 1e9 * unit * 1.03]
unset grid
if (format ne "dumb") set grid ytics linecolor rgb pale linewidth 0.7 linetype 1
if (format eq "dumb") set key outside top center horizontal

if (out ne "") set output path_of(out)
set title shown(cut(title, title_room))
set key maxcols key_columns
edge = bars > 60 && bars <= most_bars ? 0.3 : 0.6
down = DOWN_max == 0 ? '' : ', data using (column("x")):(0):(left(0)):(right(0)):(low("down")):(high("down")) \
    with boxxyerror fillstyle solid 0.8 border rgb ink linecolor rgb ink dashtype solid linewidth edge title "down"'
plot data using (column("x")):(0):(left(0)):(right(0)):(low("alone")):(high("alone")) \
        with boxxyerror fillstyle solid 0.95 border rgb paper linecolor rgb blue dashtype solid linewidth edge title "computing alone", \
    data using (column("x")):(0):(left(0)):(right(0)):(low("overlapped")):(high("overlapped")) \
        with boxxyerror fillstyle solid 0.95 border rgb paper linecolor rgb sky dashtype solid linewidth edge title "while communicating", \
    data using (column("x")):(0):(left(0)):(right(0)):(low("waiting")):(high("waiting")) \
        with boxxyerror fillstyle pattern 4 border rgb orange linecolor rgb orange dashtype solid linewidth edge title "waiting" @down
