# The look that all plots share. Loaded by the other scripts, which set `format` before.
#
# Colours that colour-blind readers tell apart (podo), and a dash and a point type for each of them, so that curves
# differ in black and white too.

set encoding utf8
if (format eq "png") set terminal pngcairo size 1400,840 font "DejaVu Sans,15" linewidth 1.6 noenhanced
if (format eq "svg") set terminal svg size 1000,600 dynamic font "DejaVu Sans,15" background "white" noenhanced
if (format eq "pdf") set terminal pdfcairo size 18cm,10.8cm font "DejaVu Sans,11" noenhanced
if (format eq "dumb") set terminal dumb 100,32 noenhanced

known = words(format) == 1 && strstrt(" png svg pdf dumb ", " ".format." ") > 0
if (!known) printerr sprintf("'%s' is no format: expected png, svg, pdf or dumb", format); exit status 2

# Columns are named in the scripts, never numbered.
set datafile separator comma
set datafile missing "NaN"
set datafile columnheaders

# The colours of podo, its yellow last: it is hard to see on white. A solid line, then dashes, dots and mixtures.
set linetype 1 linecolor rgb "#000000" linewidth 1.8 dashtype solid pointtype 7
set linetype 2 linecolor rgb "#d55e00" linewidth 1.8 dashtype (16,5) pointtype 5
set linetype 3 linecolor rgb "#0072b2" linewidth 1.8 dashtype (16,5,4,5) pointtype 9
set linetype 4 linecolor rgb "#009e73" linewidth 1.8 dashtype (5,4) pointtype 11
set linetype 5 linecolor rgb "#e69f00" linewidth 1.8 dashtype (28,6) pointtype 13
set linetype 6 linecolor rgb "#56b4e9" linewidth 1.8 dashtype solid pointtype 6
set linetype 7 linecolor rgb "#cc79a7" linewidth 1.8 dashtype (16,5,4,5,4,5) pointtype 4
set linetype 8 linecolor rgb "#f0e442" linewidth 1.8 dashtype (5,4) pointtype 8
set linetype cycle 8
if (format eq "dumb") do for [i = 1:8] { set linetype i pointtype i }

set border 3 linecolor rgb "#4d4d4d" linewidth 0.8
set tics nomirror out scale 0.6
set grid linecolor rgb "#dddddd" linewidth 0.7 linetype 1
set title font ",17"
set key outside right top vertical Left reverse samplen 3.5 spacing 1.3
if (format eq "dumb") unset grid; set key inside right bottom Right noreverse
