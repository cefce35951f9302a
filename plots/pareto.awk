# awk -F, -v x=time|bytes -v y=accuracy|bytes -f pareto.awk curve=1 algorithm=NAME COMPARISON.CSV... curve=2 ...
# From the comparison.csv of runs: curve,x,x_low,x_high,y,y_low,y_high: the mean, least and largest of each curve over its runs; curve 0 is the front
# of x and y, corner after corner. Time and bytes are those to the target if all runs have one, else those of the whole run. A curve with a run that
# missed the target has no row: a mean over the others would be too good.
# The first line has these words: target or end; the target accuracy; curves on the front of time, bytes and accuracy, as no other curve is at least as
# good in all of them and better in one; the others; curves without a row.

FNR == 1 {
    split("", at)
    for (i = 1; i <= NF; i++)
        at[$i] = i
    curves = curve > curves ? curve : curves
    next
}

function take(c, name, value) {
    if (value !~ /^[-+]?[0-9.]/) {
        missed[c] = 1
        return
    }
    sum[c, name] += value
    low[c, name] = !n[c, name] || value + 0 < low[c, name] ? value + 0 : low[c, name]
    high[c, name] = !n[c, name] || value + 0 > high[c, name] ? value + 0 : high[c, name]
    n[c, name]++
}

$at["algorithm"] == algorithm {
    runs[curve]++
    if ($at["target_accuracy"] ~ /^[0-9.]/) {
        aims++
        target = $at["target_accuracy"]
    }
    seconds[curve, runs[curve], 0] = $at["virtual_s"]
    seconds[curve, runs[curve], 1] = $at["target_s"]
    traffic[curve, runs[curve], 0] = $at["bytes_up"] + $at["bytes_down"]
    traffic[curve, runs[curve], 1] = $at["target_bytes_up"] ~ /^[0-9]/ ? $at["target_bytes_up"] + $at["target_bytes_down"] : "NaN"
    accuracy[curve, runs[curve]] = $at["test_accuracy"]
    all++
}

function value(c, name) {
    return sum[c, name] / n[c, name]
}

# Curve d is nowhere worse than c, and somewhere better. Names: less is better but in accuracy.
function beats(d, c, names,    i, k, name, better, a, b) {
    k = split(names, part, " ")
    for (i = 1; i <= k; i++) {
        name = part[i]
        a = value(d, name)
        b = value(c, name)
        if (name == "accuracy") {
            a = -a
            b = -b
        }
        if (a > b)
            return 0
        better = better || a < b
    }
    return better
}

function undominated(c, names,    d) {
    for (d = 1; d <= curves; d++)
        if (d != c && runs[d] && !missed[d] && beats(d, c, names))
            return 0
    return 1
}

function print_of(c, name) {
    return sprintf("%.12g,%.12g,%.12g", value(c, name), low[c, name], high[c, name])
}

# The front of x and y alone as a staircase, from far below its first curve to far beside its last one.
function print_front(    c, i, j, n, order, swap) {
    for (c = 1; c <= curves; c++)
        if (runs[c] && !missed[c] && undominated(c, x " " y))
            order[++n] = c
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && value(order[j], x) < value(order[j - 1], x); j--) {
            swap = order[j]
            order[j] = order[j - 1]
            order[j - 1] = swap
        }
    for (i = 1; i <= n; i++) {
        corner(value(order[i], x), i > 1 ? value(order[i - 1], y) : y == "accuracy" ? 0 : 1e6 * value(order[1], y))
        corner(value(order[i], x), value(order[i], y))
    }
    if (n)
        corner(1e6 * value(order[n], x), value(order[n], y))
}

function corner(at_x, at_y) { printf "0,%.12g,%.12g,%.12g,%.12g,%.12g,%.12g\n", at_x, at_x, at_x, at_y, at_y, at_y }

END {
    to_target = all && aims == all
    for (c = 1; c <= curves; c++)
        for (i = 1; i <= runs[c]; i++) {
            take(c, "time", seconds[c, i, to_target])
            take(c, "bytes", traffic[c, i, to_target])
            take(c, "accuracy", accuracy[c, i])
        }
    for (c = 1; c <= curves; c++)
        if (missed[c] || !runs[c])
            without = without " " c
        else if (undominated(c, "time bytes accuracy"))
            first = first " " c
        else
            behind = behind " " c
    printf "%s %.9g '%s' '%s' '%s'\n", to_target ? "target" : "end", to_target ? target : 0, substr(first, 2), substr(behind, 2), substr(without, 2)
    print "curve,x,x_low,x_high,y,y_low,y_high"
    for (c = 1; c <= curves; c++)
        if (runs[c] && !missed[c])
            printf "%d,%s,%s\n", c, print_of(c, x), print_of(c, y)
    print_front()
}
