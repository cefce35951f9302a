# How the training data are split: a bubble for each worker and class. Its area is the number of training samples.
#
#   gnuplot -d -c plots/partition.gp RUN FORMAT [OUT]
#   gnuplot -d -c plots/partition.gp results/noniid/latest png partition.png
#
# RUN     the folder of a run: its partition.csv is drawn
# FORMAT  png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c partition.gp RUN png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 2 || ARGC > 3 || (ARGC == 2 && ARG2 ne "dumb" && ARG2 ne "html")) printerr usage; exit status 2
run = ARG1; format = ARG2; out = ARG3

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("partition.gp")]
load scripts."run.gp"
file = quoted((run[1:1] eq "/" ? "" : "./").run."/partition.csv")
legend = 0
load scripts."/style.gp"

# A row for each worker and class that meet: worker, class, samples.
long = "awk -F, 'NR == 1 {for (i = 3; i <= NF; i++) {split($i, name, \"_\"); class[i] = name[2]} print \"worker,class,samples\"; next} ".\
       "{for (i = 3; i <= NF; i++) if ($i > 0) print $1 \",\" class[i] \",\" $i}' ".file." 2>/dev/null"
counted = int(real(system(long." | sed 1d | wc -l")))
if (counted == 0) printerr run.": no partition.csv with a row here"; exit status 2
table = system(long)
title = exists("heading") ? heading : "Training samples of each share and class"
x_label = system("head -c 6 ".file) eq "client" ? "Client" : "Worker"

script = "partition.gp"
numbers = ""
texts = "x_label"
load scripts."/keep.gp"
# ---- the picture ----
stats data using (column("samples")) name "N" nooutput
stats data using (column("worker")) name "W" nooutput
stats data using (column("class")) name "C" nooutput

# The largest bubble just fits between its neighbours.
across = letter * (width - 8) / (W_max + 1.2); up = letter * plot_height / (C_max + 1.2) # of a worker and of a class, in points
set pointsize 1
largest = 0.9 * (across < up ? across : up) / (format eq "pdf" ? 6.8 : format eq "png" ? (printed ? 5 : 3.1) : format eq "tikz" ? 4.5 : 9.2) # of a dot
if (largest < 0.4) largest = 0.4

unset key
set xlabel x_label
set ylabel "Class"
set format "%.0f"
set xrange [-0.6:W_max + 0.6]
set yrange [-0.6:C_max + 0.6]
if (W_max < 24) set xtics 1
if (C_max < 24) set ytics 1
set title shown(cut(title.(title eq "" ? "" : sprintf("%slargest bubble: %.0f", dash, N_max)), title_room))
if (out ne "") set output path_of(out)
if (format eq "dumb") plot data using (column("worker")):(column("class")):(sprintf("%.0f", column("samples"))) with labels
if (format ne "dumb") plot data using (column("worker")):(column("class")):(largest * sqrt(column("samples") / N_max)) \
        with points pointtype 7 pointsize variable linecolor rgb blue
