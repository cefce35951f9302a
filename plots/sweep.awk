# awk -F, -v key=KEY -v column=COLUMN [-v names=1] [-v marks=1] [-v baseline=1] -f cells.awk -f sweep.awk [curve=1 COMPARISON.CSV... ...]
# A column of comparison.csv against the value of a key: curve,x,mean,low,high,label for each curve and value, over runs of other seeds; label
# is the value as it was given. Numbers are in SI units (bit/s, s, FLOP/s), bytes as such. If only some of the seeds have a number, for example
# because the others missed the target, there is no mean, and the row has "none". An empty cell is no row.
# With names: prints the names of the curves instead, a line in quotes for each.
# With marks: prints the number of means instead, then "curve x n of place" for each point without mean; points of one x have places 0, 1 ...
# With baseline: prints the algorithm that all speed-ups are over, or nothing if they are over several.
# A file is either RUN/comparison.csv with a RUN/resolved.ini beside it: then the row of the algorithm counts that algorithm=NAME before the
# file gives. Or it is a sweep.csv: its columns before `algorithm` are the point and the keys, and the curve of a row is its algorithm with
# the values of its other keys, except the seed and keys of another algorithm (NaN).

function si(text,    number, unit, scale) {
    number = text
    if (!match(text, /^[-+]?[0-9.]+(e[-+]?[0-9]+)?/))
        return "none" # left out, a word
    number = substr(text, 1, RLENGTH)
    unit = substr(text, RLENGTH + 1)
    gsub(/ /, "", unit)
    scale = unit ~ /B\/s$/ ? 8 : 1
    if (unit ~ /^(T|G|M|k)?(bit\/s|B\/s|FLOP\/s|B)$/ || unit == "PFLOP/s")
        return number * scale * prefix[substr(unit, 1, 1)]
    if (unit ~ /^[KMGT]iB$/)
        return number * 1024 ^ index("KMGT", substr(unit, 1, 1))
    if (unit == "" || unit == "s")
        return number + 0
    return unit == "ms" ? number * 1e-3 : unit == "us" ? number * 1e-6 : unit == "ns" ? number * 1e-9 : "none" # a list, a file
}

function value_of_key(path,    line, section, name, text) {
    sub(/[^\/]*$/, "resolved.ini", path)
    match(key, /\.[^.]*$/)
    section = "[" substr(key, 1, RSTART - 1) "]"
    name = substr(key, RSTART + 1) " ="
    text = ""
    while ((getline line < path) > 0) {
        if (line ~ /^\[/)
            inside = line == section
        else if (inside && index(line, name) == 1)
            text = substr(line, length(name) + 2)
    }
    close(path)
    return text
}

function take(c, x, y, text) {
    if (x == "none" || y == "")
        return
    if (!((c, x) in seeds)) {
        points[c] = points[c] " " x
        shown[c, x] = text
    }
    seeds[c, x]++
    if (y ~ /[nN]/)
        return
    low[c, x] = !n[c, x] || y + 0 < low[c, x] ? y + 0 : low[c, x]
    high[c, x] = !n[c, x] || y + 0 > high[c, x] ? y + 0 : high[c, x]
    n[c, x]++
    sum[c, x] += y
}

BEGIN {
    split("T 1e12 G 1e9 M 1e6 k 1e3 P 1e15", words, " ")
    for (i = 1; i < 11; i += 2)
        prefix[words[i]] = words[i + 1]
    prefix["b"] = prefix["B"] = prefix["F"] = 1
}

{ cells = cut($0) }

FNR == 1 {
    split("", at)
    for (i = 1; i <= cells; i++)
        at[cell[i]] = i
    swept = at["algorithm"] > 1
    if (!swept)
        text = value_of_key(FILENAME)
    next
}

FNR == 2 {
    several = several || (over != "" && cell[at["algorithm"]] != over)
    over = cell[at["algorithm"]]
}

# A row without a number for the key is left out with its curve: another algorithm's, or a word. So is one that was left behind.
swept && cell[at["status"]] != "left_behind" && cell[at[key]] ~ /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/ {
    name = cell[at["algorithm"]]
    for (i = 1; i < at["algorithm"]; i++) {
        head = ""
        for (h in at)
            if (at[h] == i)
                head = h
        if (head != key && head != "experiment.seed" && head != "point" && cell[i] != "NaN" && cell[i] != "")
            name = name ", " head " = " cell[i]
    }
    if (!(name in number)) {
        number[name] = ++curves
        called[curves] = name
    }
    take(number[name], cell[at[key]], cell[at[column]], cell[at[key]])
}

!swept && cell[at["algorithm"]] == algorithm {
    curves = curve > curves ? curve : curves
    take(curve, si(text), cell[at[column]], text)
}

END {
    if (names) {
        for (c = 1; c <= curves; c++)
            printf "'%s'\n", called[c]
        exit
    }
    if (baseline) {
        print several ? "" : over
        exit
    }
    if (!marks)
        print "curve,x,mean,low,high,label"
    for (c = 1; c <= curves; c++) {
        m = split(points[c], x, " ")
        for (i = 2; i <= m; i++)
            for (j = i; j > 1 && x[j] + 0 < x[j - 1] + 0; j--) {
                swap = x[j]
                x[j] = x[j - 1]
                x[j - 1] = swap
            }
        for (i = 1; i <= m; i++) {
            all = n[c, x[i]] == seeds[c, x[i]]
            whole += all
            if (!all && seeds[c, x[i]] > 1)
                list = list sprintf(" %d %.12g %d %d %d", c, x[i], n[c, x[i]], seeds[c, x[i]], place[x[i]]++)
            if (!marks && all)
                printf "%d,%.12g,%.12g,%.12g,%.12g,%s\n", c, x[i], sum[c, x[i]] / n[c, x[i]], low[c, x[i]], high[c, x[i]], shown[c, x[i]]
            else if (!marks && seeds[c, x[i]] > 1)
                printf "%d,%.12g,none,none,none,%s\n", c, x[i], shown[c, x[i]]
        }
    }
    if (marks)
        print whole + 0 list
}
