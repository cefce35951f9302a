# ls SWEEP | awk -v sweep=SWEEP -v what=curves|keys|sheet [-v key=KEY] -f cells.awk -f chosen.awk - SWEEP/sweep.csv, called by sweep.sh
# What a sweep has found out, from its sweep.csv: the rows with best = 1, or, where an algorithm has none at a setting, all its rows.
#
#   curves  a line SETTING TAB NAME TAB ALGORITHM TAB POINT POINT ... for each curve; SETTING are the values of the shared keys, "" without such
#           keys, and NAME has the algorithm's own values. sim/report/sweep_curves.c makes the same names.
#   keys    the swept keys with several numbers, but for the seed
#   sheet   a table for sweep.gp with the rows along KEY; its other values are as in an ini, "10Mbit/s"

FNR == NR {
    if ($0 ~ /^[0-9][0-9][0-9][0-9]-/)
        folder[substr($0, 1, 4) + 0] = $0
    next
}

{ cells = cut($0) }

FNR == 1 {
    for (i = 1; i <= cells; i++)
        at[head[i] = cell[i]] = i
    keys = at["algorithm"] - 1
    next
}

# How an algorithm's own values belong together (sweep.own_values); the sweep of an older program combines them.
function together(    how) {
    if (said == "") {
        how = value_of(sweep "/resolved.ini", "sweep.own_values")
        sub(/^ */, "", how)
        said = how == "" ? "combine" : how
    }
    return said
}

function is_own(key) {
    return key ~ /^algorithm\./
}

function is_value(text) {
    return text != "NaN" && text != ""
}

function last_part(key) {
    sub(/.*\./, "", key)
    return key
}

# The name of a shared key as in the folders' names: the last part, or the whole key where two have the same.
function short(key,    i) {
    for (i = 2; i <= keys; i++)
        if (head[i] != key && !is_own(head[i]) && last_part(head[i]) == last_part(key))
            return key
    return last_part(key)
}

function value_of(path, key,    line, section, name, inside, text) {
    match(key, /\.[^.]*$/)
    section = "[" substr(key, 1, RSTART - 1) "]"
    name = substr(key, RSTART + 1) " ="
    while ((getline line < path) > 0) {
        if (line ~ /^\[/)
            inside = line == section
        else if (inside && index(line, name) == 1)
            text = substr(line, length(name) + 2)
    }
    close(path)
    return text
}

# The value of a key in a row, as the ini of a point with this value has it. A point has no section of a variant that it does not use.
function pretty(i, row,    id, r) {
    id = i SUBSEP value[row, i]
    if (!(id in nice)) {
        for (r = 1; r <= rows && nice[id] == ""; r++)
            if (value[r, i] == value[row, i])
                nice[id] = value_of(sweep "/" folder[point[r]] "/resolved.ini", head[i])
        if (nice[id] == "")
            nice[id] = value[row, i]
    }
    return nice[id]
}

# Numbers that --of jobs or a killed sweep have left out are missing in `value`, and so are rows that are not done.
{
    seed = "experiment.seed" in at ? cell[at["experiment.seed"]] : ""
    if (!(seed in seen_seed)) {
        seen_seed[seed]
        seeds++
    }
    if (cell[at["status"]] != "done")
        next
    rows++
    point[rows] = cell[at["point"]] + 0
    algorithm[rows] = cell[at["algorithm"]]
    label[rows] = "label" in at ? cell[at["label"]] : algorithm[rows]
    best[rows] = cell[at["best"]] == 1
    setting = own = ""
    for (i = 2; i <= keys; i++) {
        value[rows, i] = cell[i]
        if (head[i] == "experiment.seed" || !is_value(cell[i]))
            continue
        if (is_own(head[i]))
            own = own ", " last_part(head[i]) " = " pretty(i, rows)
        else
            setting = setting (setting == "" ? "" : ", ") short(head[i]) "=" pretty(i, rows)
    }
    at_setting[rows] = setting
    name[rows] = label[rows] own
    has_best[setting, algorithm[rows]] = has_best[setting, algorithm[rows]] || best[rows]
    for (i = at["algorithm"] + 1; i <= cells; i++)
        result[rows, head[i]] = cell[i]
}

function is_shown(row) {
    return best[row] || !has_best[at_setting[row], algorithm[row]]
}

function several_numbers(i,    row, first, any) {
    for (row = 1; row <= rows; row++) {
        if (!is_value(value[row, i]))
            continue
        if (value[row, i] !~ /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/)
            return 0
        any = any || (first != "" && value[row, i] != first)
        first = value[row, i]
    }
    return any
}

# Curves in the order of experiment.algorithms, setting by setting.
function print_curves(    order, words, n, a, row, c, id, curves, of, count, runs, called, settings, set, k) {
    n = split(value_of(sweep "/resolved.ini", "experiment.algorithms"), words, /, */)
    for (a = 1; a <= n; a++)
        sub(/ *:.*/, "", words[a])
    for (row = 1; row <= rows; row++) {
        if (!is_shown(row))
            continue
        id = at_setting[row] SUBSEP algorithm[row] SUBSEP name[row]
        if (!(at_setting[row] in set)) {
            set[at_setting[row]]
            called[++settings] = at_setting[row]
        }
        if (!(id in count))
            of[++curves] = row
        count[id]++
        runs[id] = runs[id] (runs[id] == "" ? "" : " ") sprintf("%05d", point[row])
    }
    for (k = 1; k <= settings; k++)
        for (a = 1; a <= n; a++)
            for (c = 1; c <= curves; c++) {
                row = of[c]
                id = at_setting[row] SUBSEP algorithm[row] SUBSEP name[row]
                if (at_setting[row] == called[k] && algorithm[row] == words[a])
                    printf "%s\t%s%s\t%s\t%s\n", called[k], name[row], count[id] < seeds ? ", " count[id] " of " seeds " seeds" : "", \
                        algorithm[row], runs[id]
            }
}

# A column of the sheet: shared keys; along an algorithm's key its own ones, too; own ones of all where nothing is chosen.
function is_column(i,    own) {
    if (head[i] == key || head[i] == "experiment.seed")
        return 0
    own = key
    sub(/[^.]*$/, "", own)
    if (is_own(head[i]) && together() != "combine")
        return 0
    return !is_own(head[i]) || (is_own(key) ? index(head[i], own) == 1 : open[i])
}

function print_sheet(    i, k, row, line, columns, words) {
    k = at[key]
    for (row = 1; row <= rows; row++)
        for (i = 2; i <= keys; i++)
            open[i] = open[i] || (is_own(head[i]) && is_value(value[row, i]) && !has_best[at_setting[row], algorithm[row]])
    columns = split("test_accuracy test_loss virtual_s target_s speedup target_accuracy synthetic", words, " ")
    line = key
    for (i = 2; i <= keys; i++)
        if (is_column(i))
            line = line "," (is_own(head[i]) ? last_part(head[i]) : short(head[i]))
    line = line ",algorithm,label"
    for (i = 1; i <= columns; i++)
        line = line "," words[i]
    print line
    for (row = 1; row <= rows; row++) {
        if (!is_value(value[row, k]) || (!is_own(key) && !is_shown(row)))
            continue
        line = value[row, k]
        for (i = 2; i <= keys; i++)
            if (is_column(i))
                line = line "," (is_value(value[row, i]) ? in_quotes(pretty(i, row)) : "NaN")
        line = line "," in_quotes(algorithm[row]) "," in_quotes(label[row])
        for (i = 1; i <= columns; i++)
            line = line "," result[row, words[i]]
        print line
    }
}

END {
    if (what == "curves")
        print_curves()
    else if (what == "keys") {
        for (i = 2; i <= keys; i++)
            if (head[i] != "experiment.seed" && several_numbers(i) && !(is_own(head[i]) && together() == "settings"))
                print head[i]
    } else
        print_sheet()
}
