# Says in three lines what a run shows, from its files: awk -v run=FOLDER -f demo.awk. The first algorithm is the baseline.
# Nothing is said that a column does not hold: an algorithm that misses the target is called so.
BEGIN {
    FS = ","
    file = run "/comparison.csv"
    getline <file
    for (i = 1; i <= NF; i++)
        at[$i] = i
    while ((getline <file) > 0)
        take()
    if (n == 0) {
        print "demo.awk: no results in " file >"/dev/stderr"
        exit 1
    }
    if (trained) {
        print to_target()
        print at_equal_time()
    }
    print waiting()
}

function take() {
    name[++n] = $at["algorithm"]
    label[n] = "label" in at && $at["label"] != "" ? $at["label"] : toupper($at["algorithm"])
    target = $at["target_accuracy"]
    reached[n] = $at["target_s"] == "NaN" ? 0 : $at["target_s"] + 0
    ended[n] = $at["virtual_s"] + 0
    idle[n] = $at["idle_share"] + 0
    trained = $at["trained"]
    first = n == 1 || ended[n] < first ? ended[n] : first
}

# The numbers 1 .. n in `order`, by falling value.
function sort(value,    i, j, t) {
    for (i = 1; i <= n; i++)
        order[i] = i
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && value[order[j]] > value[order[j - 1]]; j--) {
            t = order[j]
            order[j] = order[j - 1]
            order[j - 1] = t
        }
}

function seconds(s) { return sprintf(s < 10 ? "%.2f s" : "%.1f s", s) }
function percent(x) { return sprintf("%.1f %%", 100 * x) }
# What stands before the i-th of `last` words.
function before(i, last) { return i == 1 ? "" : i == last ? " and " : ", " }

# How much faster than the baseline: " (4.1 times as fast as BSP)".
function factor(a, named) {
    if (a == 1 || !reached[1] || !reached[a])
        return ""
    return sprintf(" (%.1f times%s)", reached[1] / reached[a], named ? "" : " as fast as " label[1])
}

function to_target(    i, a, some, text, none, speed, sooner, named) {
    for (i = 1; i <= n; i++)
        sooner[i] = reached[i] ? 1 / reached[i] : 0
    sort(sooner)
    for (i = 1; i <= n; i++) {
        a = order[i]
        if (reached[a]) {
            speed = factor(a, named)
            named += speed != ""
            text = text (some++ ? ", " : "") label[a] " in " seconds(reached[a]) speed
        } else
            none = none (none ? ", " : "") label[a] " not in " seconds(ended[a])
    }
    return sprintf("%.4g %% accuracy: %s%s%s.", 100 * target, text, some && none ? ", " : "", none)
}

# The last evaluation of each algorithm until the first one has ended.
function at_equal_time(    i, a, accuracy, column, text, file) {
    for (a = 1; a <= n; a++) {
        file = run "/" name[a] "/eval.csv"
        getline <file
        for (i = 1; i <= NF; i++)
            column[$i] = i
        while ((getline <file) > 0)
            if ($column["virtual_s"] + 0 <= first)
                accuracy[a] = $column["test_accuracy"]
        close(file)
    }
    sort(accuracy)
    for (i = 1; i <= n; i++)
        text = text before(i, n) label[order[i]] " has " percent(accuracy[order[i]])
    return "After " seconds(first) " of virtual time: " text "."
}

function waiting(    a, i, text, busy, most) {
    for (a = 1; a <= n; a++) {
        text = text before(a, n) label[a] "'s for " sprintf("%.0f %%", 100 * idle[a])
        most += idle[a] < 0.005
    }
    for (a = 1; a <= n; a++)
        if (idle[a] < 0.005)
            busy = busy before(++i, most) label[a]
    if (busy)
        busy = " " busy (most > 1 ? " compute" : " computes") " while messages are in flight."
    return "Workers are idle: " text " of the time." busy
}
