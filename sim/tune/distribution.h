/* The values that a search may give a key: the right side of a row of [tune].
 *
 *   log(0.01, 1)       the logarithm is even between the ends      uniform(0, 0.9)   the value is
 *   choice(1, 2, 4)    one of these                                1, 2, 4           the same
 *
 * A draw is a pure function of the seed, the last part of the key's name and the number of the trial: trial 3 of all
 * algorithms has the same learning rate, if their rows have the same distribution. */
#ifndef SIM_TUNE_DISTRIBUTION_H
#define SIM_TUNE_DISTRIBUTION_H

#include "sim/sweep/grid.h"

enum distribution_kind { DISTRIBUTION_LIST, DISTRIBUTION_LOG, DISTRIBUTION_UNIFORM };

struct distribution {
    enum distribution_kind kind;
    char *text;        /* as given: "log(0.01, 1)" */
    struct swept list; /* of DISTRIBUTION_LIST: its values; its row is that of the key, of each kind */
    double low, high;  /* of the other kinds: the ends, in the unit of the key's field */
};

/* Reads the text for a key of this type. false, with "expected ..., got ..." in error: a word that is none, ends that
 * the key does not take or that do not rise, a key without numbers, no values. distribution_free() in each case. */
bool distribution_read(struct distribution *d, const struct config_key *row, const char *text, char *error,
                       size_t size);
void distribution_free(struct distribution *d);

/* The value of a trial, as in an ini; of log and uniform with four significant digits, and whole where the key is.
 * The caller frees. */
char *distribution_draw(const struct distribution *d, const char *name, uint64_t seed, int trial);

#endif
