# awk -v what=names|bars|table -f text.awk -f cells.awk -f wins.awk sweep_wins.csv: what plots/wins.gp draws.
# names: lines ALGORITHM TAB ALGORITHM TAB ., as curves.awk takes them.
# bars:  for each combination of values, in the file's order, three words in quotes between blanks: its name, "148 of 210", 148.
# table: CSV, a row for each part of a bar: bar, curve, from, to.

{ cells = cut($0) }

NR == 1 {
    for (i = 1; i <= cells; i++)
        at[cell[i]] = i
    if (!("at" in at) || !("faster" in at) || !("points" in at))
        exit
    next
}

{
    name = cell[at["at"]]
    if (!(name in number)) {
        number[name] = ++bars
        called[bars] = name
    }
    algorithm = cell[at["algorithm"]]
    if (!(algorithm in curve)) {
        curve[algorithm] = ++curves
        if (what == "names")
            print algorithm "\t" algorithm "\t."
    }
    bar = number[name]
    from[++rows] = faster[bar] + 0
    faster[bar] += cell[at["faster"]]
    points[bar] += cell[at["points"]]
    row[rows] = bar "," curve[algorithm] "," from[rows] "," faster[bar]
}

END {
    for (b = 1; b <= bars && what == "bars"; b++)
        printf " '%s' '%d of %d' '%d' ", for_gnuplot(called[b]), faster[b], points[b], faster[b]
    if (what == "table")
        print "bar,curve,from,to"
    for (i = 1; i <= rows && what == "table"; i++)
        print row[i]
}
