# awk -F '\t' -v but=KEY -v which=all|complete -f text.awk -f variants.awk, called by variants.sh: lines "RUN TAB ALGORITHM TAB ALGORITHM ..." (which have an
# eval.csv) to lines 'NAME' 'ALGORITHM' 'RUN RUN ...'.
# A name has the keys that are not equal in all runs of the algorithm. Left out are the seed, names, keys about output or the machine only,
# and sections of other algorithms and their codecs; program, CPU and kernels of a run count. Of runs that differ in nothing one is taken.

function know(run, key, text) {
    if (!(key in known)) {
        known[key]
        keys[++key_n] = key
    }
    value[run, key] = text
}

# Finds `  "name": "text",` as sim/output/json.c writes it. Escapes in the text stay as they are.
function member(name,    begin, at) {
    begin = "\n  \"" name "\": \""
    at = index(json, begin)
    return at ? substr(json, at + length(begin), match(substr(json, at + length(begin)), /["\n]/) - 1) : ""
}

function read_keys(run,    line, section, at, words) {
    while ((getline line < (run "/resolved.ini")) > 0) {
        at = index(line, " =")
        if (line ~ /^\[/)
            section = substr(line, 2, index(line, "]") - 2)
        else if (at)
            know(run, section "." substr(line, 1, at - 1), substr(line, at + 3))
    }
    close(run "/resolved.ini")
    json = ""
    while ((getline line < (run "/run.json")) > 0)
        json = json "\n" line
    json = json "\n"
    close(run "/run.json")
    know(run, "program version", member("version"))
    know(run, "CPU", member("cpu"))
    at = split(member("blas"), words, " ") # its name and version; behind them are the kernels once more
    know(run, "BLAS", at > 1 ? words[1] " " words[2] : words[1])
    know(run, "BLAS kernels", member("blas_core"))
    know(run, "small products", member("small_products"))
    know(run, "compiler", member("compiler"))
    know(run, "what it was begun with", member("begun_with"))
}

function counts(key, algorithm,    section) {
    if (key == but || key ~ /^(output\.(path|at|trace|report|checkpoint_every|workers_every)|host\.(patience|kernels))$/ || \
        key ~ /^(experiment\.(name|seed|algorithms)|data\.path|cluster\.processes)$/)
        return 0
    section = key
    sub(/\.?[^.]*$/, "", section)
    if (section ~ /^algorithm\./)
        return section == "algorithm." algorithm
    if (section ~ /^codec\./)
        return ("algorithm." algorithm ".codec") in known
    return 1
}

# The keys that make variants of an algorithm, in differing[1] to differing[different].
function find_differing(algorithm,    i, k, first, differ) {
    different = 0
    for (k = 1; k <= key_n; k++) {
        if (!counts(keys[k], algorithm))
            continue
        first = ""
        differ = 0
        for (i = 1; i <= n && !differ; i++)
            if (name[i] == algorithm) {
                if (first == "")
                    first = i
                else
                    differ = value[run[i], keys[k]] != value[run[first], keys[k]]
            }
        if (differ)
            differing[++different] = keys[k]
    }
}

function label(i,    k, text, its) {
    text = name[i]
    for (k = 1; k <= different; k++) {
        its = value[run[i], differing[k]]
        text = text (marked ? "\004" : ", ") differing[k] (its == "" ? " left out" : (marked ? "\005" : " = ") for_gnuplot(its))
    }
    return text
}

# Its eval.csv has a row.
function has_rows(run, algorithm,    file, line, two) {
    file = run "/" algorithm "/eval.csv"
    two = (getline line < file) > 0 && (getline line < file) > 0 && line != ""
    close(file)
    return two
}

function take(run_name, algorithm) {
    if ((run_name, algorithm) in seen || !has_rows(run_name, algorithm))
        return
    seen[run_name, algorithm]
    if (!(run_name in read)) {
        read[run_name]
        read_keys(run_name)
    }
    run[++n] = run_name
    name[n] = algorithm
    if (!(algorithm in place)) {
        place[algorithm]
        algorithms[++algorithm_n] = algorithm
    }
}

# The algorithms in the order of comparison.csv, then any others.
{
    file = $1 "/comparison.csv"
    rows = 0
    while ((getline line < file) > 0)
        if (rows++)
            take($1, substr(line, 1, index(line ",", ",") - 1))
    close(file)
    if (which == "all")
        for (i = 2; i <= NF; i++)
            take($1, $i)
}

END {
    for (a = 1; a <= algorithm_n; a++) {
        variants = 0
        split("", runs_of)
        find_differing(algorithms[a])
        for (i = 1; i <= n; i++) {
            if (name[i] != algorithms[a])
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
            printf "'%s' '%s' '%s'\n", variant[v], algorithms[a], runs_of[variant[v]]
    }
}
