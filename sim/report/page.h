/* A report while it is made. The sections are written into `body` first. The head comes last, since it lists
 * the sections and warns of figures that could not be drawn. */
#ifndef SIM_REPORT_PAGE_H
#define SIM_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/compare/profiles.h"
#include "sim/report/baseline.h"
#include "sim/report/gnuplot.h"
#include "sim/report/entries.h"
#include "sim/report/tables.h"

struct results;
struct who_wins;
struct problem;
struct problems;

struct page {
    const struct report_runs *runs; /* those of one problem, while its part of the page is written. For a
                                     * sweep: the sweep's folder, without a comparison */
    const struct problems *problems;
    const struct problem *part;  /* of several problems that which is written; NULL: there is only one */
    const struct results *sweep; /* NULL: the page shows runs */
    const struct compared
        *compared; /* (comparisons) NULL: the page shows none; then `sweep` are the final runs
                                      * of one */
    int comparisons;
    const struct comparison_verdict
        *verdict; /* of the comparison that is written; its map, NULL: it has none */
    const struct who_wins *map;
    struct problem *parts; /* (comparisons) of several: the parts of the page */
    const char *made_in;   /* the folder that has the run.json to show */
    bool marks_synthetic;  /* the part is synthetic and another one is not: each row and figure says so */
    struct entries entries;
    struct baseline baseline; /* of the speed-up */
    struct gnuplot gnuplot;
    struct tables tables; /* what the tables for the scripts have of the runs' */
    FILE *body;
    int sections;
    struct section_name {
        const char *id, *title;
    } * section; /* (sections) */
};

/* ---- page.c ---- */

/* Writes the heading of a section and remembers it for the list at the top; in the part of a problem it is a
 * heading below that of the part. Texts are not copied. */
void page_section(struct page *p, const char *id, const char *title);
void page_warning(FILE *out, const char *text, const char *detail);
void page_part(struct page *p, const struct problem *part);
/* Writes each different value of a key, in the order of the runs in which it has an effect. */
void page_values(FILE *out, const struct report_runs *runs, const char *key, const char *separator);
void fact_write(FILE *out, const char *what, const char *is); /* a row of a table; nothing if `is` is "" */

/* ---- figures.c ---- */

struct figure {
    const char *script, *arguments[4]; /* see the head of the script; NULL ends the arguments */
    const char *caption;
};

enum {
    MOST_FIGURES = 3,
    MOST_CURVES = 16 /* plots/style.gp has 16 styles of lines */
};

struct group { /* figures side by side, or below each other over the whole width */
    const char *id, *title, *text;
    bool wide;
    struct figure figure[MOST_FIGURES]; /* a script of NULL ends the list */
};

/* Draws and writes one figure. A wide figure scrolls inside its box if the page is narrow. false: the figure
 * cannot be drawn, and nothing is written. */
bool figure_write(FILE *out, struct page *p, const struct figure *f, bool wide);

/* Writes a section around figures that are drawn already. Without figures nothing is written. */
void group_put(struct page *p, const struct group *g, const char *figures);

/* Writes all sections with figures of runs. */
void figures_write(struct page *p);

/* ---- differences.c ---- */

/* Writes what the runs differ in beside their seeds, and warns where that bars a comparison. */
void run_differences(FILE *out, const struct report_runs *runs);
/* Writes what the points of a sweep were made with, if that differs. */
void making_differences(FILE *out, const struct report_runs *made);

/* ---- comparison.c ---- */

void comparison_section(struct page *p);
void quality_section(struct page *p); /* quality.c; nothing: output.quality was left out */
void budget_write(FILE *body,
                  const struct report_runs *runs); /* what bounds all of them; nothing: no budget does */

/* ---- sections.c ---- */

/* Writes the part above the body: title, what ran, warnings, the list of sections. */
void summary_section(FILE *out, const struct page *p);
void configuration_section(struct page *p);
void repeat_section(struct page *p);

/* ---- comparison_page.c, verdict.c, verdict_figures.c ---- */

/* The page of one comparison has its verdict above the sections of the final runs, which are a sweep; that of several
 * has the verdict of each, and performance profiles over all. */
void comparisons_head(FILE *out, const struct page *p); /* in place of sweep_head, where there are several */
void comparisons_body(struct page *p);
void comparisons_free(struct page *p);
void verdict_section(struct page *p);
void verdict_forest(struct page *p);
void verdict_map(struct page *p);
void verdict_profiles(struct page *p);

/* ---- sweep.c, sweep_figures.c, sweep_curves.c, sweep_wins.c, sweep_halving.c ---- */

/* The page of a sweep has other sentences and warnings in the head, another table and other figures; and it
 * lists the points without numbers, and the grid. */
void sweep_head(FILE *out, const struct page *p);
bool sweep_measures(const struct page *p); /* some point measures time */
void sweep_sections(struct page *p);
void sweep_curves(struct page *p);
void sweep_figures(struct page *p);
void sweep_wins(struct page *p);
void sweep_halving(struct page *p);

#endif
