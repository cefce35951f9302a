/* The grid of a sweep: which values of which keys, and the points that are run. An algorithm's own keys (algorithm.NAME.*)
 * vary that algorithm alone. So each point of the shared grid, that of all other keys, becomes several points: one with
 * all algorithms that have no row of their own, and for each of the others one at each of its own values.
 *
 *   [sweep]                                         1  bandwidth=1Gbit_s                           bsp, osp
 *   network.bandwidth = 1Gbit/s, 10Gbit/s     -->   2  bandwidth=1Gbit_s,losp.learning_rate=0.1    losp
 *   algorithm.losp.learning_rate = 0.1, 0.2         3  bandwidth=1Gbit_s,losp.learning_rate=0.2    losp
 *                                                   4  bandwidth=10Gbit_s                          bsp, osp ... */
#ifndef SIM_SWEEP_GRID_H
#define SIM_SWEEP_GRID_H

#include "sim/config/config.h"

enum { MOST_POINTS = 9999 };

struct swept { /* a row */
    char *key; /* "network.bandwidth" */
    char *place;
    const struct config_key *row;
    int algorithm; /* whose own key it is, in grid.algorithm; -1: it is shared */
    int n;
    char **value; /* (n) as in an ini, in one form: "1Gbit/s", also where "1000Mbit/s" was written */
    char **
        number; /* (n) as in a CSV: plain numbers in bit/s, seconds, bytes, FLOP/s; lists with blanks between; or words */
};

struct point {
    int index;   /* from 1 */
    int setting; /* which values of the shared rows but the seed's, from 0 */
    int seed;    /* which seed, from 0 */
    int alone;   /* the algorithm that runs here at values of its own; -1: all those that have none */
    int variant; /* which of its values, from 0 */
    int *value;  /* (grid.rows) of each row; -1: it is another algorithm's */
    char *name;  /* of its folder: "0002-bandwidth=1Gbit_s,losp.learning_rate=0.1" */
};

struct grid {
    int rows;
    struct swept *row;
    int seed_row; /* experiment.seed; -1: it is not swept */
    int algorithms;
    char **algorithm; /* (algorithms) experiment.algorithms */
    int *variants;    /* (algorithms) combinations of its own values; 0: it has no row */
    int settings, seeds;
    int points;
    struct point *point;
};

/* Of a finished configuration that has rows. false, with one line in error that names the row's place and key: values that
 * the key would refuse, repeated or empty ones, too many points, a key that the command line also sets. A row of an
 * algorithm that is not compared is left out, with a warning. */
bool grid_read(struct grid *grid, const struct config_source *src, char *error, size_t size);
void grid_free(struct grid *grid);

bool grid_plays(const struct grid *grid, const struct point *point,
                int algorithm); /* it runs at that point */

/* Gives a configuration, before config_finish, the values of the point, and takes the rows of the grid away. */
bool grid_assign(const struct grid *grid, const struct point *point, struct config_source *src, char *error,
                 size_t size);

/* Parts of grid_read: the values of one row from its text; the points of all rows. */
bool swept_read(struct swept *s, const char *text, char *error, size_t size);
void swept_free(struct swept *s);
bool grid_enumerate(struct grid *grid, char *error, size_t size);

/* "bandwidth"; where another row's key ends alike, "network.bandwidth"; an algorithm's own: "losp.learning_rate". */
const char *swept_label(const struct grid *grid, const struct swept *s);

char *swept_values(const struct swept *s); /* "0.1, 0.2"; the caller frees */

#endif
