# What the folder of a run holds. Loaded by the other scripts, which set `run` and `scripts` before. Defines
#   algorithms   their names in the order of comparison.csv, then any others that have an evaluation
#   title        the run's name, loudly marked when the data were synthetic
#   entry(c)     column c of comparison.csv in its first row, "" when there is none

# Text as one word of a shell command, whatever it holds.
inner(s) = strstrt(s, "'") ? s[1:strstrt(s, "'") - 1]."'\\''".inner(s[strstrt(s, "'") + 1:*]) : s
quoted(s) = "'".inner(s)."'"
inside(command) = system("cd ".quoted(run)." 2>/dev/null && ".command)
scripts = system("cd ".quoted(scripts)." && pwd")

algorithms = inside("{ sed 1d comparison.csv 2>/dev/null | cut -d, -f1; ls -d */ | tr -d /; } \
    | awk '!seen[$0]++' | while read -r name; do \
    [ \"$(sed -n '2{p;q}' \"$name/eval.csv\" 2>/dev/null)\" ] && echo \"$name\"; done")

entry(name) = inside("awk -F, -v name=".name." 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } \
    NR == 2 && name in at { print $at[name] }' comparison.csv 2>/dev/null")

# The last folder's name, and its parent's where the last is only a time stamp.
title = inside("path=$(pwd -P); name=${path##*/}; parent=${path%/*}; \
    case $name in [0-9]*T[0-9]*Z-s*) name=\"${parent##*/}  $name\";; esac; printf %s \"$name\"")
if (entry("synthetic") eq "1") title = title."   –   SYNTHETIC DATA"
