# awk -F, -v x=COLUMN -v y=COLUMN -f band.awk FILE...
# From the eval.csv of runs that differ in their seeds to one curve: x,mean,low,high of each evaluation that all runs have.
# x is a mean, too, since with jitter equal iterations end at different times. x or y may be "bytes": up and down together.
# A NaN in one run gives NaN.

FNR == 1 {
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

END {
    rows = rows == "" || last < rows ? last : rows
    print "x,mean,low,high"
    for (i = 1; i <= rows; i++)
        if (i in no_number)
            printf "%.12g,NaN,NaN,NaN\n", across[i] / files
        else
            printf "%.12g,%.12g,%.12g,%.12g\n", across[i] / files, sum[i] / files, low[i], high[i]
}
