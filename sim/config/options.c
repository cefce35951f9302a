/* Reads the command line into struct options, with getopt_long, and refuses combinations that mean
 * nothing. Options that stand for a key (--workers) become assignments, which config.c reads. */
#define _GNU_SOURCE /* getopt_long */
#include "sim/config/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

/* getopt_long returns the letter of an option with a letter, and one of these numbers, above all
 * characters, for any other option. */
enum {
    OPT_SET = 256,
    OPT_KEY,
    OPT_SWEEP,
    OPT_TUNE,
    OPT_COMPARE,
    OPT_JOBS,
    OPT_INDEX,
    OPT_OF,
    OPT_CHECK,
    OPT_EXPLAIN,
    OPT_ADVISE,
    OPT_VERIFY,
    OPT_EXPORT,
    OPT_REPORT,
    OPT_TABLE,
    OPT_RESUME,
    OPT_RETIME,
    OPT_PRINT_CONFIG,
    OPT_LIST,
    OPT_MARKDOWN,
    OPT_JSON,
    OPT_COLOR
};

static const struct option long_options[] = {{"set", required_argument, NULL, OPT_SET},
                                             {"workers", required_argument, NULL, OPT_KEY},
                                             {"algorithm", required_argument, NULL, OPT_KEY},
                                             {"seed", required_argument, NULL, OPT_KEY},
                                             {"iterations", required_argument, NULL, OPT_KEY},
                                             {"epochs", required_argument, NULL, OPT_KEY},
                                             {"data", required_argument, NULL, OPT_KEY},
                                             {"no-train", no_argument, NULL, OPT_KEY},
                                             {"sweep", required_argument, NULL, OPT_SWEEP},
                                             {"tune", required_argument, NULL, OPT_TUNE},
                                             {"compare", no_argument, NULL, OPT_COMPARE},
                                             {"jobs", required_argument, NULL, OPT_JOBS},
                                             {"index", required_argument, NULL, OPT_INDEX},
                                             {"of", required_argument, NULL, OPT_OF},
                                             {"output", required_argument, NULL, 'o'},
                                             {"check", no_argument, NULL, OPT_CHECK},
                                             {"explain", no_argument, NULL, OPT_EXPLAIN},
                                             {"advise", no_argument, NULL, OPT_ADVISE},
                                             {"verify", no_argument, NULL, OPT_VERIFY},
                                             {"export", required_argument, NULL, OPT_EXPORT},
                                             {"report", no_argument, NULL, OPT_REPORT},
                                             {"table", required_argument, NULL, OPT_TABLE},
                                             {"print-config", no_argument, NULL, OPT_PRINT_CONFIG},
                                             {"list", required_argument, NULL, OPT_LIST},
                                             {"markdown", required_argument, NULL, OPT_MARKDOWN},
                                             {"resume", required_argument, NULL, OPT_RESUME},
                                             {"retime", required_argument, NULL, OPT_RETIME},
                                             {"quiet", no_argument, NULL, 'q'},
                                             {"json", no_argument, NULL, OPT_JSON},
                                             {"color", required_argument, NULL, OPT_COLOR},
                                             {"help", no_argument, NULL, 'h'},
                                             {"version", no_argument, NULL, 'V'},
                                             {NULL, 0, NULL, 0}};

/* Options that stand for --set KEY=VALUE. Messages name the option. */
static const struct {
    const char *option, *key, *value; /* value: for an option without an argument */
} short_for[] = {{"--workers", "cluster.workers", NULL},  {"--algorithm", "experiment.algorithms", NULL},
                 {"--seed", "experiment.seed", NULL},     {"--iterations", "experiment.iterations", NULL},
                 {"--epochs", "experiment.epochs", NULL}, {"--data", "data.path", NULL},
                 {"--no-train", "experiment.train", "no"}};

static const char *const lists[] = {"algorithms", "models",   "datasets", "codecs", "optimizers",
                                    "exchanges",  "networks", "keys",     NULL};

#define HOW "; try 'simulate --help'"

static const char *name_of_option(const void *context, size_t i)
{
    (void)context;
    return long_options[i].name;
}

static const char *name_of_list(const void *context, size_t i)
{
    (void)context;
    return lists[i];
}

static bool is_long_option(int value)
{
    const struct option *o = long_options;
    while (o->name && o->val != value)
        o++;
    return o->name != NULL;
}

/* Called when getopt has refused a word. The cause is an unknown word, a value for an option without a
 * value, or an unknown letter (in optopt). */
static _Noreturn void refused_option(char **argv)
{
    char quoted[80];
    const char *word = argv[optind - 1];
    if (optopt && is_long_option(optopt))
        die(EXIT_USAGE, "option %s takes no value" HOW, text_quote(quoted, sizeof quoted, word));
    if (optopt) {
        char letter[] = {'-', (char)optopt, '\0'};
        die(EXIT_USAGE, "unknown option %s" HOW, text_quote(quoted, sizeof quoted, letter));
    }
    text_quote(quoted, sizeof quoted, word);
    const char *nearest = text_nearest(word + strspn(word, "-"), name_of_option, NULL);
    if (nearest)
        die(EXIT_USAGE, "unknown option %s; did you mean --%s?" HOW, quoted, nearest);
    die(EXIT_USAGE, "unknown option %s" HOW, quoted);
}

static void choose(struct options *o, enum action action)
{
    if (o->action != ACT_RUN && o->action != action)
        die(EXIT_USAGE,
            "--check, --explain, --advise, --verify, --report, --table, --export, --print-config, --list and "
            "--markdown exclude each other" HOW);
    o->action = action;
}

static void choose_list(struct options *o, const char *what)
{
    char quoted[80];
    choose(o, ACT_LIST);
    o->list = what;
    for (int i = 0; lists[i]; i++)
        if (strcmp(lists[i], what) == 0)
            return;
    const char *nearest = text_nearest(what, name_of_list, NULL);
    die(EXIT_USAGE,
        "--list: expected algorithms, models, datasets, codecs, optimizers, exchanges, networks or keys, got "
        "%s%s%s%s" HOW,
        text_quote(quoted, sizeof quoted, what), nearest ? "; did you mean " : "", nearest ? nearest : "",
        nearest ? "?" : "");
}

static const char *const exports[] = {"npz", "csv", NULL}, *const tables[] = {"latex", "markdown", "csv",
                                                                              NULL};

static const char *name_of_format(const void *context, size_t i)
{
    return ((const char *const *)context)[i];
}

static void choose_format(struct options *o, enum action action, const char *format)
{
    char quoted[80];
    bool table = action == ACT_TABLE;
    const char *const *known = table ? tables : exports;
    choose(o, action);
    o->format = format;
    for (int i = 0; known[i]; i++)
        if (strcmp(known[i], format) == 0)
            return;
    const char *nearest = text_nearest(format, name_of_format, known);
    die(EXIT_USAGE, "%s, got %s%s%s%s" HOW,
        table ? "--table: expected latex, markdown or csv" : "--export: expected npz or csv",
        text_quote(quoted, sizeof quoted, format), nearest ? "; did you mean " : "", nearest ? nearest : "",
        nearest ? "?" : "");
}

static void add(struct options *o, const char *option, const char *key, const char *value)
{
    o->set[o->n_set++] = (struct assignment){option, key, value};
}

static void add_short(struct options *o, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof short_for / sizeof *short_for; i++)
        if (strcmp(short_for[i].option + strlen("--"), name) == 0)
            add(o, short_for[i].option, short_for[i].key, value ? value : short_for[i].value);
}

static void take_output(struct options *o, const char *folder)
{
    if (!*folder)
        die(EXIT_USAGE, "--output: expected a folder, got ''" HOW);
    o->output = folder;
}

static enum when when(const char *word)
{
    static const char *const words[] = {
        [WHEN_AUTOMATIC] = "auto", [WHEN_ALWAYS] = "always", [WHEN_NEVER] = "never"};
    char quoted[80];
    for (int i = WHEN_AUTOMATIC; i <= WHEN_NEVER; i++)
        if (strcmp(words[i], word) == 0)
            return (enum when)i;
    die(EXIT_USAGE, "--color: expected auto, always or never, got %s" HOW,
        text_quote(quoted, sizeof quoted, word));
}

enum { MOST_JOBS = 9999 };

static int take_count(const char *option, const char *text)
{
    char quoted[80], *end;
    long n = strtol(text, &end, 10);
    if (text[strspn(text, "0123456789")] || end == text || n < 1 || n > MOST_JOBS)
        die(EXIT_USAGE, "%s: expected a whole number from 1 to %d, got %s" HOW, option, MOST_JOBS,
            text_quote(quoted, sizeof quoted, text));
    return (int)n;
}

static void take(struct options *o, int option, int index, char **argv)
{
    switch (option) {
    case OPT_SET:
        add(o, "--set", NULL, optarg);
        break;
    case OPT_SWEEP:
        add(o, "--sweep", NULL, optarg);
        break;
    case OPT_TUNE:
        add(o, "--tune", NULL, optarg);
        break;
    case OPT_COMPARE:
        o->compare = true;
        break;
    case OPT_JOBS:
        o->jobs = take_count("--jobs", optarg);
        break;
    case OPT_INDEX:
        o->index = take_count("--index", optarg);
        break;
    case OPT_OF:
        o->of = take_count("--of", optarg);
        break;
    case OPT_KEY:
        add_short(o, long_options[index].name, optarg);
        break;
    case OPT_CHECK:
        choose(o, ACT_CHECK);
        break;
    case OPT_EXPLAIN:
        choose(o, ACT_EXPLAIN);
        break;
    case OPT_ADVISE:
        choose(o, ACT_ADVISE);
        break;
    case OPT_VERIFY:
        choose(o, ACT_VERIFY);
        break;
    case OPT_EXPORT:
        choose_format(o, ACT_EXPORT, optarg);
        break;
    case OPT_TABLE:
        choose_format(o, ACT_TABLE, optarg);
        break;
    case OPT_REPORT:
        choose(o, ACT_REPORT);
        break;
    case OPT_PRINT_CONFIG:
        choose(o, ACT_PRINT_CONFIG);
        break;
    case OPT_MARKDOWN:
        choose(o, ACT_MARKDOWN);
        o->list = optarg;
        break;
    case OPT_LIST:
        choose_list(o, optarg);
        break;
    case 'o':
        take_output(o, optarg);
        break;
    case OPT_RESUME:
        o->resume = optarg;
        break;
    case OPT_RETIME:
        o->retime = optarg;
        break;
    case 'q':
        o->quiet = true;
        break;
    case OPT_JSON:
        o->json = true;
        break;
    case OPT_COLOR:
        o->colour = when(optarg);
        break;
    case ':':
        die(EXIT_USAGE, "option '%s' needs a value" HOW, argv[optind - 1]);
    default:
        refused_option(argv);
    }
}

/* A resumed run keeps its configuration. Only --data is allowed: the data may lie in another place now. */
static void check_resume(const struct options *o)
{
    if (o->action != ACT_RUN)
        die(EXIT_USAGE, "--resume: expected a run, not --check or the like" HOW);
    if (o->file)
        die(EXIT_USAGE, "--resume: expected no FILE, got '%s': the experiment is in the folder" HOW, o->file);
    if (o->output)
        die(EXIT_USAGE, "--resume: expected no --output: the run goes on in its folder" HOW);
    for (int i = 0; i < o->n_set; i++)
        if (strcmp(o->set[i].option, "--data") != 0)
            die(EXIT_USAGE, "--resume: expected no %s: the run goes on as it was" HOW, o->set[i].option);
}

/* What only shows files or lists has no settings, or other ones. */
static void check_retime(const struct options *o)
{
    if (o->action != ACT_RUN && o->action != ACT_CHECK && o->action != ACT_EXPLAIN &&
        o->action != ACT_PRINT_CONFIG)
        die(EXIT_USAGE, "--retime: expected a run, --check, --explain or --print-config" HOW);
    if (o->resume)
        die(EXIT_USAGE,
            "--retime: expected no --resume: a run that was broken off goes on by --resume alone" HOW);
}

static bool is_of_the_report(const char *assignment)
{
    static const char *const keys[] = {"sweep.tune=",
                                       "sweep.count_by=",
                                       "compare.reference=",
                                       "compare.pairs=",
                                       "compare.measures=",
                                       "compare.accuracy_resolution=",
                                       "compare.time_resolution="};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strncmp(assignment, keys[i], strlen(keys[i])) == 0)
            return true;
    return false;
}

static const char *const folder_options[] = {
    [ACT_VERIFY] = "--verify", [ACT_REPORT] = "--report", [ACT_TABLE] = "--table", [ACT_EXPORT] = "--export"};

/* What reads the folder of a run takes no settings: the run is what it was. The report of a sweep may choose the
 * best values by another rule, and count by other keys; that of a comparison may make other claims. A margin belongs to
 * the question: one that is set when the answer is known proves nothing. */
static void check_folder(const struct options *o)
{
    bool chooses_again = o->action == ACT_REPORT || o->action == ACT_TABLE;
    for (int i = 0; i < o->n_set; i++) {
        const struct assignment *a = &o->set[i];
        bool chooses = !a->key && strcmp(a->option, "--set") == 0 && is_of_the_report(a->value);
        if (!chooses_again || !chooses)
            die(EXIT_USAGE, "%s: expected no %s: the run stays as it was%s" HOW, folder_options[o->action],
                a->option,
                chooses_again ? " (of a sweep, --set sweep.tune=RULE chooses again, sweep.count_by=KEYS "
                                "counts again; of a "
                                "comparison, compare.reference, pairs, measures and resolutions judge again)"
                              : "");
    }
}

static void check_share(const struct options *o)
{
    if (o->resume)
        die(EXIT_USAGE, "--index, --of: not with --resume, which runs all points that are missing" HOW);
    if (!o->index || !o->of)
        die(EXIT_USAGE, "--index, --of: expected both or neither" HOW);
    if (o->index > o->of)
        die(EXIT_USAGE, "--index: expected 1 to %d (--of), got %d" HOW, o->of, o->index);
    if (!o->output && o->action == ACT_RUN)
        die(EXIT_USAGE, "--index: expected --output DIR, which all jobs share" HOW);
}

/* Advice is about times, so nothing is trained, and there is no target to stop at. */
static void check_advise(struct options *o)
{
    if (!o->file)
        die(EXIT_USAGE, "--advise: expected FILE, the experiment that describes the cluster" HOW);
    if (o->output)
        die(EXIT_USAGE, "--advise: expected no --output: advice goes to standard output" HOW);
    add(o, "--advise", "experiment.train", "no");
    add(o, "--advise", "experiment.stop", "budget");
}

/* With "-", getopt gives words that are no options in their order, as the argument of an option 1.
 * Otherwise getopt would reorder argv, or, with POSIXLY_CORRECT in the environment, take every option
 * after FILE for a word. false: --help or --version; the words after it are not read. */
static bool take_words(struct options *o, int argc, char **argv)
{
    int option, index = 0;
    while ((option = getopt_long(argc, argv, "-:o:qhV", long_options, &index)) != -1) {
        if (option == 'h' || option == 'V') {
            o->action = option == 'h' ? ACT_HELP : ACT_VERSION;
            return false;
        }
        if (option == 1)
            o->runs[o->n_runs++] = optarg;
        else
            take(o, option, index, argv);
    }
    while (optind < argc) /* words after "--" */
        o->runs[o->n_runs++] = argv[optind++];
    return true;
}

void options_parse(struct options *o, int argc, char **argv)
{
    *o = (struct options){.action = ACT_RUN};
    o->set = need(((unsigned long)argc + 2) *
                  sizeof *o->set); /* at most one for each word, and those of --advise */
    o->runs = need(((unsigned long)argc + 1) * sizeof *o->runs);
    opterr = 0;
    optind = 0; /* glibc: starts from the beginning, so that tests may parse twice */
    if (!take_words(o, argc, argv))
        return;
    if (o->retime)
        check_retime(o);
    bool reads_any = o->action == ACT_VERIFY || o->action == ACT_REPORT || o->action == ACT_TABLE;
    if (reads_any || o->action == ACT_EXPORT)
        check_folder(o);
    if (reads_any) {
        if (o->n_runs == 0)
            die(EXIT_USAGE, "%s: expected the folder of a run" HOW, folder_options[o->action]);
        return;
    }
    if (o->action == ACT_EXPORT) {
        if (o->n_runs != 1)
            die(EXIT_USAGE, "--export: expected the folder of one run or sweep" HOW);
        return;
    }
    if (o->n_runs > 1)
        die(EXIT_USAGE, "expected one FILE, got '%s' and '%s'" HOW, o->runs[0], o->runs[1]);
    o->file = o->runs[0];
    if (o->action == ACT_ADVISE)
        check_advise(o);
    if (o->resume)
        check_resume(o);
    if (o->index || o->of)
        check_share(o);
}

void options_free(struct options *o)
{
    free(o->set);
    free(o->runs);
    *o = (struct options){.action = ACT_RUN};
}
