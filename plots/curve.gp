# One quantity against another, a curve for each algorithm of a run.
#
#   gnuplot -c plots/curve.gp RUN X Y FORMAT [OUT]
#   gnuplot -c plots/curve.gp results/lenet/latest virtual_s test_accuracy png accuracy_time.png
#
# RUN     the folder of a run; its <algorithm>/eval.csv are drawn
# X       virtual_s, iterations, round, epoch or bytes (up and down together)
# Y       test_accuracy, test_loss or train_loss
# FORMAT  png, svg, pdf or dumb (characters)
# OUT     the file to write; needed except for dumb, which goes to the terminal without it

usage = "usage: gnuplot -c curve.gp RUN X Y png|svg|pdf|dumb [OUT]"
if (ARGC < 4 || ARGC > 5 || (ARGC == 4 && ARG4 ne "dumb")) printerr usage; exit status 2
run = ARG1; x_name = ARG2; y_name = ARG3; format = ARG4; out = ARG5
if (!strstrt(" virtual_s iterations round epoch bytes ", " ".x_name." ")) printerr usage."\nX: not ".x_name; exit status 2
if (!strstrt(" test_accuracy test_loss train_loss ", " ".y_name." ")) printerr usage."\nY: not ".y_name; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("curve.gp")]
load scripts."run.gp"
if (algorithms eq "") printerr run.": no <algorithm>/eval.csv with an evaluation here"; exit status 2
load scripts."/style.gp"

file(name) = run."/".name."/eval.csv"
amount(name) = name eq "bytes" ? column("bytes_up") + column("bytes_down") : \
    name eq "test_accuracy" ? 100 * column(name) : column(name)

# The ranges, which choose units and scales.
files = ""
do for [name in algorithms] { files = files." ".quoted("./".name."/eval.csv") }
ranges = inside("awk -F, -v x=".x_name." -v y=".y_name." -f ".quoted(scripts."/ranges.awk")." ".files)
x_start = real(word(ranges, 1)); x_least = real(word(ranges, 2)); x_end = real(word(ranges, 3))
no_y = word(ranges, 4) eq "none"
y_start = no_y ? 0 : real(word(ranges, 4)); y_end = no_y ? 0 : real(word(ranges, 5)); rows = int(word(ranges, 6))

x_unit = 1; x_label = x_name eq "epoch" ? "Epoch" : x_name eq "round" ? "Round" : "Iterations, all workers"
if (x_name eq "virtual_s") {
    i = x_end < 1 ? 1 : x_end < 300 ? 2 : x_end < 3 * 3600 ? 3 : 4
    x_unit = real(word("0.001 1 60 3600", i)); x_label = sprintf("Virtual time (%s)", word("ms s min h", i))
}
if (x_name eq "bytes") {
    i = x_end < 1 ? 0 : int(log(x_end) / log(1024))
    x_unit = 1024.0 ** i; x_label = sprintf("Traffic, up and down (%s)", word("B KiB MiB GiB TiB PiB", i + 1))
}
if (x_name eq "iterations" || x_name eq "round") set format x "%.0f"

y_label = y_name eq "test_accuracy" ? "Test accuracy (%)" : y_name eq "test_loss" ? "Test loss" : "Training loss"

# A logarithmic axis where the curves would else be squeezed into a corner.
set xrange [0:*]
if (x_name eq "bytes" && x_least > 0 && x_end > 10 * x_least) set logscale x; set xrange [x_start / x_unit:*]
if (y_name ne "test_accuracy" && y_start > 0 && y_end > 30 * y_start) set logscale y; set format y "%g"
set autoscale xfixmax
set offsets graph 0, graph 0.02, graph 0.04, graph 0.02

wanted = y_name eq "test_accuracy" ? entry("target_accuracy") : ""
target = wanted eq "" || wanted eq "NaN" ? 0 : 100 * real(wanted)
if (target > 0) {
    set arrow from graph 0, first target to graph 1, first target nohead linecolor "gray50" dashtype 2 linewidth 1.2
    set label sprintf("target %g %%", target) at graph 0.01, first target offset 0, 0.6 textcolor "gray40" font ",12"
}

if (out ne "") set output out
set title title
set xlabel x_label
set ylabel y_label
if (x_end == 0) set xrange [0:1]
if (y_start == y_end) set yrange [0:y_end > 0 ? y_name eq "test_accuracy" ? 100 : 2 * y_end : 1]
if (no_y) set label "no number in any evaluation" at graph 0.5, graph 0.5 center; set xrange [0:1]; plot NaN notitle; exit
plot for [i = 1:words(algorithms)] file(word(algorithms, i)) using (amount(x_name) / x_unit):(amount(y_name)) \
    with linespoints linetype i pointinterval (rows > 12 ? rows / 12 : 1) title word(algorithms, i)
