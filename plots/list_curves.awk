# awk -F '\t' -v but=KEY -v which=all|complete|problems -f text.awk -f list_curves.awk, called by list_curves.sh: lines "RUN TAB ALGORITHM TAB ALGORITHM ..."
# (which have an eval.csv) to lines 'NAME' 'ALGORITHM' 'RUN RUN ...'; with problems to lines 'NAME' 'FOLDER' 'RUN RUN ...'.
# A name has the keys that are not equal in all runs and concern the algorithm, and the seeds if not all curves have the same. Left out are names
# and keys about output or the machine only; program, CPU and kernels of a run count. Of runs that differ in nothing one is taken.
# sim/report/run_keys.c, entries.c and problems.c have the same rules.

BEGIN {
    vague = " set name model shape seconds device factor overhead spread trace power beta clock sharing train report path efficiency trace contents "
}

function last_part(key) {
    sub(/.*\./, "", key)
    return key
}

function know(run, key, text) {
    if (!(key in known)) {
        known[key]
        keys[++key_n] = key
        tail[key] = last_part(key)
    }
    value[run, key] = text
}

# Finds `  "name": "text",` as sim/output/json.c writes it. Escapes in the text stay as they are.
function member(name,    begin, at) {
    begin = "\n  \"" name "\": \""
    at = index(json, begin)
    return at ? substr(json, at + length(begin), match(substr(json, at + length(begin)), /["\n]/) - 1) : ""
}

# "bsp, topk1: bsp": the plug-in of a variant counts like a key of the variant.
function read_plug_ins(run,    n, i, words, name, of) {
    n = split(value[run, "experiment.algorithms"], words, ",")
    for (i = 1; i <= n; i++) {
        if (!index(words[i], ":"))
            continue
        name = substr(words[i], 1, index(words[i], ":") - 1)
        of = substr(words[i], index(words[i], ":") + 1)
        gsub(/ /, "", name)
        gsub(/ /, "", of)
        know(run, "algorithm." name ".variant of", of)
    }
}

# A trace of the same name may hold other rows. The run has a copy of it.
function read_trace(run, key,    file, line, words, it) {
    file = run "/" key ".csv"
    if ((getline line < file) >= 0) {
        it = "cksum <'" file "'"
        it | getline line
        close(it)
        split(line, words, " ")
    }
    close(file)
    know(run, key " contents", words[1])
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
    if (!(run in synthetic)) # no algorithm is complete
        synthetic[run] = index(json, "\n  \"synthetic\": true") ? "yes" : "no"
    know(run, "data.synthetic", synthetic[run])
    read_plug_ins(run)
    read_trace(run, "compute.trace")
    read_trace(run, "network.trace")
    read_trace(run, "network.server_trace")
    read_trace(run, "network.sites")
    read_trace(run, "profile.file")
    know(run, "data contents", member("data_contents"))
    know(run, "program version", member("version"))
    know(run, "CPU", member("cpu"))
    at = split(member("blas"), words, " ") # its name and version; behind them are the kernels once more
    know(run, "BLAS", at > 1 ? words[1] " " words[2] : words[1])
    know(run, "BLAS kernels", member("blas_core"))
    know(run, "small products", member("small_products"))
    know(run, "compiler", member("compiler"))
    know(run, "what it was begun with", member("begun_with"))
}

# ---- which keys count, and for which algorithm ----

function counts(key) {
    return !(key == but || key ~ /^(output\.(path|trace|report|at|checkpoint_every|workers_every)|host\.(patience|kernels))$/ || \
        key ~ /^(experiment\.(name|seed|algorithms)|data\.path|cluster\.processes)$/ || key ~ /^algorithm\..*\.label$/)
}

function is_shared(key) {
    return key !~ /^(algorithm|codec)\./
}

# The section of the variant "one: topk" is "codec.one".
function has_codec(run, key, codec) {
    sub(/ *:.*/, "", codec)
    return codec != "" && index(key, "codec." codec ".") == 1
}

function concerns(run, key, algorithm) {
    return is_shared(key) || index(key, "algorithm." algorithm ".") == 1 || \
        has_codec(run, key, value[run, "algorithm." algorithm ".codec"]) || \
        has_codec(run, key, value[run, "algorithm." algorithm ".reply_codec"])
}

function is_used(run, key,    a) {
    if (is_shared(key))
        return 1
    for (a = 1; a <= has_n[run]; a++)
        if (concerns(run, key, has[run, a]))
            return 1
    return 0
}

# Some run has another value than the first; most keys have none, and then it does not count where they have an effect.
function varies(key,    r, first) {
    first = value[runs[1], key]
    for (r = 2; r <= run_n; r++)
        if (value[runs[r], key] != first)
            return 1
    return 0
}

# The key has several values in the runs in which it has an effect.
function differs(key,    r, first, any) {
    if (!varies(key))
        return 0
    for (r = 1; r <= run_n; r++)
        if (is_used(runs[r], key)) {
            if (any && value[runs[r], key] != first)
                return 1
            any = 1
            first = value[runs[r], key]
        }
    return 0
}

# ---- names ----

# The end of the key that is enough in a label of the algorithm.
function short(key, algorithm,    k, r, part, other, shared, longer) {
    part = tail[key]
    if (!index(key, "."))
        return key
    shared = is_shared(key)
    longer = shared && index(vague, " " part " ")
    for (k = 1; k <= key_n && !longer; k++) {
        other = keys[k]
        if (tail[other] != part || other == key)
            continue
        for (r = 1; r <= run_n && !longer; r++)
            longer = value[runs[r], other] != "" && (shared ? is_used(runs[r], other) : concerns(runs[r], other, algorithm))
    }
    if (!longer)
        return part
    part = substr(key, 1, length(key) - length(part) - 1)
    return last_part(part) substr(key, length(part) + 1)
}

# The keys that are in the names of an algorithm's variants, in differing[1] to differing[different], and their short names.
function find_differing(algorithm,    i, k, first, any, differ) {
    different = 0
    for (k = 1; k <= all_differing; k++) {
        differ = is_shared(all[k])
        any = 0
        for (i = 1; i <= n && !differ; i++)
            if (name[i] == algorithm && concerns(run[i], all[k], algorithm)) {
                differ = any && value[run[i], all[k]] != first
                any = 1
                first = value[run[i], all[k]]
            }
        if (!differ)
            continue
        differing[++different] = all[k]
        called[different] = short(all[k], algorithm)
    }
}

function label(i,    k, text, its) {
    text = name[i]
    for (k = 1; k <= different; k++) {
        if (!concerns(run[i], differing[k], name[i]))
            continue
        its = value[run[i], differing[k]]
        text = text comma called[k] (its == "" ? " left out" : is for_gnuplot(its))
    }
    return text
}

# "seed 1", "seeds 1 to 3 and 7", "9 seeds from 1 to 40" of a list of runs; "" if one has none.
function seeds_of(list,    words, n, m, i, j, seed, swap, text, pieces) {
    n = split(list, words, " ")
    split("", seed)
    for (i = 1; i <= n; i++) {
        swap = value[words[i], "experiment.seed"]
        if (swap == "")
            return ""
        for (j = 1; j <= m && seed[j] != swap; j++)
            ;
        if (j > m) {
            for (m++; j > 1 && seed[j - 1] + 0 > swap + 0; j--)
                seed[j] = seed[j - 1]
            seed[j] = swap
        }
    }
    text = m > 1 ? "seeds" : "seed"
    for (i = 1; i <= m; i = j) {
        for (j = i + 1; j <= m && seed[j] == seed[j - 1] + 1; j++)
            ;
        text = text (pieces++ ? " and " : " ") seed[i] (j > i + 1 ? " to " seed[j - 1] : "")
    }
    return pieces > 3 ? m " seeds from " seed[1] " to " seed[m] : text
}

# ---- the runs ----

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
    if (!(run_name in has_n)) {
        runs[++run_n] = run_name
        read_keys(run_name)
    }
    has[run_name, ++has_n[run_name]] = algorithm
    run[++n] = run_name
    name[n] = algorithm
    if (!(algorithm in place)) {
        place[algorithm]
        algorithms[++algorithm_n] = algorithm
    }
}

# Whether the data were synthetic, from a line of comparison.csv.
function read_origin(run, head, line,    names, cells, n, i) {
    n = split(head, names, ",")
    split(line, cells, ",")
    synthetic[run] = "yes" # a run without the column
    for (i = 1; i <= n; i++)
        if (names[i] == "synthetic")
            synthetic[run] = cells[i] == "0" ? "no" : "yes"
}

# The algorithms in the order of comparison.csv, then any others.
{
    file = $1 "/comparison.csv"
    rows = 0
    while ((getline line < file) > 0) {
        if (!rows++) {
            head = line
            continue
        }
        if (rows == 2)
            read_origin($1, head, line)
        take($1, substr(line, 1, index(line ",", ",") - 1))
    }
    close(file)
    if (which != "complete")
        for (i = 2; i <= NF; i++)
            take($1, $i)
}

# ---- the answer ----

function problem_of(run,    shape) {
    shape = value[run, "data.set"] == "synthetic" ? value[run, "data.shape"] : ""
    return value[run, "model.name"] " on " value[run, "data.set"] (shape == "" ? "" : " like " shape) \
        (value[run, "data.synthetic"] == "yes" ? " (SYNTHETIC DATA)" : "")
}

function print_problems(    r, i, its, folder, problems, problem, list) {
    for (r = 1; r <= run_n; r++) {
        its = problem_of(runs[r])
        if (!(its in list))
            problem[++problems] = its
        list[its] = list[its] (list[its] == "" ? "" : " ") runs[r]
    }
    for (i = 1; i <= problems; i++) {
        folder = problem[i]
        sub(/ \(SYNTHETIC DATA\)/, folder ~ / on synthetic like / ? "" : "-synthetic", folder)
        gsub(/ (on|like) /, "-", folder)
        gsub(/[^A-Za-z0-9_.-]/, "_", folder)
        printf "'%s' '%s' '%s'\n", for_gnuplot(problem[i]), folder, list[problem[i]]
    }
}

function find_variants(algorithm,    i, text, seed, twin) {
    find_differing(algorithm)
    for (i = 1; i <= n; i++) {
        if (name[i] != algorithm)
            continue
        text = label(i)
        if (!((algorithm, text) in runs_of)) {
            variant[++variants] = text
            owner[variants] = algorithm
        }
        seed = value[run[i], "experiment.seed"]
        twin = algorithm SUBSEP text SUBSEP (seed == "" ? run[i] : seed) SUBSEP (but == "" ? "" : value[run[i], but])
        if (!(twin in taken))
            runs_of[algorithm, text] = runs_of[algorithm, text] (runs_of[algorithm, text] == "" ? "" : " ") run[i]
        taken[twin]
    }
}

END {
    if (which == "problems") {
        print_problems()
        exit
    }
    comma = marked ? "\004" : ", "
    is = marked ? "\005" : " = "
    for (k = 1; k <= key_n; k++)
        if (counts(keys[k]) && differs(keys[k]))
            all[++all_differing] = keys[k]
    for (a = 1; a <= algorithm_n; a++)
        find_variants(algorithms[a])
    for (v = 1; v <= variants; v++) {
        seeds[v] = seeds_of(runs_of[owner[v], variant[v]])
        other_seeds = other_seeds || seeds[v] != seeds[1]
    }
    for (v = 1; v <= variants; v++)
        printf "'%s%s' '%s' '%s'\n", variant[v], other_seeds && seeds[v] != "" ? comma seeds[v] : "", owner[v], runs_of[owner[v], variant[v]]
}
