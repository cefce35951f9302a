# The content of the folder of a run, or of several runs. The other scripts load this file; they set `run`, `format` and
# `scripts` before, and may set `but`, a key that makes no curves. Defines
#   curves         number of curves: one for each algorithm and each of its configurations (variants.sh)
#   label(i)       name of curve i; folded(i): the same on several lines
#   several        the folder has several runs
#   seeds          largest number of runs of one curve
#   files(i, name) files of this name in the runs of curve i, as words of a shell command run by inside()
#   title          name of the run, clearly marked if the data were synthetic
#   entry(c)       column c of the first row of comparison.csv; "" if there is none
#   first_run      a folder in `run`; "." if `run` is a run itself

# Text as one word of a shell command, whatever it holds.
inner(s) = strstrt(s, "'") ? s[1:strstrt(s, "'") - 1]."'\\''".inner(s[strstrt(s, "'") + 1:*]) : s
quoted(s) = "'".inner(s)."'"
# A text from data, as text.awk gave it; and as the label of a tic, which gnuplot takes for a format.
swap(s, from, to) = strstrt(s, from) ? s[1:strstrt(s, from) - 1].to.swap(s[strstrt(s, from) + strlen(from):*], from, to) : s
joined(s, comma, is) = swap(swap(s, "\004", comma), "\005", is)
text(s) = swap(swap(swap(s, "\001", "'"), "\002", '"'), "\003", "\\")
for_tic(s) = swap(s, "%", "%%")
in_run(command) = "unset CDPATH; cd ".quoted(run)." 2>/dev/null && ".command
inside(command) = system(in_run(command))
scripts = system("unset CDPATH; cd ".quoted(scripts)." && pwd")
clean(s) = text(system("printf '%s\n' ".quoted(s)." | LC_ALL=C awk -v as_lines=1 -f ".quoted(scripts."/text.awk")))
tool(name) = "awk -F, -f ".quoted(scripts."/".name)
if (!exists("but")) but = ""

found = inside("sh ".quoted(scripts."/variants.sh")." . ".(format eq "html" ? "complete " : "all ").quoted(but)." marked")
curves = words(found) / 3
marked(i) = text(word(found, 3 * i - 2))
label(i) = joined(marked(i), ", ", " = ")
folded(i) = joined(marked(i), ",\n", "\n= ")
algorithm_of(i) = word(found, 3 * i - 1)
folders(i) = word(found, 3 * i)
# The shell makes the list: functions of gnuplot that call themselves end at a depth of 250.
each_file(list, name) = " $(for run in ".list."; do printf './%s ' $run/".name."; done)"
files(i, name) = each_file(folders(i), algorithm_of(i)."/".name)

first_run = curves > 0 ? word(folders(1), 1) : "."
several = first_run ne "."
seeds = 0; longest = 0
do for [i = 1:curves] {
    seeds = words(folders(i)) > seeds ? words(folders(i)) : seeds
    longest = strlen(label(i)) > longest ? strlen(label(i)) : longest
}

entry(name) = inside("awk -F, -v name=".name." 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } \
    NR == 2 && name in at { print $at[name] }' ./".first_run."/comparison.csv 2>/dev/null")

# Of one run: the last folder's name, and its parent's where the last is only a time stamp. Of several: the experiment's.
title = clean(several ? inside("sed -n 's/^name = //p;/^algorithms =/q' ./".first_run."/resolved.ini 2>/dev/null") : \
    inside("path=$(pwd -P); name=${path##*/}; parent=${path%/*}; \
    case $name in [0-9]*T[0-9]*Z-s*) name=\"${parent##*/}  $name\";; esac; printf %s \"$name\""))
if (seeds > 1 && but eq "") title = title.sprintf("   –   mean of %d seeds, least to largest", seeds)
if (entry("synthetic") eq "1") title = title."   –   SYNTHETIC DATA"
