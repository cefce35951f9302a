# awk -F, -v mean=0|1 -f split.awk curve=1 FILE... curve=2 FILE...
# From totals.csv to stacked bars, each a mean over the files of its curve: curve,x,half,alone,overlapped,waiting,down.
# x and half are the middle and half the width of the bar; the bars of a curve are around its number. The others are ns of
# computing alone, of computing while a message is in flight, of waiting, of being down. mean=1: one bar per curve, the
# mean over its workers.

FNR == 1 {
    split("", at)
    for (i = 1; i <= NF; i++)
        at[$i] = i
    if (!("overlapped_ns" in at))
        exit # an older run
    curves = curve
    files[curve]++
    next
}

{
    worker = mean ? 0 : $at["worker"]
    workers[curve] = worker >= workers[curve] ? worker + 1 : workers[curve]
    rows[curve, worker]++
    alone[curve, worker] += $at["compute_ns"] - $at["overlapped_ns"]
    overlapped[curve, worker] += $at["overlapped_ns"]
    waiting[curve, worker] += $at["waiting_ns"]
    if ("down_ns" in at)
        down[curve, worker] += $at["down_ns"]
}

END {
    print "curve,x,half,alone,overlapped,waiting,down"
    for (c = 1; c <= curves; c++)
        for (w = 0; w < workers[c]; w++) {
            half = (workers[c] == 1 ? 0.5 : 0.86) / workers[c] / 2
            n = rows[c, w]
            if (n)
                printf "%d,%.9g,%.9g,%.12g,%.12g,%.12g,%.12g\n", c, c + (2 * w + 1 - workers[c]) * half, half, alone[c, w] / n,
                    overlapped[c, w] / n, waiting[c, w] / n, down[c, w] / n
        }
}
