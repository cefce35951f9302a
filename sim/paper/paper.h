/* A table for a paper: what each algorithm reaches, as a mean over the seeds with its interval; the best in bold, and
 * underlined what is not told apart from the best.
 *
 *   comparison.csv of runs   --from_runs.c---\                                   /--> latex.c
 *   struct results of sweeps --from_sweep.c---> struct paper --standing.c--> look --> markdown.c
 *                                                                                \--> csv.c
 *
 * Rows that may be compared are those of one setting: of one problem and equal values of all shared keys. Runs are
 * paired by their seeds. docs/comparing.md has the rules. */
#ifndef SIM_PAPER_PAPER_H
#define SIM_PAPER_PAPER_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/schema/rows.h"
#include "sim/statistics/interval.h"

enum { PAPER_MEASURES = 4 + MOST_MILESTONES, PAPER_EFFECTS = 2 };

enum better { HIGHER, LOWER };

struct paper_measure {
    char *heading;    /* "accuracy", "to 50 %" */
    char *column;     /* of comparison.csv, and the beginning of the names in a CSV */
    const char *unit; /* "%", "s", "MiB" ... */
    double factor;    /* of a value, to be in this unit */
    enum better better;
    bool to_target; /* a time that a run may never reach: compared by its logarithm */
    bool at_end;    /* of the whole run: comparable only where all runs have equal work, see paper_finish() */
    bool trained_too; /* at_end, and also where something was trained */
    bool shown;       /* false: no run has a number */
    bool widths;      /* some row has an interval with a width, so that cells say it */
    int decimals;     /* of the cells */
};

struct paper_run { /* one seed of a row */
    int seed;      /* number of the seed */
    bool done;     /* false: the run diverged, or came to no end, and the members below are unset */
    double x[PAPER_MEASURES]; /* NAN: no number */
    double before_s, end_s;   /* of the evaluation before the one at the target; of the run's end */
    double iterations;        /* of the whole run; NAN: an older program wrote it */
};

enum look {
    LOOK_PLAIN, /* told apart from the best */
    LOOK_BEST,
    LOOK_NOT_TOLD_APART, /* from the best one */
    LOOK_UNKNOWN         /* one seed, no number with some seed, or all rows are equal */
};

struct paper_cell {
    int n; /* runs that have a number */
    struct interval
        mean; /* at 95 %, over the seeds; NAN: some run has no number. One seed: no low and high */
    enum look look;
};

struct paper_effect {    /* of a comparison: a column of claims about each row and the reference */
    char *heading;       /* "time / bsp" */
    const char *column;  /* beginning of the names in a CSV */
    const char *format;  /* of a number, with its digits as an argument */
    int digits;          /* at least */
    double factor, none; /* none: the value of no difference */
};

struct paper_claim {
    const char *standing; /* a word of the verdict; NULL: no claim is about this row */
    const char *bound;    /* "at most ", "at least " or "" */
    double effect, low, high;
};

enum told { TOLD_NOTHING, TOLD_APART, NOT_TOLD };

struct paper;
struct paper_row {
    int setting, order; /* number of its setting, and of the row as it was made */
    char *name, *label; /* of the algorithm */
    char *with;         /* values of its own keys: "learning_rate = 0.1"; "": none differ */
    int runs;
    struct paper_run *run; /* (runs) */
    struct paper_cell cell[PAPER_MEASURES];
    struct paper_claim claim[PAPER_EFFECTS];
};

struct paper {
    char *title; /* "lenet on cifar10" */
    int keys;
    char **key; /* (keys) headings of the shared keys in which settings differ */
    int measures;
    struct paper_measure measure[PAPER_MEASURES];
    int rows;
    struct paper_row *row; /* (rows) setting by setting */
    int settings;
    char ***setting; /* (settings, keys) values of the keys */
    int seeds;
    bool synthetic, trained, withs; /* withs: some row has values of its own */
    double step;                    /* accuracies are multiples of it; 0: unknown */
    int effects;
    struct paper_effect effect[PAPER_EFFECTS];
    /* A comparison's own claim about two rows, which then counts; TOLD_NOTHING: it has none. NULL: no comparison. */
    enum told (*told)(const struct paper *p, const struct paper_row *a, const struct paper_row *b,
                      int measure);
    const void *context;
    int notes;
    char **note; /* (notes) sentences for the caption */
};

/* ---- making one ---- */

/* The measures: accuracy, accuracies at milestones ("60s, 10GiB"), time to the target (NAN: runs have different ones),
 * time, bytes. judged_on: the data of the target, as in comparison.csv; "" or NULL: they differ or are unknown. */
struct paper *paper_begin(const char *title, const char *milestones, double target, const char *judged_on);
void paper_free(struct paper *p);

/* A key that settings differ in. All keys come before the first setting. */
void paper_key(struct paper *p, const char *heading);
/* A setting with a value of each key; an equal one is found again. */
int paper_setting(struct paper *p, const char *const *values);
/* A row of an algorithm, found again if all texts are equal. Takes `with`. */
struct paper_row *paper_row(struct paper *p, int setting, const char *name, const char *label, char *with);
/* Adds a run to a row. number(context, column): of comparison.csv, NAN if there is none. A second run with the same seed
 * is left out: only keys of other algorithms differ. */
typedef double paper_number(const void *context, const char *column);
void paper_add(struct paper_row *row, const struct paper *p, int seed, paper_number *number,
               const void *context);
void paper_note(struct paper *p, char *sentence); /* takes it */

/* After the last row: means, units, looks, and the notes that go with them. Bytes of a whole run have a best one only in a
 * setting where all runs did the same number of iterations, and its time only where, besides, nothing was trained: a run that a
 * budget ends lasts as long as the budget, and one that misses the target is not the fastest. */
void paper_finish(struct paper *p);

/* standing.c: what two rows of one setting say about a measure. m: claims in the family. */
bool paper_apart(const struct paper *p, const struct paper_row *a, const struct paper_row *b, int measure,
                 int m);

/* ---- the formats ---- */

void paper_latex(const struct paper *p, FILE *out);
void paper_markdown(const struct paper *p, FILE *out);
void paper_csv(const struct paper *p, FILE *out);

#endif
