/* A report while it is made: its parts are written one after the other, its head last, when it is known what is in it. */
#ifndef SIM_REPORT_PAGE_H
#define SIM_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/report/gnuplot.h"
#include "sim/report/variants.h"

enum { MOST_SECTIONS = 16 };

struct page {
    const struct report_runs *runs;
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

/* All sections with figures, those that can be drawn. */
void figures_write(struct page *p);

/* Title, what ran, warnings, the list of sections: what stands above the body. */
void summary_section(FILE *out, const struct page *p);
void comparison_section(struct page *p);
void configuration_section(struct page *p);
void repeat_section(struct page *p);

#endif
