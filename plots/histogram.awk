# awk -F, -v what=k|staleness -f histogram.awk curve=1 FILE... curve=2 FILE...
# awk -F, -v counted=1 -f histogram.awk FILE      lines CURVE,VALUE,COUNT, which are counted already
# The distribution of a value over the pushes of a curve, from workers.csv: curve,at,half,share,part,first,mean for each
# value that occurs, or each of at most 60 equal ranges (at and half are the middle and half the width). share is the share
# of pushes, part is share divided by the largest share of the curve, first is 1 in the first row of the curve, mean is the
# mean of the curve. Staleness counts only for pushes in an update, k only for pushes with local iterations (the last of
# several exchanges).

BEGIN { most_bins = 60 }

function add(c, value, times) {
    if (!((c, value) in count)) {
        values[c] = values[c] " " value
        largest = value > largest ? value : largest
        most[c] = value > most[c] ? value : most[c]
    }
    count[c, value] += times
    n[c] += times
    sum[c] += times * value
}

counted {
    curves = $1 > curves ? $1 + 0 : curves
    add($1 + 0, $2 + 0, $3)
    next
}

FNR == 1 {
    split("", at)
    for (i = 1; i <= NF; i++)
        at[$i] = i
    curves = curve
    column = at[what]
    round = at["round"]
    next
}

NF >= column && (what == "k" ? $column > 0 : $round > 0) { add(curve, $column + 0, 1) }

END {
    width = largest < most_bins ? 1 : int(largest / most_bins) + 1
    print "curve,at,half,share,part,first,mean"
    for (c = 1; c <= curves; c++) {
        split("", share)
        peak = 0
        first = 1
        bins = split(values[c], value_of, " ")
        for (i = 1; i <= bins; i++) {
            b = int(value_of[i] / width)
            share[b] += count[c, value_of[i]] / n[c]
            peak = share[b] > peak ? share[b] : peak
        }
        for (b = 0; b * width <= most[c]; b++)
            if (b in share) {
                printf "%d,%.9g,%.9g,%.9g,%.9g,%d,%.9g\n", c, b * width + (width - 1) / 2, width / 2, share[b], share[b] / peak, first,
                    sum[c] / n[c]
                first = 0
            }
    }
}
