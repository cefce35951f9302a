/* The page of a comparison, and that of several. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/who_wins.h"
#include "sim/report/html.h"
#include "sim/report/page.h"
#include "sim/report/problems.h"

void comparisons_head(FILE *out, const struct page *p)
{
    html_print(
        out,
        "<p>%d comparisons. Each has its own verdict: a claim of one says nothing about another.</p>\n<ul>\n",
        p->comparisons);
    for (int i = 0; i < p->comparisons; i++) {
        const struct report_run *run = &p->runs->run[i];
        const struct grid *grid = p->compared[i].verdict->results->grid;
        html_print(
            out, "<li><a href=\"#comparison-%d\">%s</a>: %s%s%s, %s workers, %d seeds, %d point%s</li>\n",
            i + 1, p->compared[i].name, run_value(run, "model.name"),
            config_reads_data(run_value(run, "model.name")) ? " on " : "",
            config_reads_data(run_value(run, "model.name")) ? run_value(run, "data.set") : "",
            run_value(run, "cluster.workers"), grid->seeds, grid->settings, grid->settings > 1 ? "s" : "");
    }
    fputs("</ul>\n", out);
}

static void write_verdict(struct page *p)
{
    struct who_wins *map = who_wins_make(p->verdict);
    p->map = map;
    verdict_section(p);
    verdict_forest(p);
    verdict_map(p);
    p->map = NULL;
    who_wins_free(map);
}

/* One part of the page for each. The list of sections at the top borrows their names until the page is complete. */
static void write_each(struct page *p)
{
    p->parts = need((size_t)p->comparisons * sizeof *p->parts);
    for (int i = 0; i < p->comparisons; i++) {
        struct problem *part = &p->parts[i];
        *part = (struct problem){.name = text_copy(p->compared[i].name),
                                 .id = text_format("comparison-%d", i + 1)};
        page_part(p, part);
        p->verdict = p->compared[i].verdict;
        p->sweep = p->verdict->results;
        write_verdict(p);
        p->part = NULL;
    }
}

void comparisons_free(struct page *p)
{
    for (int i = 0; p->parts && i < p->comparisons; i++) {
        free(p->parts[i].name);
        free(p->parts[i].id);
    }
    free(p->parts);
}

void comparisons_body(struct page *p)
{
    p->verdict = p->compared[0].verdict;
    if (p->comparisons > 1) {
        verdict_profiles(p);
        write_each(p);
        return;
    }
    write_verdict(p);
    verdict_profiles(p);
    sweep_sections(p);
}
