/* The who-wins map: a comparison over two swept keys, of which each setting is a cell with a winner of its own.
 *
 * The winner of a cell is the algorithm that is APART from every rival, and better. The data choose which algorithm
 * that is, so all A(A-1)/2 pairs of the cell are one family (Bonferroni, 1936; Dunn, 1961): with a probability of at most
 * 5 % a cell says anything false about any pair, whichever algorithm leads. This error is per cell: a map of 30 cells
 * is not one family. docs/comparing.md says what that means for a reader. */
#ifndef SIM_COMPARE_WHO_WINS_H
#define SIM_COMPARE_WHO_WINS_H

#include "sim/compare/verdict.h"

struct who_wins {
    struct comparison_verdict *verdict; /* all pairs, one measure */
    enum measure measure;
    int x, y; /* rows of the grid: the keys of the axes, in the order of [sweep] */
};

/* NULL: there is no map, as not two keys are swept (the seed left out), or an algorithm has values of its own that were
 * not chosen. The measure is the time to the target if the verdict has it, else the accuracy. */
struct who_wins *who_wins_make(const struct comparison_verdict *v);
void who_wins_free(struct who_wins *w);

/* A cell is a setting of the results. */
struct standing_in {      /* of one algorithm in a cell */
    int beats, beaten_by; /* rivals */
    double mean; /* over the seeds: seconds to the target, or accuracy 0..1. NAN: not with every seed */
};
struct standing_in who_wins_standing(const struct who_wins *w, int cell, int algorithm);
int who_wins_winner(const struct who_wins *w, int cell); /* -1: no algorithm beats every rival */
/* The value of a key in a cell: an index into its list. */
int who_wins_value(const struct who_wins *w, int cell, int row);
int who_wins_cells(const struct who_wins *w, int winner); /* won by it; -1: by none */

/* "Each cell has the level ...": what a caption must say. The caller frees. */
char *who_wins_caption(const struct who_wins *w);

/* who_wins.csv in the folder: a row for each cell and algorithm. plots/who_wins.gp draws it. */
extern const char who_wins_file[];
void who_wins_write(const struct who_wins *w, const char *folder);

#endif
