/* Tables for the scripts of gnuplot, made from the tables of runs: each file of a run is read once here, however many
 * figures show it, and curves are thinned. A script that finds no table reads the files of the runs itself
 * (plots/run.gp). */
#ifndef SIM_REPORT_TABLES_H
#define SIM_REPORT_TABLES_H

#include <stdbool.h>
#include <stddef.h>

struct curve { /* of a figure: runs that differ in their seeds alone */
    char *
        name; /* "00001/losp": the first run's folder in the folder that the scripts see, and the algorithm */
    int n;
    char **folder; /* (n) of the algorithm in each run, as the program sees it */
};

struct curves {
    int n;
    struct curve *at; /* (n) */
};

struct curve *curves_add(struct curves *c, char *name); /* takes the name */
void curve_add(struct curve *c, char *folder);          /* takes the folder */
void curves_free(struct curves *c);

/* How many evaluations the curves of a figure have, and how many of these are drawn. */
struct thinned {
    size_t drawn, of;
};
enum { TABLE_X = 3, TABLE_Y = 4 };
extern const char *const table_x[TABLE_X], *const table_y[TABLE_Y];
struct tables {
    struct thinned thinned[TABLE_X][TABLE_Y];
};

/* Writes the files virtual_s-test_accuracy, iterations-test_accuracy and so on into the folder, lines
 * NAME,x,mean,low,high as plots/band.awk computes them. Of what no run has a number there is no file. An eval.csv that
 * cannot be read: none of them. */
void tables_write_curves(struct tables *t, const char *into, const struct curves *c);

/* Writes the files k and staleness, lines NAME,value,count, from workers.csv. */
void tables_write_counts(const char *into, const struct curves *c);

/* " Thinned: ..." of a figure; "" if all is drawn, or if there is no such table. The caller frees. */
char *tables_remark(const struct tables *t, const char *x, const char *y);

/* Removes all of them. */
void tables_remove(const char *from);

#endif
