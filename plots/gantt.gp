# What the PS and each worker did in the first rounds of one algorithm: a row for the parameter server (PS) and one for
# each worker. A worker's row has its work below and its two links above, because messages may overlap with computing.
#
#   gnuplot -d -c plots/gantt.gp RUN ALGORITHM ROUNDS FORMAT [OUT]
#   gnuplot -d -c plots/gantt.gp results/lenet/latest osp 4 png gantt_osp.png
#
# RUN        the folder of a run; its ALGORITHM/timeline.csv is drawn, the first 32 workers at most
# ALGORITHM  the folder's name in it
# ROUNDS     how many rounds (updates of the PS), from 1
# FORMAT     png, svg, pdf, tikz (for LaTeX), dumb (characters) or html (svg to be part of a page)
# OUT        the file to write; needed except for dumb and html, which go to the terminal without it
# The heads of style.gp and run.gp have the variables that -e may set: sizes, title, labels.

usage = "usage: gnuplot -d -c gantt.gp RUN ALGORITHM ROUNDS png|svg|pdf|tikz|dumb|html [OUT]"
if (ARGC < 4 || ARGC > 5 || (ARGC == 4 && ARG4 ne "dumb" && ARG4 ne "html")) printerr usage; exit status 2
run = ARG1; algorithm = ARG2; rounds = int(real(ARG3)); format = ARG4; out = ARG5
if (rounds < 1) printerr usage."\nROUNDS: not ".ARG3; exit status 2

scripts = "./"
if (strstrt(ARG0, "/")) scripts = ARG0[1:strlen(ARG0) - strlen("gantt.gp")]
load scripts."run.gp"

# The last moment to draw (the last reply to these rounds; all there is when they are not complete), the number of
# workers, whether one was down.
facts = inside("awk -F, -v most=".rounds." 'NR > 1 { all = $4 > all ? $4 : all; n = $1 >= n ? $1 + 1 : n } \
    $2 == \"down\" { down = 1 } $2 == \"message\" { messages = 1 } $2 == \"round\" { made = $5 } \
    $5 <= most && ($2 == \"round\" || $2 == \"reply\") { last = $4 > last ? $4 : last } \
    END { if (n) printf \"%.0f %d %d %d\", made < most ? all : last, n, down, messages }' ".quoted("./".algorithm."/timeline.csv")." 2>/dev/null")
if (facts eq "") printerr run."/".algorithm.": no timeline.csv with a row here (output.trace)"; exit status 2
last = real(word(facts, 1)); workers = int(word(facts, 2)); downs = int(word(facts, 3)) # 1: a worker or the PS was down
messages = int(word(facts, 4)) # 1: of exchanges, from node to node: these are drawn, and not from the push to the update
workers = workers > 32 ? 32 : workers
legend = 6 + downs; longest = 11
if (format eq "html") wide = 1000; tall = 120 + (workers > 16 ? 18 : 34) * (workers + 1)
natural_mm = 34 + (workers > 16 ? 2.5 : 5) * (workers + 1)
load scripts."/style.gp"
table = inside(sprintf("awk -F, 'NR == 1 || ($1 < %d && $3 <= %.0f)' ", workers, last).quoted("./".algorithm."/timeline.csv"))
do for [i = 1:curves] { if (algorithm_of(i) eq algorithm) { algorithm = label(i); break } }
if (title ne "") title = title.dash
title = title.clean(algorithm)

script = "gantt.gp"
numbers = "last workers downs messages"
texts = ""
load scripts."/keep.gp"
# ---- the picture ----

i = last < 1e6 ? 1 : last < 1e9 ? 2 : last < 300e9 ? 3 : last < 3 * 3600e9 ? 4 : 5
unit = i == 1 ? 1e3 : i == 2 ? 1e6 : i == 3 ? 1e9 : i == 4 ? 60e9 : 3600e9
set xlabel sprintf("Virtual time (%s)", word("µs ms s min h", i))

# Where a row of that kind begins and ends; all others lie to the left of the picture.
is(name) = stringcolumn("what") eq name && column("worker") < workers && column("begin_ns") <= last
begin(name) = is(name) ? column("begin_ns") / unit : -1
end(name) = is(name) ? column("end_ns") / unit : -1
seen_end(name) = end(name) < last / unit ? end(name) : last / unit
line(above) = -1 - column("worker") + above
receiver(above) = -1 - (is("message") && column("receiver") < workers ? column("receiver") : NaN) + above
tall = workers > 8 ? workers / 8.0 : 1
server(above) = tall * (0.4 + above) - 0.4

set border 1
set xrange [0:last / unit]
set yrange [-workers - 0.6:server(0.6)]
set ytics scale 0 ("PS" server(0))
every = workers > 16 ? 4 : 1
do for [w = 0:workers - 1:every] { set ytics add (sprintf("worker %d", w) -1 - w) }
unset grid
set key outside bottom center horizontal Left reverse samplen sample maxcols key_columns
set title format eq "html" ? "" : shown(cut(title, title_room))

if (out ne "") set output path_of(out)
thin = workers > 8 ? 0.3 : 0.6
sent = messages ? "message" : "push"; got = messages ? "message" : "reply"
down = downs == 0 ? '' : ', data using (begin("down")):(0):(begin("down")):(end("down")):(line(-0.4)):(line(0)) \
    with boxxyerror fillstyle solid 0.8 border rgb ink linecolor rgb ink dashtype solid linewidth thin title "down"'
plot data using (end("round")):(-workers - 0.6):(0):(workers + 0.6 + server(0.12)) \
        with vectors nohead linecolor rgb grey dashtype 3 linewidth 0.8 notitle, \
    data using (begin("round")):(0):(begin("round")):(end("round")):(server(0.12)):(server(0.45)) \
        with boxxyerror fillstyle solid 0.25 border rgb axis linecolor rgb grey dashtype solid linewidth thin title "PS: round", \
    data using (0.5 * (begin("round") + seen_end("round"))):(server(0.285)):(sprintf("%d", column("version"))) with labels font font_of(0.75) notitle, \
    data using (begin("service")):(0):(begin("service")):(end("service")):(server(-0.4)):(server(0.08)) \
        with boxxyerror fillstyle solid 1 border rgb ink linecolor rgb ink dashtype solid linewidth 1 title "PS: service", \
    data using (begin("compute")):(0):(begin("compute")):(end("compute")):(line(-0.4)):(line(0)) \
        with boxxyerror fillstyle solid 0.9 border rgb paper linecolor rgb blue dashtype solid linewidth thin title "computing", \
    data using (begin("waiting")):(0):(begin("waiting")):(end("waiting")):(line(-0.4)):(line(0)) \
        with boxxyerror fillstyle pattern 4 border rgb orange linecolor rgb orange dashtype solid linewidth thin title "waiting", \
    data using (begin(sent)):(0):(begin(sent)):(end(sent)):(line(0.04)):(line(0.2)) \
        with boxxyerror fillstyle solid 0.9 border rgb paper linecolor rgb sky dashtype solid linewidth thin title messages ? "message sent" : "push", \
    data using (begin(got)):(0):(begin(got)):(end(got)):(messages ? receiver(0.24) : line(0.24)):(messages ? receiver(0.4) : line(0.4)) \
        with boxxyerror fillstyle solid 0.9 border rgb paper linecolor rgb green dashtype solid linewidth thin title messages ? "message received" : "reply" @down
