# The style of all plots. The other scripts load this file after run.gp. They set `format` before, and may set `wide` and
# `tall`, the size of an svg in pixels (png and pdf in proportion; html is taller by its legend), and `legend`, the number
# of names in the legend.
#
# The colours (podo) can be told apart by colour-blind readers. Each has a dash and a point type, so that curves differ in
# black and white, too. The format html is SVG without title and background, for a page that has both; the page replaces
# exactly these colours by its own (sim/report/svg.c).

known = words(format) == 1 && strstrt(" png svg pdf dumb html ", " ".format." ") > 0
if (!known) printerr sprintf("'%s' is no format: expected png, svg, pdf, dumb or html", format); exit status 2

reset; set decimalsign # what a ~/.gnuplot may have set; gnuplot -d reads none

if (!exists("wide")) wide = 1000
if (!exists("tall")) tall = 600
if (!exists("legend")) legend = curves

# The legend, of `legend` names: beside the plot while they are short. Below it in as many columns as have room.
beside = format ne "html" && longest <= 24
key_columns = int((wide - 70) / (8.0 * longest + 55)); key_columns = key_columns < 1 ? 1 : key_columns
if (format eq "html") tall = tall + 21 * ((legend + key_columns - 1) / key_columns)

set encoding utf8
if (format eq "png") set terminal pngcairo size 1.4 * wide, 1.4 * tall font "DejaVu Sans,15" linewidth 1.6 noenhanced
if (format eq "svg") set terminal svg size wide, tall dynamic font "DejaVu Sans,15" background "white" noenhanced
if (format eq "pdf") set terminal pdfcairo size (0.018 / 2.54 * wide), (0.018 / 2.54 * tall) font "DejaVu Sans,11" noenhanced
if (format eq "dumb") set terminal dumb 100, 32 noenhanced
if (format eq "html") set terminal svg size wide, tall dynamic font "sans-serif,13" noenhanced

# Columns are named in the scripts, never numbered.
set datafile separator comma
set datafile missing "NaN"
set datafile columnheaders

ink = "#000000"; axis = "#4d4d4d"; pale = "#dddddd"; paper = "#ffffff"; grey = "#999999"
blue = "#0072b2"; sky = "#56b4e9"; orange = "#e69f00"; green = "#009e73"

# The colours of podo, its yellow last: it is hard to see on white. A solid line, then dashes, dots and mixtures; after eight the same
# colours again, with other dashes and points.
podo = "#000000 #d55e00 #0072b2 #009e73 #e69f00 #56b4e9 #cc79a7 #f0e442"
set linetype 1 dashtype solid pointtype 7
set linetype 2 dashtype (16,5) pointtype 5
set linetype 3 dashtype (16,5,4,5) pointtype 9
set linetype 4 dashtype (5,4) pointtype 11
set linetype 5 dashtype (28,6) pointtype 13
set linetype 6 dashtype solid pointtype 6
set linetype 7 dashtype (16,5,4,5,4,5) pointtype 4
set linetype 8 dashtype (5,4) pointtype 8
set linetype 9 dashtype (28,6,4,6) pointtype 12
set linetype 10 dashtype (4,8) pointtype 10
set linetype 11 dashtype solid pointtype 4
set linetype 12 dashtype (16,5) pointtype 6
set linetype 13 dashtype (5,4) pointtype 7
set linetype 14 dashtype (16,5,4,5) pointtype 5
set linetype 15 dashtype (28,6) pointtype 9
set linetype 16 dashtype solid pointtype 11
do for [i = 1:16] { set linetype i linecolor rgb word(podo, (i - 1) % 8 + 1) linewidth 1.8 }
set linetype cycle 16
if (format eq "dumb") do for [i = 1:16] { set linetype i pointtype i }

set border 3 linecolor rgb axis linewidth 0.8
set tics nomirror out scale 0.6 textcolor rgb axis
set grid linecolor rgb pale linewidth 0.7 linetype 1
set title font ",17"
if (format eq "dumb") unset grid
if (format eq "html") title = ""

if (beside) set key outside right top vertical Left reverse samplen 3.5 spacing 1.3
if (!beside) set key outside bottom center horizontal Left reverse samplen (format eq "html" ? 2.5 : 3.5) spacing 1.2 maxcols key_columns
if (!beside && format ne "dumb") set bmargin 3.4 + 1.25 * ((legend + key_columns - 1) / key_columns)
if (!beside) set xlabel offset 0, 0.4
if (format eq "html") set pointsize 0.7; set rmargin 2; set tmargin 1
if (format eq "dumb") set key inside right bottom vertical Right noreverse

# A path as gnuplot must get it, for which "< x" and "| x" are commands.
path_of(name) = (name[1:1] eq "/" ? "" : "./").name

# A file or a virtual time in the unit that suits it, of which `largest` is the most.
time_index(largest) = largest < 1 ? 1 : largest < 300 ? 2 : largest < 3 * 3600 ? 3 : 4
time_unit(largest) = real(word("0.001 1 60 3600", time_index(largest)))
time_name(largest) = word("ms s min h", time_index(largest))
