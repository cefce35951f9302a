# awk -v measure=time|accuracy -v what=facts|rows|table -f text.awk -f cells.awk -f forest.awk verdict.csv: what plots/forest.gp draws.
# facts: words in quotes: rows, claims, level, seeds, the reference if all claims have the same, the data's least and largest end of an interval,
#        1 if there is an interval, behind a dot the kinds of rows with one.
# rows:  four words in quotes for each row: a heading or a name; the interval in words, or a dot; 1 for a heading; the effect behind < if it
#        is a bound "at most", behind > "at least", else a dot. A bound has no end on that side: its bar begins or ends at the effect.
# table: CSV: row,kind,effect,low,high. kind: 1 better, 2 worse, 3 not told apart, 4 equal within a margin, 5 undetermined. Times are
#        factors, accuracies are in points.

{ cells = cut($0) }

NR == 1 {
    for (i = 1; i <= cells; i++)
        at[head[i] = cell[i]] = i
    if (!("standing" in at) || !("effect" in at))
        exit
    next
}

function last_part(key) {
    sub(/.*\./, "", key)
    return key
}

# "10 Mbit/s", "100 us" for keys in bit/s and seconds, which a CSV has as plain numbers.
function in_units(key, number,    unit, i) {
    unit = key ~ /bandwidth/ ? "bit/s" : key ~ /(latency|seconds|overhead|_cost|jitter)$/ ? "s" : ""
    if (unit == "" || number !~ /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/ || number + 0 == 0)
        return number
    for (i = 1; i < prefixes; i += 2)
        if (number + 0 >= 0.9999999 * prefix[i + 1])
            return sprintf("%g %s%s", number / prefix[i + 1], prefix[i] == "-" ? "" : prefix[i], unit)
    return number " " unit
}

BEGIN { prefixes = split("T 1e12 G 1e9 M 1e6 k 1e3 - 1 m 1e-3 u 1e-6 n 1e-9", prefix, " ") }

# Rows of the other measure stay away.
cell[at["measure"]] != measure { next }

{
    setting = ""
    for (i = 1; i < at["measure"]; i++)
        setting = setting (setting == "" ? "" : ", ") last_part(head[i]) " = " in_units(head[i], cell[i])
    n++
    in_setting[n] = setting
    rival[n] = cell[at["rival"]]
    reference[n] = cell[at["reference"]]
    many = many || (n > 1 && reference[n] != reference[1])
    standing = cell[at["standing"]]
    better = cell[at["better"]]
    kind[n] = standing == "apart" ? better == rival[n] ? 1 : 2 : standing == "equal_within_margin" ? 4 : standing == "undetermined" ? 5 : 3
    scale = measure == "accuracy" ? 100 : 1
    known[n] = cell[at["effect"]] !~ /[nN]/ && cell[at["effect"]] != ""
    effect[n] = scale * cell[at["effect"]]
    low[n] = scale * cell[at["low"]]
    high[n] = scale * cell[at["high"]]
    bound[n] = cell[at["bound"]] == "at_most" ? -1 : cell[at["bound"]] == "at_least" ? 1 : 0
    if (bound[n] < 0)
        low[n] = effect[n]
    if (bound[n] > 0)
        high[n] = effect[n]
    claims += kind[n] < 3
    level = cell[at["level"]]
    seeds = cell[at["seeds"]]
    if (known[n]) {
        least = any && least < low[n] ? least : low[n]
        most = any && most > high[n] ? most : high[n]
        any = 1
        kinds = kinds " " kind[n]
    }
}

# more: digits beyond the usual ones.
function short(x, more) {
    if (measure == "accuracy")
        return sprintf("%+.*f", 2 + more, x)
    if (x < 0.01 || x >= 1e6)
        return sprintf("%.*g", 3 + more, x)
    return sprintf("%.*f", more + (x < 0.0995 ? 3 : x < 9.995 ? 2 : x < 99.95 ? 1 : 0), x)
}

# An interval that excludes no difference also does so as it is printed.
function more_digits(i,    none, end, more) {
    none = measure == "accuracy" ? 0 : 1
    if (low[i] <= none && high[i] >= none)
        return 0
    end = low[i] > none ? low[i] : high[i]
    while (more < 12 && short(end, more) + 0 == none)
        more++
    return more + 0
}

function words(i,    more) {
    if (!known[i])
        return "undetermined"
    more = more_digits(i)
    return (bound[i] < 0 ? "at most " : bound[i] > 0 ? "at least " : "") short(effect[i], more) \
        " [" (bound[i] < 0 ? ".." : short(low[i], more)) ", " (bound[i] > 0 ? ".." : short(high[i], more)) "]"
}

END {
    for (i = 1; i <= n; i++) {
        if (in_setting[i] != before && in_setting[i] != "") {
            rows++
            if (what == "rows")
                printf " '%s' '.' '1' '.'", for_gnuplot(in_setting[i])
        }
        before = in_setting[i]
        rows++
        if (what == "rows")
            printf " '%s' '%s' '0' '%s'", for_gnuplot(rival[i] (many ? " / " reference[i] : "")), words(i),
                (bound[i] < 0 ? sprintf("<%.9g", low[i]) : bound[i] > 0 ? sprintf(">%.9g", high[i]) : ".")
        if (what == "table" && i == 1)
            print "row,kind,effect,low,high"
        if (what == "table" && known[i])
            printf "%d,%d,%.9g,%.9g,%.9g\n", rows, kind[i], effect[i], low[i], high[i]
        else if (what == "table")
            printf "%d,%d,NaN,NaN,NaN\n", rows, kind[i]
    }
    if (what == "facts" && n)
        printf " '%d' '%d' '%.9g' '%d' '.%s' '%.9g' '%.9g' '%d' '.%s'", rows, claims, level, seeds, many ? "" : for_gnuplot(reference[1]), least, most, any,
            kinds
}
