/* The command line. This file only reads it; main.c acts on struct options. */
#ifndef SIM_CONFIG_OPTIONS_H
#define SIM_CONFIG_OPTIONS_H

#include <stdbool.h>

enum action {
    ACT_RUN,
    ACT_CHECK,
    ACT_EXPLAIN,
    ACT_ADVISE,
    ACT_PRINT_CONFIG,
    ACT_LIST,
    ACT_VERIFY,
    ACT_EXPORT,
    ACT_REPORT,
    ACT_TABLE,
    ACT_HELP,
    ACT_VERSION,
    ACT_MARKDOWN
};

enum when { WHEN_AUTOMATIC, WHEN_ALWAYS, WHEN_NEVER };

struct assignment {
    const char *option; /* "--set", "--workers", "--sweep", "--tune" */
    const char
        *key; /* "cluster.workers"; NULL for --set, --sweep and --tune, where value is "section.key=value" */
    const char *value;
};

struct options {
    enum action action;
    /* ACT_LIST: algorithms, models, datasets, codecs, optimizers or keys; ACT_MARKDOWN: one of these that has a page. */
    const char *list;
    const char *file;   /* the ini; NULL: not given */
    const char *format; /* ACT_EXPORT: npz, csv; ACT_TABLE: latex, markdown, csv */
    /* (n_runs, and NULL) words that are no options. ACT_VERIFY, ACT_REPORT, ACT_TABLE: at least one folder;
     * ACT_EXPORT: one. */
    int n_runs;
    char **runs;
    const char
        *output; /* -o, --output; NULL: a new folder below [output] path; ACT_REPORT, ACT_TABLE: the file */
    const char *resume; /* folder of the run to resume, then without file and output; NULL: a new run */
    const char *retime; /* folder of the run that gives its numbers; NULL: none does */
    bool quiet, json;
    enum when colour;
    bool compare;  /* the experiment is a comparison, whether or not its ini says so */
    int jobs;      /* sweep: points that run at the same time; 0: not given */
    int index, of; /* sweep: run share `index` of `of` shares of the points; 0: all points */
    int n_set;
    struct assignment
        *set; /* --set, --sweep, --tune and every option that stands for a key, in the order given */
};

/* A usage error prints one line on stderr, which says how to get help, and exits with EXIT_USAGE. All
 * strings belong to argv, which is not changed. Options may stand after FILE, even with POSIXLY_CORRECT.
 * --help and --version act at once: the words after them are not read. */
void options_parse(struct options *o, int argc, char **argv);
void options_help(void); /* on stdout */
void options_free(struct options *o);

#endif
