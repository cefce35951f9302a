# awk -F, -v x=COLUMN -v y=COLUMN -f ranges.awk FILE...
# What the axes need to know of some eval.csv: the least x above zero, the end of the shortest curve, the end of the
# longest, the least and the largest y, and the number of rows of the longest. NaN and infinity do not count.

FNR == 1 {
    finish()
    for (i = 1; i <= NF; i++)
        at[$i] = i
    next
}

{
    across = x == "bytes" ? $at["bytes_up"] + $at["bytes_down"] : $at[x]
    rows++
    last = across > last ? across : last
    if (across > 0 && (start == "" || across + 0 < start))
        start = across + 0
    if ($at[y] !~ /[nN]/) {
        low = low == "" || $at[y] + 0 < low ? $at[y] + 0 : low
        high = high == "" || $at[y] + 0 > high ? $at[y] + 0 : high
    }
}

function finish() {
    if (rows) {
        least = least == "" || last < least ? last + 0 : least
        end = last > end ? last + 0 : end
        most = rows > most ? rows : most
    }
    rows = last = 0
}

END {
    finish()
    if (low == "")
        low = high = "none"
    else {
        low = sprintf("%.12f", low) # gnuplot does not read 1e-05 in a string
        high = sprintf("%.12f", high)
    }
    printf "%.12f %.12f %.12f %s %s %d\n", start, least, end, low, high, most
}
