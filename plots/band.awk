# awk -F, -v x=COLUMN -v y=COLUMN -f band.awk curve=1 FILE... curve=2 FILE...
# From the eval.csv of runs that differ in their seeds to one curve: curve,x,mean,low,high. x or y may be "bytes": up and down together.
# The seeds are compared at equal x, and nothing is interpolated: the value of a run at a row's x is that of its last evaluation by then. There is a
# row whenever all runs have a new evaluation, and at the end of the run that ends first.
#
#   seed 1   *-------*-------*          an evaluation every time unit
#   seed 2   *---------*---------*      a slower one
#   rows     |         |     |
#
# Runs with evaluations at the same x, as seeds mostly have, give a row for each of these. A NaN in one run gives NaN.

FNR == 1 {
    if (curve != now)
        finish()
    now = curve
    files++
    for (i = 1; i <= NF; i++)
        at[$i] = i
    next
}

function take(name) {
    return name == "bytes" ? $at["bytes_up"] + $at["bytes_down"] : $at[name]
}

{
    across[files, ++rows[files]] = take(x) + 0
    up[files, rows[files]] = take(y)
}

# The least x among the next evaluations, in `here`; 0: a run has no next one.
function find_next(    r) {
    for (r = 1; r <= files; r++) {
        if (seen[r] + 0 >= rows[r] + 0)
            return 0
        if (r == 1 || across[r, seen[r] + 1] < here)
            here = across[r, seen[r] + 1]
    }
    return files > 0
}

# The row at `here`, of the last evaluation of each run.
function print_row(    r, value, sum, low, high, no_number) {
    for (r = 1; r <= files; r++) {
        value = up[r, seen[r]]
        no_number = no_number || value ~ /[nN]/
        value += 0
        sum += value
        low = r == 1 || value < low ? value : low
        high = r == 1 || value > high ? value : high
    }
    if (no_number)
        printf "%d,%.12g,NaN,NaN,NaN\n", now, here
    else
        printf "%d,%.12g,%.12g,%.12g,%.12g\n", now, here, sum / files, low, high
}

# Goes on to `here`. Whether there is a row.
function advance(    r, begun, all_new, ends) {
    begun = all_new = 1
    for (r = 1; r <= files; r++) {
        if (across[r, seen[r] + 1] == here) {
            seen[r]++
            is_new[r] = 1
        }
        begun = begun && seen[r]
        all_new = all_new && is_new[r]
        ends = ends || seen[r] == rows[r]
    }
    if (all_new)
        split("", is_new)
    return begun && (all_new || ends)
}

# The curve is complete.
function finish() {
    while (find_next())
        if (advance())
            print_row()
    split("", across)
    split("", up)
    split("", rows)
    split("", seen)
    split("", is_new)
    files = 0
}

BEGIN { print "curve,x,mean,low,high" }
END { finish() }
