# awk -F '\t' -v but=KEY -f variants.awk, called by variants.sh: lines "RUN TAB ALGORITHM" to lines 'NAME' 'ALGORITHM' 'RUN RUN ...'.
# A name says what is not the same in all runs of the algorithm. Not counted are the seed, names, what is only written or only about the
# machine, and sections of other algorithms and their codecs. Of runs that differ in nothing one is taken.

function read_keys(run,    line, section, at, key) {
    while ((getline line < (run "/resolved.ini")) > 0) {
        at = index(line, " =")
        if (line ~ /^\[/)
            section = substr(line, 2, index(line, "]") - 2)
        else if (at) {
            key = section "." substr(line, 1, at - 1)
            if (!(key in known)) {
                known[key]
                keys[++key_n] = key
            }
            value[run, key] = substr(line, at + 3)
        }
    }
    close(run "/resolved.ini")
}

function counts(key, algorithm,    section) {
    if (key == but || key ~ /^(output|host)\./ || key ~ /^(experiment\.(name|seed|algorithms)|data\.path|cluster\.processes)$/)
        return 0
    section = substr(key, 1, length(key) - index_from_end(key))
    if (section ~ /^algorithm\./)
        return section == "algorithm." algorithm
    if (section ~ /^codec\./)
        return ("algorithm." algorithm ".codec") in known
    return 1
}

function index_from_end(key) { # length of ".name" behind the section
    match(key, /\.[^.]*$/)
    return RLENGTH
}

function differs(key, algorithm,    i, first) {
    first = ""
    for (i = 1; i <= n; i++)
        if (name[i] == algorithm) {
            if (first == "")
                first = i
            else if (value[run[i], key] != value[run[first], key])
                return 1
        }
    return 0
}

function label(i,    k, text) {
    text = name[i]
    for (k = 1; k <= key_n; k++)
        if (counts(keys[k], name[i]) && differs(keys[k], name[i]))
            text = text ", " keys[k] (value[run[i], keys[k]] == "" ? " left out" : " = " value[run[i], keys[k]])
    gsub(/["'\\]/, "?", text) # they would end gnuplot's word
    return text
}

{
    if (!($1 in seen)) {
        seen[$1]
        read_keys($1)
    }
    run[++n] = $1
    name[n] = $2
    if (!($2 in place)) {
        place[$2]
        algorithm[++algorithms] = $2
    }
}

END {
    for (a = 1; a <= algorithms; a++) {
        variants = 0
        split("", runs_of)
        for (i = 1; i <= n; i++) {
            if (name[i] != algorithm[a])
                continue
            text = label(i)
            if (!(text in runs_of))
                variant[++variants] = text
            seed = value[run[i], "experiment.seed"]
            twin = text SUBSEP (seed == "" ? run[i] : seed) SUBSEP (but == "" ? "" : value[run[i], but])
            if (!(twin in taken))
                runs_of[text] = runs_of[text] (text in runs_of && runs_of[text] != "" ? " " : "") run[i]
            taken[twin]
        }
        for (v = 1; v <= variants; v++)
            printf "'%s' '%s' '%s'\n", variant[v], algorithm[a], runs_of[variant[v]]
    }
}
