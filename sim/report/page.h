/* A report while it is made: its parts are written one after the other, its head last, when it is known what is in it. */
#ifndef SIM_REPORT_PAGE_H
#define SIM_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/report/gnuplot.h"
#include "sim/report/variants.h"

enum { MOST_SECTIONS = 16 };

struct results;

struct page {
    const struct report_runs *runs; /* of a sweep: its own folder, without a comparison */
    const struct results *sweep;    /* NULL: it is of runs */
    const char *made_in;            /* the folder whose run.json says with what */
    struct variants variants;
    struct gnuplot gnuplot;
    FILE *body;
    int sections;
    struct {
        const char *id, *title;
    } section[MOST_SECTIONS];
};

/* Writes a section's heading and remembers it for the list at the top. Texts are kept by pointer. */
void page_section(struct page *p, const char *id, const char *title);

struct figure {
    const char *script, *arguments[4]; /* as the script's head says; ended by NULL */
    const char *caption;
};

enum { MOST_FIGURES = 3 };

struct group { /* figures side by side, or below each other over the whole width */
    const char *id, *title, *text;
    bool wide;
    struct figure figure[MOST_FIGURES]; /* ended by a script of NULL, or full */
};

/* A wide one scrolls within its box where the page is narrow. false: it cannot be drawn, and nothing is written. */
bool figure_write(FILE *out, struct page *p, const struct figure *f, bool wide);

/* A section around figures that are drawn already. A group of which nothing can be drawn leaves no heading. */
void group_put(struct page *p, const struct group *g, const char *figures);

/* All sections with figures of runs, those that can be drawn. */
void figures_write(struct page *p);

/* Title, what ran, warnings, the list of sections: what stands above the body. */
void summary_section(FILE *out, const struct page *p);
void page_warning(FILE *out, const char *text, const char *detail);
void making_differences(FILE *out, const struct report_runs *made); /* nothing where there are none */
void fact_write(FILE *out, const char *what, const char *is); /* a row of a table; none where it is "" */
void comparison_section(struct page *p);
void configuration_section(struct page *p);
void repeat_section(struct page *p);

/* What is otherwise in the page of a sweep: the head's sentences and warnings, the table, figures, the points that have no numbers, the grid. */
void sweep_head(FILE *out, const struct page *p);
bool sweep_measures(const struct page *p); /* time */
void sweep_sections(struct page *p);
void sweep_figures(struct page *p);

#endif
