/* The grid of a sweep: the keys with their values, and the points. A point is one run.
 *
 * The keys of an algorithm (algorithm.NAME.*) vary that algorithm alone. The other keys make the shared grid.
 * Each point of the shared grid becomes several points: one with all algorithms that have no rows of their
 * own, and, for each other algorithm, one for each combination of its values.
 *
 *   [sweep]                                      1  bandwidth=1Gbit_s                         bsp, osp
 *   network.bandwidth = 1Gbit/s, 10Gbit/s    --> 2  bandwidth=1Gbit_s,losp.learning_rate=0.1  losp
 *   algorithm.losp.learning_rate = 0.1, 0.2      3  bandwidth=1Gbit_s,losp.learning_rate=0.2  losp
 *                                                4  bandwidth=10Gbit_s                        bsp, osp ... */
#ifndef SIM_SWEEP_GRID_H
#define SIM_SWEEP_GRID_H

#include "sim/config/config.h"

enum { MOST_POINTS = 9999 };

/* sweep.own_values says how an algorithm's own values belong together. The grid above combines them. With trials,
 * value i of each of its rows is its trial i. With settings, all algorithms run in one point of each setting (a
 * combination of the shared values, the seed left out), and value i is for setting i:
 *
 *   own_values = settings
 *   network.bandwidth = 1Gbit/s, 10Gbit/s    --> 1  bandwidth=1Gbit_s   bsp, osp, losp with learning_rate = 0.1
 *   algorithm.losp.learning_rate = 0.1, 0.2      2  bandwidth=10Gbit_s  bsp, osp, losp with learning_rate = 0.2 */

struct swept {   /* a row of [sweep] */
    char *key;   /* "network.bandwidth" */
    char *place; /* where the row stands: "file:line" or an option */
    const struct config_key *row;
    int algorithm; /* index in grid.algorithm of the algorithm that owns the key; -1: the row is shared */
    bool repeats;  /* a value may be there several times */
    int n;
    /* (n) As in an ini, in the normal form: "1Gbit/s", also if the user has written "1000Mbit/s". */
    char **value;
    /* (n) As in a CSV: plain numbers in bit/s, seconds, bytes, FLOP/s; lists separated by blanks; or
     * words. */
    char **number;
};

struct point {
    int index;       /* from 1 */
    int setting;     /* number of the combination of shared values, the seed left out, from 0 */
    int seed;        /* number of the seed, from 0 */
    int alone;       /* the algorithm that runs here with values of its own; -1: all that have none run */
    int combination; /* number of the combination, or trial, of that algorithm's own values, from 0 */
    /* (grid.rows) index of the value of each row; -1: its algorithm does not run here with own values */
    int *value;
    char *name; /* of the folder: "0002-bandwidth=1Gbit_s,losp.learning_rate=0.1" */
};

struct grid {
    int rows;
    struct swept *row;
    int seed_row; /* the row of experiment.seed; -1: the seed is not swept */
    int algorithms;
    char **algorithm; /* (algorithms) experiment.algorithms */
    enum own_values own;
    /* (algorithms) number of combinations, or trials, of the algorithm's own values; 0: nothing is chosen */
    int *combinations;
    int counts, *counted; /* (counts) rows of sweep.count_by, in its order; 0: nothing is counted */
    int settings, seeds;
    int points;
    struct point *point;
};

/* Makes the grid of a finished configuration that has rows. false, with one line in error that names place
 * and key: a value that the key refuses, a repeated or empty value, too many points, another number of own
 * values than sweep.own_values needs, a key that the command line also sets, or a sweep.count_by that can
 * count nothing. A row of an algorithm that does not run is left out with a warning. */
bool grid_read(struct grid *grid, const struct config_source *src, char *error, size_t size);
void grid_free(struct grid *grid);

/* true: the algorithm runs at this point. */
bool grid_plays(const struct grid *grid, const struct point *point, int algorithm);

/* The value of a row with which the algorithm runs at this point; -1: the row belongs to another algorithm. */
int grid_value(const struct grid *grid, const struct point *point, int row, int algorithm);

/* "learning_rate = 0.1, local_steps = 4": the algorithm's own values at this point; "": it has none. The caller frees. */
char *grid_own_values(const struct grid *grid, const struct point *point, int algorithm);

/* Sets the values of the point in a configuration before config_finish, and removes the rows of the grid. */
bool grid_assign(const struct grid *grid, const struct point *point, struct config_source *src, char *error,
                 size_t size);

/* Parts of grid_read: swept_read reads the values of one row, grid_count takes sweep.count_by, grid_enumerate
 * makes the points. */
bool swept_read(struct swept *s, const char *text, char *error, size_t size);
void swept_free(struct swept *s);
bool grid_count(struct grid *grid, const struct config_source *src, char *error, size_t size);
bool grid_enumerate(struct grid *grid, char *error, size_t size);

/* A short name of the key: "bandwidth"; "network.bandwidth" if another row's key has the same last part;
 * "losp.learning_rate" for a key of an algorithm. */
const char *swept_label(const struct grid *grid, const struct swept *s);

/* "bandwidth=1Gbit/s, latency=1ms": the shared values of a setting, the seed left out; "": there are none. The
 * caller frees. */
char *grid_setting(const struct grid *grid, int setting);

bool swept_is_scale(const struct swept *s); /* several values, each one number */
int swept_extreme(const struct swept *s,
                  bool largest);           /* of a scale: the index of the smallest, or largest, value */
char *swept_values(const struct swept *s); /* "0.1, 0.2"; the caller frees */

#endif
