/* What the runs of a sweep came to so far, and which of an algorithm's own values are its best. Read from the files of the points. */
#ifndef SIM_SWEEP_RESULTS_H
#define SIM_SWEEP_RESULTS_H

#include "sim/sweep/sweep.h"

struct outcome { /* of one algorithm at one point */
    const struct point *point;
    int algorithm;
    bool over;    /* false: its point is not, and nothing below says anything */
    bool done;    /* false: it diverged, ... */
    bool endless; /* ... or, where this is true, came to no end, or did another one of its point */
    char *line;   /* of its comparison.csv, cut into ... */
    char **cell;  /* ... (columns) as they stand there; when it is not done "NaN", but for the algorithm */
    double *
        value; /* (columns) the same as numbers, NAN where they are none; but the speed-up is the sweep's own */
};

enum {
    NO_CHOICE = -1,
    NONE_FIT = -2
}; /* of any value some seed diverged or missed the target: none is best */

struct results {
    const struct sweep *sweep;
    const struct grid *grid;
    int columns; /* of comparison.csv */
    const char **column;
    char *header; /* of comparison.csv; no cell of that file is quoted */
    struct {
        int accuracy, loss, time, target, target_time, speedup, up, idle, trained, synthetic;
    } at;              /* some of them */
    int most_variants; /* of any algorithm; 1 where none has values of its own */
    struct outcome
        *outcome; /* (settings, algorithms, most_variants, seeds); of some variants there are none */
    int *
        chosen; /* (settings, algorithms) which variant; NO_CHOICE: nothing was trained, or not yet; NONE_FIT */
};

/* Of the points that are over. A file that is not as this program writes it ends the program with EXIT_DATA. */
struct results *results_read(const struct sweep *s);
void results_take(struct results *r, const struct point *p); /* likewise, of one that was not over then */
void results_free(struct results *r);

int results_variants(const struct results *r, int algorithm);                                 /* at least 1 */
struct outcome *results_at(const struct results *r, int setting, int algorithm, int variant); /* (seeds) */
struct outcome *results_of(const struct results *r, const struct point *p,
                           int algorithm); /* NULL: it does not run there */
const struct outcome *results_any(const struct results *r, int setting, int algorithm,
                                  int variant); /* one that is done, or NULL */

/* Over the seeds. Only those that are over and did not diverge count; NAN among them makes the mean NAN. */
struct spread {
    int n;            /* seeds that count */
    double mean, std; /* std: of the sample, with n - 1; NAN of fewer than two */
};
struct spread results_spread(const struct results *r, const struct outcome *seeds, int column);
int results_reached(const struct results *r, const struct outcome *seeds); /* seeds that came to the target */

/* Fills chosen by the rule of sweep.tune: at each setting the variant with the best mean; one of whose seeds any diverged
 * or never came to the target is out; of equal ones the first listed. Then the speed-ups: over the first algorithm at
 * its chosen values, same setting and seed. */
void results_choose(struct results *r);
bool results_is_best(const struct results *r, int setting, int algorithm, int variant);

/* At how many settings none of the algorithm's own values fits. */
int results_unfit(const struct results *r, int algorithm);
const char *
unfit_words(enum tune_kind tune); /* "reaches the target accuracy with every seed": what none does there */

struct remarks {
    int over, diverged, endless; /* runs, of those that are over; diverged: the others without numbers */
    bool synthetic, trained;
};
struct remarks results_remarks(const struct results *r);

int results_column(const struct results *r, const char *name); /* one that comparison.csv has */
bool results_over(const struct results *r, const struct point *p);

/* Of the first point that is over; "" where there is none. The caller frees. */
char *results_first_folder(const struct results *r);

const char *tune_words(enum tune_kind tune); /* "highest mean final test accuracy" */

/* sweep.csv, of the points that are over; sweep_summary.csv and the table on stdout, of all of them. Each file is new as a whole. */
void results_write_points(const struct results *r);
void results_write_summary(const struct results *r);
void results_print(const struct results *r);

#endif
