# awk -v what=names|axes|table [-v aspect=WIDTH/HEIGHT of a cell] -f text.awk -f cells.awk -f who_wins.awk who_wins.csv: what plots/who_wins.gp draws.
# names: lines LABEL TAB ALGORITHM TAB ., as curves.awk takes them.
# axes:  words in quotes: both keys, the measure, the pairs of a cell and its seeds, the number of values of each key, behind a dot the
#        numbers of all winners, 1 if a cell has none; then the values of the first key, those of the second one.
# table: CSV: curve,x,y,to_x,to_y. A row of a cell has the number of its winner, or 0 without one, and its edges; a row of a stroke of the hatching
#        has -1 and its ends. Cells are 1 wide and 1 high around the numbers of their values.

{ cells = cut($0) }

NR == 1 {
    for (i = 1; i <= cells; i++)
        at[cell[i]] = i
    if (!("wins" in at) || !("beats" in at))
        exit
    key[1] = cell[1]
    key[2] = cell[2]
    measure = cell[at["label"] + 1]
    next
}

# The number of a value of axis k, in the order of the file.
function number_of(k, number, word) {
    if (!((k, word) in known)) {
        known[k, word] = ++values[k]
        word_of[k, values[k]] = word
        number_at[k, values[k]] = number
        words_only[k] = words_only[k] || number !~ /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/
    }
    return known[k, word]
}

{
    algorithm = cell[at["algorithm"]]
    if (!(algorithm in curve)) {
        curve[algorithm] = ++curves
        if (what == "names")
            print cell[at["label"]] "\t" algorithm "\t."
    }
    x = number_of(1, cell[1], cell[at["x"]])
    y = number_of(2, cell[2], cell[at["y"]])
    if (!((x, y) in winner)) {
        winner[x, y] = 0
        cell_x[++all] = x
        cell_y[all] = y
    }
    if (cell[at["wins"]] == 1)
        winner[x, y] = curve[algorithm]
    pairs = cell[at["pairs"]]
    seeds = cell[at["seeds"]]
}

# Numbers in rising order; words stay in that of the file.
function sort(k,    i, j, swap) {
    for (i = 1; i <= values[k]; i++)
        order[k, i] = i
    for (i = 2; i <= values[k] && !words_only[k]; i++)
        for (j = i; j > 1 && number_at[k, order[k, j]] + 0 < number_at[k, order[k, j - 1]] + 0; j--) {
            swap = order[k, j]
            order[k, j] = order[k, j - 1]
            order[k, j - 1] = swap
        }
    for (i = 1; i <= values[k]; i++)
        place[k, order[k, i]] = i
}

# Strokes across a cell that rise by 45 degrees in the picture: y = aspect * (x - at).
function hatch(x, y,    i, n, across, from, to) {
    n = int(6 * aspect + 0.5)
    n = n < 3 ? 3 : n
    across = 1 / aspect
    for (i = 1; i < n * (1 + across); i++) {
        from = i / n - across
        to = i / n
        printf "-1,%.4g,%.4g,%.4g,%.4g\n", x - 0.5 + (from > 0 ? from : 0), y - 0.5 + (from > 0 ? 0 : -from * aspect), x - 0.5 + (to < 1 ? to : 1),
            y - 0.5 + (to < 1 ? 1 : 1 - (to - 1) * aspect)
    }
}

END {
    aspect = aspect > 0 ? aspect : 1
    sort(1)
    sort(2)
    if (what == "axes" && all) {
        for (i = 1; i <= curves; i++)
            for (j in winner)
                if (winner[j] == i) {
                    winners = winners " " i
                    break
                }
        for (j in winner)
            hatched = hatched || !winner[j]
        printf " '%s' '%s' '%s' '%d' '%d' '%d' '%d' '.%s' '%d'", for_gnuplot(key[1]), for_gnuplot(key[2]), measure, pairs, seeds, values[1], values[2],
            winners, hatched
        for (k = 1; k <= 2; k++)
            for (i = 1; i <= values[k]; i++)
                printf " '%s'", for_gnuplot(word_of[k, order[k, i]])
    }
    if (what == "table")
        print "curve,x,y,to_x,to_y"
    for (i = 1; i <= all && what == "table"; i++) {
        x = place[1, cell_x[i]]
        y = place[2, cell_y[i]]
        w = winner[cell_x[i], cell_y[i]]
        printf "%d,%g,%g,%g,%g\n", w, x - 0.5, y - 0.5, x + 0.5, y + 0.5
        if (!w)
            hatch(x, y)
    }
}
