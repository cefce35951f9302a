/* The command line: getopt_long, nothing else. It decides nothing; main.c acts on what it says. */
#ifndef SIM_CONFIG_OPTIONS_H
#define SIM_CONFIG_OPTIONS_H

#include <stdbool.h>

enum action {
    ACT_RUN,
    ACT_CHECK,
    ACT_EXPLAIN,
    ACT_PRINT_CONFIG,
    ACT_LIST,
    ACT_VERIFY,
    ACT_EXPORT,
    ACT_REPORT,
    ACT_HELP,
    ACT_VERSION,
    ACT_MARKDOWN
};

enum when { AUTOMATIC, ALWAYS, NEVER };

struct assignment {
    const char *option; /* "--set", "--workers", "--sweep" */
    const char *key; /* "cluster.workers"; NULL for --set and --sweep, where value is "section.key=value" */
    const char *value;
};

struct options {
    enum action action;
    const char *
        list; /* ACT_LIST: algorithms, models, datasets, codecs, keys; ACT_MARKDOWN: of those the ones with a page */
    const char *file;   /* the ini; NULL: none given */
    const char *format; /* ACT_EXPORT: npz, csv */
    int n_runs;
    char **
        runs; /* (n_runs, and NULL) words that are no options. ACT_VERIFY, ACT_REPORT: folders; at least one. ACT_EXPORT: one */
    const char *output; /* -o, --output; NULL: a new folder below [output] path; ACT_REPORT: the file */
    const char
        *resume; /* the folder of a run to go on with; NULL: a new run. Then there is no file, no output */
    bool quiet, json;
    enum when colour;
    int jobs;      /* of a sweep: points side by side; 0: not given */
    int index, of; /* of a sweep: which share of its points; 0: all */
    int n_set;
    struct assignment *set; /* in the order given: --set, every option that is short for one, and --sweep */
};

/* Usage errors print one line on stderr (which says how to get help) and exit with EXIT_USAGE. All strings
 * belong to argv, which stays as it is. Options may stand behind FILE, also with POSIXLY_CORRECT. --help and
 * --version act at once: nothing behind them is read. */
void options_parse(struct options *o, int argc, char **argv);
void options_help(void); /* on stdout */
void options_free(struct options *o);

#endif
