/* The results of a sweep so far, read from the files of the points, and the best of each algorithm's own
 * values. */
#ifndef SIM_SWEEP_RESULTS_H
#define SIM_SWEEP_RESULTS_H

#include "sim/schema/columns.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/sweep.h"

struct outcome { /* the result of one algorithm at one point */
    const struct point *point;
    int algorithm;
    bool over; /* false: the point is not over, and the members below are unset */
    bool done; /* false: the algorithm diverged, or ... */
    bool
        endless; /* ... if this is true, the run has no end, or did not start as an earlier one has none; or ... */
    bool left;     /* ... it is left behind at a rung of sweep.halving */
    char *line;    /* the row of comparison.csv, cut into ... */
    char **cell;   /* ... (columns) cells as text. Not done: "NaN" in all but the algorithm's name */
    double *value; /* (columns) cells as numbers, or NAN. The speed-up is computed over the sweep */
};

bool outcome_diverged(const struct outcome *o);

enum {
    NO_CHOICE = -1, /* nothing was trained, not all seeds are over, or sweep.tune = none */
    NONE_FIT = -2   /* with each combination some seed diverged or missed the target */
};

struct results {
    const struct sweep *sweep;
    const struct grid *grid;
    struct columns all;  /* of comparison.csv */
    int columns;         /* the number of them */
    const char **column; /* (columns) their names */
    char *header;        /* of comparison.csv */
    int milestones;      /* values of output.at */
    struct {
        int accuracy, loss, time, target, target_time, speedup, up, down, idle, trained, synthetic, label,
            exchange, overlap, validation_accuracy, validation_loss, judged_on;
        int milestone;       /* of the first value of output.at; -1: there is none */
    } at;                    /* indices of columns that the program reads */
    enum point_state *state; /* (points) when the point was read last */
    int *retimed;            /* (points) algorithms with the numbers of another point */
    int most_combinations;   /* largest number of combinations of an algorithm; 1 if none has own values */
    /* (settings, algorithms, most_combinations, seeds). An algorithm with fewer combinations leaves outcomes
     * unused. */
    struct outcome *outcome;
    int *chosen; /* (settings, algorithms) the chosen combination, NO_CHOICE or NONE_FIT */
};

/* Reads the points that are over. A damaged file ends the program with EXIT_DATA. */
struct results *results_read(const struct sweep *s);

/* Reads one more point, which is over since then. */
void results_take(struct results *r, const struct point *p);
void results_free(struct results *r);

int results_combinations(const struct results *r, int algorithm); /* at least 1 */

/* The outcomes of one combination, one for each seed. */
struct outcome *results_at(const struct results *r, int setting, int algorithm, int combination);

/* The outcomes of the combination that counts: of the chosen one, or of the first one where none is chosen. */
struct outcome *results_counting(const struct results *r, int setting, int algorithm);

/* The outcome of an algorithm at a point; NULL: the algorithm does not run there. */
struct outcome *results_of(const struct results *r, const struct point *p, int algorithm);

/* The first outcome of a combination that is done; NULL: none is. */
const struct outcome *results_any(const struct results *r, int setting, int algorithm, int combination);

/* Mean and standard deviation of a column over the seeds. Only runs that are done count. A NAN among them
 * makes both NAN. */
struct spread {
    int n;            /* seeds that count */
    double mean, std; /* std: of the sample, with n - 1; NAN for fewer than two seeds */
};
struct spread results_spread(const struct results *r, const struct outcome *seeds, int column);

/* The combination was left behind at a rung of sweep.halving. */
bool results_left(const struct results *r, const struct outcome *seeds);

/* Number of seeds that diverged or came to no end. */
int results_failed(const struct results *r, const struct outcome *seeds);

/* Number of seeds that have a number in the column: that reached the target, or a milestone. */
int results_reached(const struct results *r, const struct outcome *seeds, int column);

/* The target accuracy of all runs; NAN: there is none, or runs have different ones. */
double results_target(const struct results *r);
bool results_any_target(const struct results *r);

/* What all runs are judged on (sim/schema/judged.h); "": they differ, or none is over. */
const char *results_judged_on(const struct results *r);

/* Chooses by the rule of sweep.tune: at each setting the combination with the best mean. A combination with a seed
 * that diverged or missed the target is excluded. Of equal combinations the first listed is chosen. Then computes
 * the speed-ups over the first algorithm with its chosen values, same setting and seed. */
void results_choose(struct results *r);
bool results_is_best(const struct results *r, int setting, int algorithm, int combination);

/* Among several values some were chosen by the test data, for want of validation data: then the test accuracy of the
 * chosen ones is too good. An older program did so; this one refuses such a sweep. */
bool results_chose_by_test(const struct results *r);

/* For a column on test data the one that chooses: on validation data, where the outcome has any. any: of the combination;
 * NULL: none is done. */
int results_judged_column(const struct results *r, const struct outcome *any, int column);

/* "at 4 MiB: losp is better with learning_rate = 0.05: 93.10 % instead of 92.57 %", where the column is of a
 * milestone that does not choose; NULL: the chosen values are the best there, or there are several settings. The
 * caller frees. */
char *better_words(const struct results *r, int algorithm, int column);

/* How good a combination is by sweep.tune: the higher, the better; -INFINITY: it cannot be chosen. */
double results_score(const struct results *r, int setting, int algorithm, int combination);

/* The chosen value of a row of an algorithm is the largest of its list (or the smallest) at this setting. */
bool results_is_edge(const struct results *r, int setting, int row, bool largest);
/* Number of settings at which the chosen value of a row of an algorithm is the largest of its list (or the
 * smallest), while the key takes values beyond it. 0 for words, and where another value is as good. */
int results_at_edge(const struct results *r, int row, bool largest);
/* The same as a sentence that says which values to add; NULL: no setting has it. The caller frees. */
char *edge_words(const struct results *r, int row, bool largest);

/* Number of settings at which none of the algorithm's own values fits. */
int results_unfit(const struct results *r, int algorithm);

/* What a value must do to fit: "reaches the target accuracy with every seed". */
const char *unfit_words(enum tune_kind tune);

struct remarks {
    int over, diverged, endless, left; /* numbers of runs */
    int retimed;                       /* those of them that have the numbers of another point */
    bool synthetic, trained;
    bool validated;           /* some have validation data */
    bool exchanges, overlaps; /* some have another exchange, or overlap, than the usual one */
    bool untrue;              /* some have an exchange that no cluster can have: exchange_is_untrue() */
};
struct remarks results_remarks(const struct results *r);

bool results_is_text(const struct results *r, int column);         /* a name, not a number */
int results_column(const struct results *r, const char *name);     /* index of a column of comparison.csv */
bool results_over(const struct results *r, const struct point *p); /* the point is over */

/* What pictures call an algorithm; its name, if it has no result. */
const char *results_label(const struct results *r, int algorithm);

/* The folder of the first point that is over; "" if there is none. The caller frees. */
char *results_first_folder(const struct results *r);

/* "highest mean final validation accuracy"; not with sweep.tune = none. */
const char *tune_words(const struct results *r);

/* ---- wins.c: sweep.count_by ---- */

int wins_combinations(const struct results *r); /* of the values of the keys; 0: nothing is counted */
/* The same, those with the largest share of wins first. (wins_combinations) The caller frees. */
int *wins_order(const struct results *r);
/* The value of key i (of grid.counts) in a combination. */
const char *wins_value(const struct results *r, int combination, int i);
char *wins_words(const struct results *r, int combination); /* "bandwidth=1Gbit/s, ..." The caller frees. */

/* Of the points of this combination, with the algorithm's chosen values, or with all where none is chosen; -1: all
 * algorithms but the first. A point counts if both it and the first algorithm have a time; over seeds the mean does. */
struct wins {
    int faster, points;
};
struct wins wins_of(const struct results *r, int combination, int algorithm);
/* sweep_wins.csv, and the table on stdout. Without sweep.count_by they do nothing. */
extern const char wins_file[];
void wins_write(const struct results *r, const char *folder);
void wins_print(const struct results *r);

/* Write sweep.csv with the points that are over; sweep_summary.csv with all points; the table on stdout. Each
 * file is replaced as a whole. */
void results_write_points(const struct results *r);
void results_write_summary(const struct results *r);
struct csv;
void results_write_key(struct csv *csv, const struct swept *s,
                       int value); /* a cell: the value of a row, or none */
void results_print(const struct results *r);

#endif
