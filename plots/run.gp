# The content of the folder of a run, or of several runs. The other scripts load this file; they set `run`, `format` and
# `scripts` before, and may set `but`, a key that makes no curves, and `of_seeds`, what a title says of several seeds. A call may set (gnuplot -d -e "heading = ''" -c ...)
#   heading        the title; "" for none
#   labels_of      a file that renames curves (labels.awk)
#   listing        a file with what labels.awk prints of this run, as plots/plot.sh makes it once for all pictures
#   keep           1: the picture's own script and its data stay beside it (keep.gp)
#   tables         a folder with tables that a report has made of this run (sim/report/tables.h), read in place of its files
# Defines
#   curves         number of curves: one for each algorithm and each of its configurations (list_curves.sh)
#   label(i)       name of curve i; folded(i): the same on several lines
#   several        the folder has several runs
#   seeds          largest number of runs of one curve
#   files(i, name) files of this name in the runs of curve i, as words of a shell command run by inside()
#   title          name of the experiment, clearly marked if the data were synthetic
#   target         accuracy of the target in per cent; 0 if there is none, or several
#   budget_time    the budget of all runs in seconds, budget_bytes in bytes; 0 if there is none, or several; budget_name: for a legend
#   first_run      a folder in `run`; "." if `run` is a run itself

# Text as one word of a shell command, whatever it holds.
inner(s) = strstrt(s, "'") ? s[1:strstrt(s, "'") - 1]."'\\''".inner(s[strstrt(s, "'") + 1:*]) : s
quoted(s) = "'".inner(s)."'"
# A text from data, as text.awk gave it.
swap(s, from, to) = strstrt(s, from) ? s[1:strstrt(s, from) - 1].to.swap(s[strstrt(s, from) + strlen(from):*], from, to) : s
joined(s, comma, is) = swap(swap(s, "\004", comma), "\005", is)
text(s) = swap(swap(swap(s, "\001", "'"), "\002", '"'), "\003", "\\")
in_run(command) = "unset CDPATH; cd ".quoted(run)." 2>/dev/null && ".command
inside(command) = system(in_run(command))
scripts = system("unset CDPATH; cd ".quoted(scripts)." && pwd")
at_home(name) = quoted((name[1:1] eq "/" ? "" : system("pwd")."/").name)
clean(s) = text(system("printf '%s\n' ".quoted(s)." | LC_ALL=C awk -v as_lines=1 -f ".quoted(scripts."/text.awk")))
tool(name) = "awk -F, -f ".quoted(scripts."/".name)
if (!exists("but")) but = ""
if (!exists("labels_of")) labels_of = ""
if (!exists("keep")) keep = 0
if (!exists("tables")) tables = ""

name_them = " | LABELS=".(labels_of eq "" ? "''" : at_home(labels_of))." LC_ALL=C awk -f ".quoted(scripts."/text.awk")." -f ".quoted(scripts."/cells.awk").\
    " -f ".quoted(scripts."/labels.awk")
list_them = "sh ".quoted(scripts."/list_curves.sh")." . ".(format eq "html" ? "complete " : "all ").quoted(but)." marked".name_them
# The figures of a report have one list.
listed = quoted(tables."/listing")
if (tables ne "" && but eq "") list_them = "{ [ -f ".listed." ] || { ".list_them."; } >".listed."; cat ".listed."; }"
found = exists("listing") && but eq "" ? system("cat ".quoted(listing)) : inside(list_them)
curves = words(found) > 6 ? words(found) / 3 - 2 : 0
marked(i) = text(word(found, 3 * i + 4))
label(i) = joined(marked(i), ", ", " = ")
folded(i) = joined(marked(i), ",\n", "\n= ")
algorithm_of(i) = word(found, 3 * i + 5)
folders(i) = word(found, 3 * i + 6)
# The shell makes the list: functions of gnuplot that call themselves end at a depth of 250.
each_file(list, name) = " $(for run in ".list."; do printf './%s ' $run/".name."; done)"
files(i, name) = each_file(folders(i), algorithm_of(i)."/".name)

# The shell command that prints a table of a report; without one, the command that makes it from the files of the run.
named = ""
if (tables ne "") do for [i = 1:curves] { named = named.word(folders(i), 1)."/".algorithm_of(i)." " }
made(what, next, otherwise) = tables eq "" ? otherwise : "if [ -f ".quoted(tables."/".what)." ]; then ".tool("numbered.awk").\
    " -v names=".quoted(named)." ".quoted(tables."/".what).next."; else ".otherwise."; fi"

first_run = curves > 0 ? word(folders(1), 1) : "."
several = first_run ne "."
seeds = 0; longest = 0
do for [i = 1:curves] {
    seeds = words(folders(i)) > seeds ? words(folders(i)) : seeds
    longest = strlen(label(i)) > longest ? strlen(label(i)) : longest
}
target = words(found) < 3 || word(found, 2) eq "NaN" ? 0 : 100 * real(word(found, 2))
budget_time = words(found) < 6 ? 0 : real(word(found, 4))
budget_bytes = words(found) < 6 ? 0 : real(word(found, 5))
budget_name = words(found) < 6 || word(found, 6) eq "." ? "" : "budget ".word(found, 6)[2:*]

# The experiment's name; without one the folder's, and its parent's where that is a time stamp.
title = words(found) < 3 ? "" : text(word(found, 1))[2:*]
if (title eq "" && !several) title = clean(inside("path=$(pwd -P); name=${path##*/}; \
    case $name in [0-9]*T[0-9]*Z-s*) name=${path%/*}; name=${name##*/};; esac; printf %s \"$name\""))
if (!exists("of_seeds")) of_seeds = "mean of %d seeds, least to largest"
if (seeds > 1 && but eq "") title = title."   –   ".sprintf(of_seeds, seeds)
if (words(found) > 2 && word(found, 3) ne "0") title = title.(word(found, 3) eq "1" ? "   –   SYNTHETIC DATA" : "   –   SYNTHETIC DATA IN PART")
if (exists("heading")) title = heading
