# How the training data are split: a bubble for each worker and class. Its area is the number of training samples.
#
#   gnuplot -d -c plots/partition.gp RUN FORMAT [OUT]
#   gnuplot -d -c plots/partition.gp results/noniid/latest png partition.png
#
# RUN     the folder of a run: its partition.csv is drawn
# FORMAT  png, svg, pdf, dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it

usage = "usage: gnuplot -d -c partition.gp RUN png|svg|pdf|dumb|html [OUT]"
if (ARGC < 2 || ARGC > 3 || (ARGC == 2 && ARG2 ne "dumb" && ARG2 ne "html")) printerr usage; exit status 2
run = ARG1; format = ARG2; out = ARG3

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("partition.gp")]
curves = 1; legend = 0; longest = 0
inner(s) = strstrt(s, "'") ? s[1:strstrt(s, "'") - 1]."'\\''".inner(s[strstrt(s, "'") + 1:*]) : s
file = "'".inner((run[1:1] eq "/" ? "" : "./").run."/partition.csv")."'" # one word of a shell command, whatever it holds
load scripts."style.gp"

# A row for each worker and class that meet: worker, class, samples.
long = "awk -F, 'NR == 1 {for (i = 3; i <= NF; i++) {split($i, name, \"_\"); class[i] = name[2]} print \"worker,class,samples\"; next} ".\
       "{for (i = 3; i <= NF; i++) if ($i > 0) print $1 \",\" class[i] \",\" $i}' ".file." 2>/dev/null"
counted = int(real(system(long." | sed 1d | wc -l")))
if (counted == 0) printerr run.": no partition.csv with a row here"; exit status 2
set print $shares
print system(long)
set print

stats $shares using (column("samples")) name "N" nooutput
stats $shares using (column("worker")) name "W" nooutput
stats $shares using (column("class")) name "C" nooutput

# The largest bubble just fits between its neighbours.
across = (format eq "html" ? 0.8 : 1.0) * wide / (W_max + 1.0); up = 0.8 * tall / (C_max + 1.0)
largest = 0.14 * (across < up ? across : up)
if (largest < 0.4) largest = 0.4

unset key
set xlabel system("head -c 6 ".file) eq "client" ? "Client" : "Worker"
set ylabel "Class"
set format "%.0f"
set xrange [-0.6:W_max + 0.6]
set yrange [-0.6:C_max + 0.6]
if (W_max < 24) set xtics 1
if (C_max < 24) set ytics 1
set title sprintf("Training samples of each share and class; the largest bubble: %.0f", N_max)
if (format eq "html") unset title
if (out ne "") set output path_of(out)
if (format eq "dumb") plot $shares using (column("worker")):(column("class")):(sprintf("%.0f", column("samples"))) with labels
if (format ne "dumb") plot $shares using (column("worker")):(column("class")):(largest * sqrt(column("samples") / N_max)) \
        with points pointtype 7 pointsize variable linecolor rgb blue
