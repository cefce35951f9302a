# Hands the data of a picture to its second half. With keep = 1 both stay beside OUT: its name with .csv has the data, with .gp a script that draws the
# picture from them, whatever else is there.
#
# Before it is loaded, behind style.gp: `script`, the name of the picture's script, which has its second half behind the line "# ---- the picture ----";
# `table`, the data as CSV; `numbers` and `texts`, the names of variables that the second half and style.gp need besides.
# Defines `data`, which is what to plot.

literal(s) = "'".swap(swap(s, "'", "''"), "\n", "'.\"\\n\".'")."'"
ending = format eq "dumb" ? "txt" : format eq "tikz" ? "tex" : format
base = strlen(out) > strlen(ending) && out[strlen(out) - strlen(ending):*] eq ".".ending ? out[1:strlen(out) - strlen(ending) - 1] : out
bare = base
while (strstrt(bare, "/")) { bare = bare[strstrt(bare, "/") + 1:*] }
data = keep && out ne "" ? path_of(base.".csv") : "$data"

if (!keep || out eq "") {
    set print $data
    print table
    set print
} else {
    set print data
    print table
    set print path_of(base.".gp")
    print "# Draws ".bare.".".ending." from ".bare.".csv, both beside this script, which you may change by hand. Draw it again with"
    print "#   gnuplot ".literal(bare.".gp")
    print "# It has the values of the run, then ospsim's plots/style.gp and the second half of plots/".script."."
    print ""
    print "here = exists('ARG0') ? ARG0 : ''"
    print "while (here ne '' && here[strlen(here):*] ne '/') { here = here[1:strlen(here) - 1] }"
    print "if (here[1:1] ne '/') here = './'.here"
    print "data = here.".literal(bare.".csv")
    print "out = here.".literal(bare.".".ending)
    print "format = ".literal(format)
    if (printed) { print sprintf("width_mm = %.9g; height_mm = %.9g", width_mm, height_mm) }
    print sprintf("font_pt = %.9g", letter)
    if (format eq "png") { print sprintf("dots = %.9g", dots) }
    if (!printed) { print sprintf("wide = %.9g; tall = %.9g", wide, tall) }
    do for [name in "curves ".(by_curve ? "" : "legend ")."longest several seeds target ".numbers] { print name.sprintf(" = %.12g", value(name)) }
    do for [name in "title ".texts] { print name." = ".literal(value(name)) }
    print sprintf("array label_of[%d]; array folded_of[%d]", curves < 1 ? 1 : curves, curves < 1 ? 1 : curves)
    do for [i = 1:curves] { print sprintf("label_of[%d] = ", i).literal(label(i)) }
    do for [i = 1:curves] { print sprintf("folded_of[%d] = ", i).literal(folded(i)) }
    print "label(i) = label_of[i]; folded(i) = folded_of[i]"
    print ""
    print system("cat ".quoted(scripts."/style.gp"))
    print ""
    print system("sed '1,/^# ---- the picture ----$/d' ".quoted(scripts."/".script))
    set print
    kept = at_home(base.".gp")
    system("sum=$(cksum <".kept.") && printf '# unchanged: %s\\n' \"${sum%% *}\" >>".kept)
}
