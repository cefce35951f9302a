# awk -F, -f reached.awk curve=1 algorithm=NAME COMPARISON.CSV... curve=2 ...
# How many runs of each curve reached the target, and of how many: two numbers for each curve.

FNR == 1 {
    split("", at)
    for (i = 1; i <= NF; i++)
        at[$i] = i
    curves = curve > curves ? curve : curves
}

$at["algorithm"] == algorithm {
    runs[curve]++
    reached[curve] += $at["target_s"] !~ /[nN]/
}

END {
    for (c = 1; c <= curves; c++)
        print reached[c] + 0, runs[c] + 0
}
