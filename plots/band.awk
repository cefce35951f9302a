# awk -F, -v x=COLUMN -v y=COLUMN -f band.awk curve=1 FILE... curve=2 FILE...
# From the eval.csv of runs that differ in their seeds to one curve: curve,x,mean,low,high of each evaluation that all runs of the curve have.
# x is a mean, too, since with jitter equal iterations end at different times. x or y may be "bytes": up and down together.
# A NaN in one run gives NaN.

FNR == 1 {
    if (curve != now)
        finish()
    now = curve
    if (files++)
        rows = rows == "" || last < rows ? last : rows
    for (i = 1; i <= NF; i++)
        at[$i] = i
    last = 0
    next
}

function take(name) {
    return name == "bytes" ? $at["bytes_up"] + $at["bytes_down"] : $at[name]
}

{
    last++
    across[last] += take(x)
    up = take(y)
    if (up ~ /[nN]/)
        no_number[last] = 1
    up += 0
    sum[last] += up
    low[last] = files == 1 || up < low[last] ? up : low[last]
    high[last] = files == 1 || up > high[last] ? up : high[last]
}

# The curve is complete.
function finish(    i) {
    rows = rows == "" || last < rows ? last : rows
    for (i = 1; i <= rows; i++)
        if (i in no_number)
            printf "%d,%.12g,NaN,NaN,NaN\n", now, across[i] / files
        else
            printf "%d,%.12g,%.12g,%.12g,%.12g\n", now, across[i] / files, sum[i] / files, low[i], high[i]
    split("", across)
    split("", sum)
    split("", no_number)
    files = last = 0
    rows = ""
}

BEGIN { print "curve,x,mean,low,high" }
END { finish() }
