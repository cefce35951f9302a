# Where the time of a worker went, algorithm by algorithm: computing and waiting on top of each other, communication
# beside them because it may run under the computing. Means over the workers; a line marks the end of the run.
#
#   gnuplot -c plots/time_split.gp RUN FORMAT [OUT]
#   gnuplot -c plots/time_split.gp results/lenet/latest png time_split.png
#
# RUN     the folder of a finished run; its time.csv is drawn
# FORMAT  png, svg, pdf or dumb (characters)
# OUT     the file to write; needed except for dumb, which goes to the terminal without it

usage = "usage: gnuplot -c time_split.gp RUN png|svg|pdf|dumb [OUT]"
if (ARGC < 2 || ARGC > 3 || (ARGC == 2 && ARG2 ne "dumb")) printerr usage; exit status 2
run = ARG1; format = ARG2; out = ARG3

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("time_split.gp")]
load scripts."run.gp"
if (inside("sed 1d time.csv 2>/dev/null") eq "") printerr run.": no time.csv with a row here"; exit status 2
load scripts."/style.gp"

file = run."/time.csv"
stats file using (column("compute_s") + column("waiting_s")) name "STACK" nooutput
stats file using (column("communication_s")) name "BESIDE" nooutput
stats file using (column("virtual_s")) name "END" nooutput
top = STACK_max > BESIDE_max ? STACK_max : BESIDE_max
top = END_max > top ? END_max : top

i = top < 1 ? 1 : top < 300 ? 2 : top < 3 * 3600 ? 3 : 4
unit = real(word("0.001 1 60 3600", i))
set ylabel sprintf("Virtual time per worker (%s)", word("ms s min h", i))

# A bar from low to high, left or right of the middle of its algorithm.
high(name) = column(name) / unit
half = 0.18
left(row) = row - half - 0.01
right(row) = row + half + 0.01

set style fill solid 0.85 border rgb "#4d4d4d"
set xrange [-0.6:STACK_records - 0.4]
set yrange [0:top / unit * 1.05]
unset grid
if (format ne "dumb") set grid ytics linecolor rgb "#dddddd" linewidth 0.7 linetype 1
set xtics scale 0
if (STACK_records > 6) set xtics rotate by -30
if (format eq "dumb") set key outside top center horizontal

if (out ne "") set output out
set title title
plot file using (left($0)):(0):(left($0) - half):(left($0) + half):(0):(high("compute_s")) \
        with boxxyerror linecolor rgb "#0072b2" dashtype solid linewidth 1 title "computing", \
    file using (left($0)):(0):(left($0) - half):(left($0) + half):(high("compute_s")):(high("compute_s") + high("waiting_s")) \
        with boxxyerror linecolor rgb "#e69f00" dashtype solid linewidth 1 fillstyle pattern 4 title "waiting", \
    file using (right($0)):(0):(right($0) - half):(right($0) + half):(0):(high("communication_s")) \
        with boxxyerror linecolor rgb "#56b4e9" dashtype solid linewidth 1 title "communication", \
    file using 0:(high("virtual_s")):(2 * half + 0.04):xticlabels(stringcolumn("algorithm")) \
        with xerrorbars pointtype 0 linecolor rgb "#000000" dashtype solid linewidth 1.8 title "end of the run"
