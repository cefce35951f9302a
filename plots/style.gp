# The style of all pictures: size, letters, colours, dashes, room for the legend. The other scripts load this file after
# run.gp; a script that --keep leaves has a copy of it. The file calls no other program.
#
# Before it is loaded: `format`; `curves`, and `longest`, the length of the longest name; perhaps `legend`, the number of names in the
# legend where these are not the curves. A call may set (gnuplot -d -e "width_mm = 84" -c ...)
#   width_mm, height_mm  the printed size. Without it pdf and tikz have one column, 84 mm x 60 mm; png and svg the size of a screen
#   font_pt              the letters in points at that size (default 8)
#   dots                 dots of an inch of a png (default 300 of a printed size)
# and a picture may set `wide` and `tall`, its size on a screen in pixels, and `natural_mm`, the height that it needs in a column.
#
# The colours (podo) can be told apart by colour-blind readers. Each has a dash and a point type, so that curves differ in
# black and white, too. The format html is SVG without title and background, for a page that has both; the page replaces
# exactly these colours by its own (sim/report/svg.c).

known = words(format) == 1 && strstrt(" png svg pdf tikz dumb html ", " ".format." ") > 0
if (!known) printerr sprintf("'%s' is no format: expected png, svg, pdf, tikz, dumb or html", format); exit status 2

reset; set decimalsign # what a ~/.gnuplot may have set; gnuplot -d reads none
set encoding utf8

if (!exists("wide")) wide = 1000
if (!exists("tall")) tall = 600
by_curve = !exists("legend")
if (by_curve) legend = curves
if (!exists("natural_mm")) natural_mm = 60

# `letter` is the size of the letters in points. `width` and `height` of the picture are in letters (em).
printed = format eq "pdf" || format eq "tikz" || ((format eq "png" || format eq "svg") && (exists("width_mm") || exists("height_mm")))
if (printed && !exists("width_mm")) width_mm = 84.0
letter = exists("font_pt") ? font_pt : printed ? 8.0 : format eq "html" ? 9.75 : 11.25
width = format eq "dumb" ? 60.0 : (printed ? width_mm / 25.4 * 72 : 0.75 * wide) / letter

# The legend, of `legend` names: beside the plot while they are short and there is room. Below it in as many columns as have room;
# names that are wider than the picture go on in the next line.
sample = width > 45 ? 3.5 : 2.5
cell = format eq "svg" || format eq "html" ? 0.78 : 0.68 # what gnuplot takes for the width of a letter in the legend
room = int(width / cell - sample - 2.7); room = room > 200 ? 200 : room < 8 ? 8 : room # letters of a line; functions end at a depth of 250
beside = format ne "html" && format ne "dumb" && width > 45 && 0.62 * longest < 0.25 * width
columns_of(letters) = int(width / (cell * (letters + sample + 3))) > 1 ? int(width / (cell * (letters + sample + 3))) : 1
key_columns = columns_of(longest)
key_rows = longest <= room ? (legend + key_columns - 1) / key_columns : legend * (1 + int(1.5 * longest) / room)

# A line of text in letters, one of the legend in lines, and the lines between plot and legend.
line = format eq "svg" || format eq "html" ? 1.45 : format eq "dumb" ? 1.0 : 1.16
key_line = format eq "svg" ? 1.02 : 1.25
key_top = format eq "svg" || format eq "html" || format eq "dumb" ? 3.4 : format eq "tikz" ? 3.6 : 3.1

# Lines that a long title has besides its first.
title_room = int(width / 0.66) > 200 ? 200 : int(width / 0.66)
title_rows = !exists("title") || format eq "html" || strlen(title) <= title_room ? 0 : 1 + strlen(title) / title_room
if (format eq "html") tall = tall + 21 * key_rows
natural_mm = natural_mm + 0.35 * letter * line * title_rows
natural_mm = natural_mm + (key_rows > 2 ? 0.35 * letter * line * key_line * (key_rows - 2) : 0)
if (printed && !exists("height_mm")) height_mm = natural_mm > width_mm * 60 / 84.0 ? natural_mm : width_mm * 60 / 84.0
height = format eq "dumb" ? 29.0 + key_rows : (printed ? height_mm / 25.4 * 72 : 0.75 * tall) / letter
plot_height = height - line * (3 + title_rows + (beside ? 3 : key_top + key_line * key_rows))
if (!exists("dots")) dots = printed ? 300.0 : 134.4

set_png = 'set terminal pngcairo size %d,%d font "DejaVu Sans,%g" fontscale %g linewidth %g pointscale %g noenhanced'
set_svg = 'set terminal svg size %d,%d %s font "DejaVu Sans,%g" background "white" linewidth %g dashlength %g noenhanced'
set_pdf = 'set terminal pdfcairo size %gcm,%gcm font "DejaVu Sans,%g" fontscale 0.75 linewidth 1.2 dashlength 0.4 noenhanced'
set_tikz = "set terminal tikz size %gmm,%gmm font '%s' charsize %gpt,%gpt linewidth 0.8 dashlength 0.4"
across(inch) = int((printed ? width_mm / 25.4 : wide / 96.0) * inch + 0.5)
up(inch) = int((printed ? height_mm / 25.4 : tall / 96.0) * inch + 0.5)
latex_font(scale) = sprintf('\fontsize{%.3g}{%.3g}\selectfont', scale * letter, 1.2 * scale * letter)
if (format eq "png") eval sprintf(set_png, across(dots), up(dots), letter, dots / 96.0, (printed ? 0.8 : 1.15) * dots / 96.0, printed ? dots / 96.0 : 1)
if (format eq "svg") eval sprintf(set_svg, across(96), up(96), printed ? "fixed" : "dynamic", letter / 0.75, printed ? 0.7 : 1, printed ? 0.6 : 1)
if (format eq "pdf") eval sprintf(set_pdf, width_mm / 10.0, height_mm / 10.0, letter)
if (format eq "tikz") eval sprintf(set_tikz, width_mm, height_mm, latex_font(1), 0.62 * letter, 1.2 * letter)
if (format eq "dumb") set terminal dumb 100, height noenhanced
if (format eq "html") set terminal svg size wide, tall dynamic font "sans-serif,13" noenhanced

# Letters of another size, for `font`.
points = format eq "svg" || format eq "html" ? letter / 0.75 : letter
font_of(scale) = format eq "tikz" ? latex_font(scale) : sprintf(",%.4g", scale * points)
# A text as the format takes it: TeX reads signs as commands, and gnuplot the label of a tic as a format.
swap(s, from, to) = strstrt(s, from) ? s[1:strstrt(s, from) - 1].to.swap(s[strstrt(s, from) + strlen(from):*], from, to) : s
tex_1(s) = swap(swap(swap(s, '\', "\001"), '{', '\{'), '}', '\}')
tex_2(s) = swap(swap(swap(swap(swap(s, '%', '\%'), '_', '\_'), '&', '\&'), '#', '\#'), '$', '\$')
tex_3(s) = swap(swap(swap(swap(s, '~', '\textasciitilde{}'), '^', '\textasciicircum{}'), '<', '\textless{}'), '>', '\textgreater{}')
shown(s) = format eq "tikz" ? swap(tex_3(tex_2(tex_1(s))), "\001", '\textbackslash{}') : s
for_tic(s) = swap(shown(s), "%", "%%")
for_plot(s) = swap(shown(s), '\', '\\') # "with labels" reads backslashes once more
# A text on lines of at most n letters: cut at the last dash, else behind a comma, at a blank, behind an underscore, anywhere.
dash = "   –   "
back(s, sign, n) = n < 2 ? 0 : s[n:n + strlen(sign) - 1] eq sign ? n : back(s, sign, n - 1)
cut_at(s, n, end, next) = s[1:end]."\n".cut(s[next:*], n)
cut(s, n) = strlen(s) <= n ? s : back(s, dash, n + 1) ? cut_at(s, n, back(s, dash, n + 1) - 1, back(s, dash, n + 1) + strlen(dash)) : \
    back(s, ", ", n) ? cut_at(s, n, back(s, ", ", n), back(s, ", ", n) + 2) : \
    back(s, " ", n + 1) ? cut_at(s, n, back(s, " ", n + 1) - 1, back(s, " ", n + 1) + 1) : \
    back(s, "_", n) ? cut_at(s, n, back(s, "_", n), back(s, "_", n) + 1) : cut_at(s, n, n, n + 1)
lines_of(s) = strstrt(s, "\n") ? 1 + lines_of(s[strstrt(s, "\n") + 1:*]) : 1

# 1, 2 or 5 times a power of ten, of which about n make the span.
tenth(raw) = 10.0 ** floor(log10(raw))
step_of(span, n) = (raw = 1.0 * span / n, part = raw / tenth(raw), tenth(raw) * (part > 7 ? 10 : part > 3.2 ? 5 : part > 1.4 ? 2 : 1))

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
# For the legend: a target, and lines where a name goes on.
set linetype 98 linecolor rgb grey dashtype 2 linewidth 1.2 pointtype 0
set linetype 99 linecolor rgb "#ffffffff" pointtype 0

set border 3 linecolor rgb axis linewidth 0.8
set tics nomirror out scale 0.6 textcolor rgb axis
set grid linecolor rgb pale linewidth 0.7 linetype 1
if (format ne "tikz") set title font font_of(1.1) # the terminal tikz forgets the size of its letters
if (format eq "dumb") unset grid
if (format eq "html") title = ""

if (beside) set key outside right top vertical Left reverse samplen 3.5 spacing 1.3
if (!beside) set key outside bottom center horizontal Left reverse samplen sample spacing (format eq "svg" ? 1 : 1.2) maxcols key_columns
if (!beside) set bmargin key_top + key_line * key_rows
if (!beside) set xlabel offset 0, 0.4
if (format eq "html") set rmargin 2; set tmargin 1
set pointsize format eq "html" ? 0.7 : printed ? 0.4 * letter / 8 : 1

# A path as gnuplot must get it, for which "< x" and "| x" are commands.
path_of(name) = (name[1:1] eq "/" ? "" : "./").name

# A file or a virtual time in the unit that suits it, of which `largest` is the most.
time_index(largest) = largest < 1 ? 1 : largest < 300 ? 2 : largest < 3 * 3600 ? 3 : 4
time_unit(largest) = real(word("0.001 1 60 3600", time_index(largest)))
time_name(largest) = word("ms s min h", time_index(largest))

# The lines of a legend of curves, for keyentry: a name that is too long for a line goes on in the next.
key_lines = 0
array key_text[12 * (curves + 1)]
array key_type[12 * (curves + 1)]
do for [i = 1:(by_curve ? curves : 0)] {
    rest = cut(label(i), room)
    type = i
    while (rest ne "" && key_lines < 12 * curves) {
        key_lines = key_lines + 1
        key_text[key_lines] = strstrt(rest, "\n") ? rest[1:strstrt(rest, "\n") - 1] : rest
        key_type[key_lines] = type
        rest = strstrt(rest, "\n") ? rest[strstrt(rest, "\n") + 1:*] : ""
        type = 99
    }
}
if (key_lines > curves) key_columns = 1
if (by_curve) key_rows = (key_lines + key_columns - 1) / key_columns
if (by_curve && !beside) set key maxcols key_columns; set bmargin key_top + key_line * key_rows

# The height in letters that is left beside title, axis, `others` lines and a legend below the plot: one estimate for all formats.
even_room = int(width / 0.73 - sample - 2.7); even_room = even_room > 200 ? 200 : even_room < 8 ? 8 : even_room
even_columns = int(width / (0.73 * (longest + sample + 3)))
even_columns = even_columns < 1 ? 1 : even_columns
even_lines = by_curve ? 0 : legend
do for [i = 1:(by_curve ? curves : 0)] { even_lines = even_lines + lines_of(cut(label(i), even_room)) }
even_rows = even_lines > legend ? even_lines : (legend + even_columns - 1) / even_columns
left_over(others) = height - 1.16 * (6 + title_rows + others) - (beside ? 0 : 1.45 * even_rows)
is_small(others) = format ne "dumb" && format ne "html" && left_over(others) < 5
