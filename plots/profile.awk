# awk -v what=names|table -f text.awk -f cells.awk -f profile.awk profiles.csv: what plots/profile.gp draws.
# names: lines LABEL TAB ALGORITHM TAB ., as curves.awk takes them; a line before them has the workloads and the largest ratio.
# table: CSV: curve,ratio,share: the corners of each curve's steps. The share of all workloads in which the algorithm needs at most `ratio` times as long
#        as the fastest one there (Dolan and More 2002).

{ cells = cut($0) }

NR == 1 {
    for (i = 1; i <= cells; i++)
        at[cell[i]] = i
    if (!("ratio" in at) || !("workload" in at))
        exit
    next
}

{
    algorithm = cell[at["algorithm"]]
    if (!(algorithm in curve)) {
        curve[algorithm] = ++curves
        line[curves] = cell[at["label"]] "\t" algorithm "\t."
    }
    workload = cell[at["workload"]]
    if (!(workload in seen)) {
        seen[workload]
        workloads++
    }
    c = curve[algorithm]
    if (cell[at["ratio"]] !~ /^[0-9.]/)
        next
    ratio[c, ++n[c]] = cell[at["ratio"]] + 0
    most = cell[at["ratio"]] + 0 > most ? cell[at["ratio"]] + 0 : most
}

function sort(c,    i, j, swap) {
    for (i = 2; i <= n[c]; i++)
        for (j = i; j > 1 && ratio[c, j] < ratio[c, j - 1]; j--) {
            swap = ratio[c, j]
            ratio[c, j] = ratio[c, j - 1]
            ratio[c, j - 1] = swap
        }
}

END {
    if (what == "names" && workloads) {
        print workloads, most
        for (c = 1; c <= curves; c++)
            print line[c]
    }
    if (what == "table")
        print "curve,ratio,share"
    for (c = 1; c <= curves && what == "table"; c++) {
        sort(c)
        share = 0
        for (i = 1; i <= n[c]; i++) {
            if (ratio[c, i] > 1)
                printf "%d,%.9g,%.9g\n", c, i == 1 ? 1 : ratio[c, i], share
            if (i == 1 && ratio[c, i] > 1)
                printf "%d,%.9g,%.9g\n", c, ratio[c, i], share
            share = i / workloads
            printf "%d,%.9g,%.9g\n", c, ratio[c, i], share
        }
        if (!n[c])
            printf "%d,1,0\n", c
        printf "%d,%.9g,%.9g\n", c, 1e6 * (most > 1 ? most : 1), share
    }
}
