# awk -F, -v x=COLUMN -v y=COLUMN -f band.awk curve=1 FILE... curve=2 FILE...
# From the eval.csv of runs that differ in their seeds to one curve: curve,x,mean,low,high. x or y may be "bytes": up and down together.
# The seeds are compared at equal x, and nothing is interpolated: a row for each x at which a run has an evaluation, and the value of a run there is
# that of its last evaluation by then.
#
#   seed 1   *-------*-------*          an evaluation every time unit
#   seed 2   *---------*---------*      a slower one
#   rows     |       | |     |          from where all runs have an evaluation to where the first of them ends
#
# So runs with evaluations at the same x, as seeds mostly have, give a row for each of these. A NaN in one run gives NaN.

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
        if (!seen[r])
            return
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

# The curve is complete.
function finish(    r) {
    while (find_next()) {
        for (r = 1; r <= files; r++)
            if (across[r, seen[r] + 1] == here)
                seen[r]++
        print_row()
    }
    split("", across)
    split("", up)
    split("", rows)
    split("", seen)
    files = 0
}

BEGIN { print "curve,x,mean,low,high" }
END { finish() }
