/* Tuning: each algorithm of a comparison gets its best values before the comparison, by runs that do not count. All get
 * the same number of trials and the same seeds.
 *
 *   [tune] rows --tuning_read--> struct tuning --tuning_sweep--> the grid of an ordinary sweep (tune.ini)
 *   the results of that sweep --tuning_choose--> the chosen values, as rows of another grid (final.ini)
 *
 *   [tune]                                      [sweep] of tune.ini                       [sweep] of final.ini
 *   algorithm.*.learning_rate = log(0.01, 1)    own_values = trials                       own_values = settings
 *   trials = 3                                  tune = accuracy                           algorithm.bsp.learning_rate =
 *                                               experiment.seed = 1000001..1000001            0.3214
 *                                               algorithm.bsp.learning_rate =             algorithm.losp.learning_rate =
 *                                                   0.04178, 0.3214, 0.1102                   0.04178
 *                                               algorithm.losp.learning_rate =
 *                                                   0.04178, 0.3214, 0.1102
 *
 * With rows in [sweep], values are chosen for each combination of those keys (each setting). */
#ifndef SIM_TUNE_TUNING_H
#define SIM_TUNE_TUNING_H

#include "sim/sweep/results.h"
#include "sim/tune/distribution.h"

enum { MOST_TRIALS = 1000 }; /* of an algorithm */

struct tuned_key {
    int algorithm; /* index in experiment.algorithms */
    char *key;     /* "algorithm.losp.learning_rate" */
    char *place;   /* of its row */
    struct distribution values;
};

struct tuning {
    int keys; /* 0: nothing is tuned */
    struct tuned_key *key;
    int algorithms;
    char **algorithm;        /* (algorithms) */
    enum search_kind method; /* never "by the rows" */
    bool given;              /* the user has given the method */
    int trials;              /* of each algorithm */
    int64_t seed, seeds, eta;
    enum tune_kind by;
};

/* Reads [tune] of a finished configuration. false, with one line in error: a distribution that is none, a key that an
 * algorithm lacks, that the command line sets or that is also swept, unequal numbers of trials, an algorithm without
 * rows beside ones with rows, no validation data, seeds that the final runs have, a setting without effect.
 * tuning_free() in each case. */
bool tuning_read(struct tuning *t, const struct config_source *src, char *error, size_t size);
void tuning_free(struct tuning *t);

/* "random search: 12 trials of each algorithm, 1 seed (1000001), by validation accuracy". The caller frees. */
char *tuning_words(const struct tuning *t);

/* Adds to a configuration, which may have rows of shared keys, the keys and rows of [sweep] that make the sweep of the
 * tuning. false only if the configuration is another one than that of tuning_read(). */
bool tuning_sweep(const struct tuning *t, struct config_source *src, char *error, size_t size);

/* ---- chosen.c: what the sweep of the tuning has found; r: its results, after results_choose() ---- */

/* Adds the chosen values to a configuration; its rows of shared keys are those of the tuning's sweep. false, with one
 * line in error: an algorithm has no best trial. */
bool tuning_choose(const struct tuning *t, const struct results *r, struct config_source *src, char *error,
                   size_t size);

/* "learning_rate = 0.3214, momentum = 0.9": the chosen values of an algorithm. The caller frees. */
char *tuning_values(const struct tuning *t, const struct results *r, int setting, int algorithm);

/* "losp.learning_rate = 0.9 is the largest value of the trials and the best one: a larger one may be better"; NULL: no
 * chosen value of this key is at the edge of its range. The caller frees. */
char *tuning_edge(const struct tuning *t, const struct results *r, int key);

/* The same for all keys of an algorithm, separated by "; ". */
char *tuning_warning(const struct tuning *t, const struct results *r, int algorithm);

/* Writes FOLDER/tune.csv: a row for each setting, algorithm and tuned key. */
extern const char tuning_file[];
void tuning_write(const struct tuning *t, const struct results *r, const char *folder);

#endif
