# awk -F, -f ranges.awk
# Ranges for the axes, from outputs of band.awk one after the other: the smallest x above zero, the end of the shortest
# curve, the end of the longest, the smallest and the largest y, and the number of rows of the longest. NaN does not count.

$1 == "x" {
    finish()
    next
}

{
    rows++
    last = $1 > last ? $1 + 0 : last
    if ($1 > 0 && (start == "" || $1 + 0 < start))
        start = $1 + 0
    if ($2 !~ /[nN]/) {
        low = low == "" || $3 + 0 < low ? $3 + 0 : low
        high = high == "" || $4 + 0 > high ? $4 + 0 : high
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
