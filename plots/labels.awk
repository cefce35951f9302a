# list_curves.sh . all KEY marked | LABELS=FILE awk [-v check=1] -f text.awk -f cells.awk -f labels.awk
# From the curves in a folder of runs (the working directory) to what a picture shows of them. The first line has a dot and the name of the experiment,
# where a run has one, the accuracy of the target (or NaN; also where runs have several) and whether data were synthetic (1; of some runs: 2). The
# second has the budget of all runs (experiment.virtual_time and bytes): in seconds and in bytes, 0 where there is none or runs have several, and
# as a text. Then follow, as list_curves.sh, three words a curve. The name of a curve begins with the label of its algorithm in comparison.csv.
# FILE has lines "NAME = TEXT": NAME is a curve as the picture names it without FILE, or an algorithm, its label or a key in such names. A curve's
# value of a key stays.
# SHEET in the environment is a sweep.csv, which has the labels then.
# With -v axis=KEY prints only the text that FILE has for this key of an axis, or an empty line.
# With check only FILE is looked at: prints what is wrong, "error TAB MESSAGE" or "note TAB MESSAGE".

# The text of a word in quotes.
function word_of(text) { return substr(text, 2, length(text) - 2) }

function plain(text) {
    gsub(/\004/, ", ", text)
    gsub(/\005/, " = ", text)
    return text
}

function trim(text) {
    gsub(/^[ \t]+|[ \t\r]+$/, "", text)
    return text
}

# The rows of RUN/comparison.csv: label[run, algorithm]; target and synthetic of the run.
function read_rows(run,    line, file, at, i, rows, its) {
    file = ENVIRON["SHEET"] != "" ? ENVIRON["SHEET"] : run "/comparison.csv"
    while ((getline line < file) > 0) {
        cut(line)
        if (!rows++)
            for (i in cell)
                at[cell[i]] = i
        else {
            if (("label" in at) && cell[at["label"]] != "")
                label[run, cell[at["algorithm"]]] = for_gnuplot(cell[at["label"]])
            if (rows == 2) {
                its = ("target_accuracy" in at) ? cell[at["target_accuracy"]] : "NaN"
                target = target == "" || target == its ? its : "NaN"
                synthetic += ("synthetic" in at) && cell[at["synthetic"]] == 1
                tables++
            }
        }
    }
    close(file)
}

# The keys of the runs, to know those of FILE from words that are none.
function read_keys(run,    line, file, section) {
    file = run "/resolved.ini"
    while ((getline line < file) > 0)
        if (line ~ /^\[/)
            section = substr(line, 2, index(line, "]") - 2)
        else if (index(line, " =")) {
            known[section "." substr(line, 1, index(line, " =") - 1)]
            settings++
        }
    close(file)
}

function read_name(run,    line, file) {
    file = run "/resolved.ini"
    while ((getline line < file) > 0 && line !~ /^algorithms =/)
        if (sub(/^name = /, "", line) && line != "" && !(line in named)) {
            named[line]
            title = title (names++ ? names > 3 ? "" : ", " : "") (names > 3 ? "" : for_gnuplot(line))
        }
    close(file)
}

# The budget of a run, of which all must have the same: time and bytes as resolved.ini has them.
function read_budget(run,    line, file, its) {
    file = run "/resolved.ini"
    while ((getline line < file) > 0 && line !~ /^\[[^e]/)
        if (line ~ /^(virtual_time|bytes) = ./)
            its[substr(line, 1, index(line, " ") - 1)] = substr(line, index(line, "=") + 2)
    close(file)
    if (runs_read++ == 0) {
        time = its["virtual_time"]
        bytes = its["bytes"]
    }
    time = its["virtual_time"] == time ? time : ""
    bytes = its["bytes"] == bytes ? bytes : ""
}

# "1min", "10GiB" in seconds, in bytes.
function in_units(text,    number, unit, i) {
    number = text + 0
    unit = text
    sub(/^[-+]?[0-9.]+(e[-+]?[0-9]+)?/, "", unit)
    for (i = 1; i < units; i += 2)
        if (scale[i] == unit)
            return sprintf("%.17g", number * scale[i + 1])
    return 0
}

# "100s" as "100 s"
function spaced(text) {
    return match(text, /[A-Za-z]+$/) ? substr(text, 1, RSTART - 1) " " substr(text, RSTART) : text
}

BEGIN { units = split("s 1 ms 1e-3 us 1e-6 ns 1e-9 min 60 h 3600 B 1 kB 1e3 MB 1e6 GB 1e9 TB 1e12 KiB 1024 MiB 1048576 GiB 1073741824 " \
    "TiB 1099511627776", scale, " ") }

{
    split($0, part, /' '/)
    n++
    algorithm[n] = part[2]
    runs[n] = substr(part[3], 1, length(part[3]) - 1)
    name[n] = substr(part[1], 2)
    m = split(runs[n], run, " ")
    for (i = 1; i <= m; i++)
        if (!(run[i] in read)) {
            read[run[i]]
            read_rows(run[i])
            read_name(run[i])
            read_budget(run[i])
            if (ENVIRON["LABELS"] != "")
                read_keys(run[i])
        }
    shown[n] = name[n]
    if (((run[1], algorithm[n]) in label) && index(name[n] "\004", algorithm[n] "\004") == 1)
        shown[n] = label[run[1], algorithm[n]] substr(name[n], length(algorithm[n]) + 1)
}

function say(kind, text) {
    if (check)
        print kind "\t" text
}

# Names have short keys: LEFT is KEY, or ends with it and is a key of a run, of this algorithm where it is of one.
function means(left, key, algorithm) {
    return left == key || (substr(left, length(left) - length(key)) == "." key && ((left in known) || !settings) && \
        (left !~ /^algorithm\./ || index(left, "algorithm." algorithm ".") == 1))
}

# A line of FILE: which curves does it mean?
function rename(line, number,    c, k, key, found, best, left, text, part, m) {
    for (c = 1; c <= n; c++)
        for (k = 1; k <= 2; k++) {
            left = plain(k == 1 ? shown[c] : name[c])
            if (index(line, left) == 1 && match(substr(line, length(left) + 1), /^[ \t]*=/) && length(left) > length(best))
                best = left
        }
    left = best != "" ? best : trim(substr(line, 1, index(line, "=") - 1))
    text = substr(line, length(best) + 1)
    text = trim(substr(text, index(text, "=") + 1))
    if (!index(line, "=") || left == "" || text == "") {
        say("error", number ": expected NAME = TEXT, got '" line "'")
        return
    }
    for (c = 1; c <= n; c++) {
        m = split(shown[c], part, "\004")
        if (left == plain(shown[c]) || left == plain(name[c])) {
            whole[c] = text
            found = 1
        }
        if (left == algorithm[c] || left == part[1]) {
            head[c] = text
            found = 1
        }
        for (k = 2; k <= m; k++) {
            key = substr(part[k], 1, index(part[k], "\005") - 1)
            if (key != "" && means(left, key, algorithm[c])) {
                if (length(left) >= key_best[c, key]) { # the whole key wins
                    key_best[c, key] = length(left)
                    key_text[c, key] = text
                }
                found = 1
            }
        }
    }
    if (axis != "" && (left == axis || substr(axis, length(axis) - length(left)) == "." left) && length(left) > axis_best) {
        axis_best = length(left)
        axis_text = text
    }
    if (!found && !(left in axes))
        say("note", number ": '" left "' is no curve, algorithm or key here: " all_names())
}

function all_names(    c, text) {
    for (c = 1; c <= n && c <= 8; c++)
        text = text (c > 1 ? "; " : "") plain(name[c])
    return text (n > 8 ? "; and " n - 8 " more" : "")
}

function renamed(c,    part, m, k, at, key, text) {
    if (c in whole)
        return whole[c]
    m = split(shown[c], part, "\004")
    text = c in head ? head[c] : part[1]
    for (k = 2; k <= m; k++) {
        at = index(part[k], "\005")
        key = substr(part[k], 1, at - 1)
        text = text "\004" (at && (c, key) in key_text ? key_text[c, key] : key) substr(part[k], at)
    }
    return text
}

END {
    own = ENVIRON["LABELS"]
    while (own != "" && (getline line < "axes") > 0) { # of sweep.sh: keys that have an axis, by their full or last names
        axes[line]
        sub(/.*\./, "", line)
        axes[line]
    }
    while (own != "" && (getline line < own) > 0) {
        number++
        line = for_gnuplot(trim(line))
        if (line != "" && line !~ /^[#;]/)
            rename(line, number)
    }
    if (axis != "")
        print axis_text
    if (check || axis != "")
        exit
    title = title (names > 3 ? " and " names - 3 " more" : "")
    if ((getline line < "setting") > 0 && line != "") # of sweep.sh
        title = title "   \342\200\223   " for_gnuplot(line)
    printf "'.%s' '%s' '%d'\n", title, (target == "" ? "NaN" : target), (!synthetic ? 0 : synthetic == tables ? 1 : 2)
    printf "'%s' '%s' '.%s'\n", in_units(time), in_units(bytes), spaced(time) (time != "" && bytes != "" ? " or " : "") spaced(bytes)
    for (c = 1; c <= n; c++) {
        text = renamed(c)
        if (text in taken) # no two curves of one name
            text = text " (" name[c] ")"
        taken[text]
        printf "'%s' '%s' '%s'\n", text, algorithm[c], runs[c]
    }
}
