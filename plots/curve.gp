# One quantity against another, a curve for each algorithm of a run. Several runs that differ in their seeds alone make
# one curve of means with a band from minimum to maximum; runs that differ in other keys make curves of their own.
#
#   gnuplot -d -c plots/curve.gp RUN X Y FORMAT [OUT]
#   gnuplot -d -c plots/curve.gp results/lenet/latest virtual_s test_accuracy png accuracy_time.png
#   gnuplot -d -c plots/curve.gp results/lenet virtual_s test_accuracy pdf accuracy_time.pdf
#
# RUN     the folder of a run, or one with several of them in it; their <algorithm>/eval.csv are drawn
# X       virtual_s, iterations, round, epoch or bytes (up and down together)
# Y       test_accuracy, test_loss or train_loss
# FORMAT  png, svg, pdf, dumb (characters) or html (svg to be part of a page)
# OUT     the file to write; needed except for dumb and html, which go to the terminal without it

usage = "usage: gnuplot -d -c curve.gp RUN X Y png|svg|pdf|dumb|html [OUT]"
if (ARGC < 4 || ARGC > 5 || (ARGC == 4 && ARG4 ne "dumb" && ARG4 ne "html")) printerr usage; exit status 2
run = ARG1; x_name = ARG2; y_name = ARG3; format = ARG4; out = ARG5
if (!strstrt(" virtual_s iterations round epoch bytes ", " ".x_name." ")) printerr usage."\nX: not ".x_name; exit status 2
if (!strstrt(" test_accuracy test_loss train_loss ", " ".y_name." ")) printerr usage."\nY: not ".y_name; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("curve.gp")]
load scripts."run.gp"
if (curves == 0) printerr run.": no <algorithm>/eval.csv with an evaluation here"; exit status 2
if (format eq "html") wide = 420; tall = 290
load scripts."/style.gp"

band(i) = tool("band.awk")." -v x=".x_name." -v y=".y_name.files(i, "eval.csv")
amount(name) = (y_name eq "test_accuracy" ? 100 : 1) * column(name)

# The ranges, which choose units and scales.
commands = ""
do for [i = 1:curves] { commands = commands.band(i)."; " }
ranges = inside("{ ".commands."} | ".tool("ranges.awk"))
x_start = real(word(ranges, 1)); x_least = real(word(ranges, 2)); x_end = real(word(ranges, 3))
no_y = word(ranges, 4) eq "none"
y_start = no_y ? 0 : real(word(ranges, 4)); y_end = no_y ? 0 : real(word(ranges, 5)); rows = int(word(ranges, 6))

x_unit = 1; x_label = x_name eq "epoch" ? "Epoch" : x_name eq "round" ? "Round" : "Iterations, all workers"
if (x_name eq "virtual_s") x_unit = time_unit(x_end); x_label = sprintf("Virtual time (%s)", time_name(x_end))
if (x_name eq "bytes") {
    i = x_end < 1 ? 0 : int(log(x_end) / log(1024))
    x_unit = 1024.0 ** i; x_label = sprintf("Traffic, up and down (%s)", word("B KiB MiB GiB TiB PiB", i + 1))
}
if (x_name eq "iterations" || x_name eq "round") set format x "%.0f"

y_label = y_name eq "test_accuracy" ? "Test accuracy (%)" : y_name eq "test_loss" ? "Test loss" : "Training loss"

# Few tics where the picture is small.
tenth = x_end > 0 ? 10.0 ** floor(log10(x_end / x_unit / 5)) : 1
step = tenth * (x_end / x_unit / 5 / tenth > 5 ? 10 : x_end / x_unit / 5 / tenth > 2 ? 5 : 2)
if (format eq "html") set xtics step

# A logarithmic axis where the curves would else be squeezed into a corner.
set xrange [0:*]
is_log = x_name eq "bytes" && x_least > 0 && x_end > 10 * x_least
if (is_log) set logscale x; set xtics autofreq; set xrange [x_start / x_unit:*]; set format x "%g"
if (y_name ne "test_accuracy" && y_start > 0 && y_end > 30 * y_start) set logscale y; set format y "%g"
seen(x) = x > 0 || !is_log ? x / x_unit : NaN
set autoscale xfixmax
set offsets graph 0, graph 0.02, graph 0.04, graph 0.02

wanted = y_name eq "test_accuracy" ? entry("target_accuracy") : ""
target = wanted eq "" || wanted eq "NaN" ? 0 : 100 * real(wanted)
if (target > 0) {
    set arrow from graph 0, first target to graph 1, first target nohead linecolor rgb grey dashtype 2 linewidth 1.2
    set label sprintf("target %g %%", target) at graph 0.99, first target right offset 0, -0.6 textcolor rgb axis font ",12"
}

if (out ne "") set output path_of(out)
set title title
set xlabel x_label
set ylabel y_label
if (x_end == 0) set xrange [0:1]
if (y_start == y_end) set yrange [0:y_end > 0 ? y_name eq "test_accuracy" ? 100 : 2 * y_end : 1]
if (no_y) set label "no number in any evaluation" at graph 0.5, graph 0.5 center; set xrange [0:1]; plot NaN notitle; exit
source(i) = "< ".in_run(band(i))
if (seeds > 1 && format ne "dumb") set style fill transparent solid 0.18 noborder
plot for [i = 1:(seeds > 1 && format ne "dumb" ? curves : 0)] source(i) \
        using (seen(column("x"))):(amount("low")):(amount("high")) with filledcurves linetype i notitle, \
    for [i = 1:curves] source(i) using (seen(column("x"))):(amount("mean")) \
        with linespoints linetype i pointinterval (rows > 12 ? rows / 12 : 1) title label(i)
