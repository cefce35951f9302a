/* The pictures of a verdict: forest plots of its claims, the who-wins map, performance profiles. Each is drawn by a script of
 * plots/ from the CSV file that the folder of a comparison has, too. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/text.h"
#include "sim/compare/show.h"
#include "sim/compare/who_wins.h"
#include "sim/compare/words.h"
#include "sim/report/html.h"
#include "sim/report/page.h"

enum { MOST_ROWS = 60 }; /* of a forest plot */

static void remove_file(const struct page *p, const char *name)
{
    char *path = text_format("%s/%s", p->gnuplot.runs, name);
    unlink(path);
    free(path);
}

/* Draws from a file in the folder of the scripts, and puts the figure into a section. */
static void put_figure(struct page *p, const struct group *g, const char *data, const struct figure *f)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = text_begin(&text, &size);
    p->gnuplot.data = data;
    figure_write(out, p, f, g->wide);
    text_end(out, &text);
    group_put(p, g, text);
    free(text);
}

/* ---- forest plots ---- */

static const char *reference_of(const struct comparison_verdict *v)
{
    return v->rules.all_pairs ? "the second algorithm" : v->results->grid->algorithm[v->rules.reference];
}

static char *forest_caption(const struct comparison_verdict *v, enum measure measure)
{
    char *target =
        measure == MEASURE_TIME ? verdict_target(v, 0) : text_copy(v->after ? v->after : "at the end");
    char *caption =
        measure == MEASURE_TIME
            ? text_format("Time to %s as a factor of that of %s: left of the line is faster.", target,
                          reference_of(v))
            : text_format("Test accuracy %s less that of %s, in points: right of the line is better.", target,
                          reference_of(v));
    char *whole = text_format(
        "%s The mark is the mean of %d seeds (of factors the geometric one), the bar its %.4g %% t interval "
        "(%d claims "
        "at a point, Bonferroni). Filled and coloured: a claim. Hollow: not told apart, which is not equal.",
        caption, v->seeds, 100 * v->level, v->m);
    free(caption);
    free(target);
    return whole;
}

static bool any_interval(const struct comparison_verdict *v, enum measure measure)
{
    bool any = false;
    for (int i = 0; i < v->claims; i++)
        any |= v->claim[i].measure == measure && v->claim[i].standing != UNDETERMINED;
    return any;
}

void verdict_forest(struct page *p)
{
    const struct comparison_verdict *v = p->verdict;
    char *text = NULL;
    size_t size = 0;
    int rows = v->results->grid->settings * (v->pairs + (v->results->grid->settings > 1));
    if (!p->gnuplot.runs || rows > MOST_ROWS)
        return;
    FILE *out = text_begin(&text, &size);
    verdict_write(v, p->gnuplot.runs);
    p->gnuplot.data = verdict_csv_file;
    for (int m = 0; m < MEASURES; m++) {
        char *caption = forest_caption(v, (enum measure)m);
        if (any_interval(v, (enum measure)m))
            figure_write(out, p, &(struct figure){"forest.gp", {measure_words[m]}, caption}, true);
        free(caption);
    }
    text_end(out, &text);
    group_put(p, &(struct group){.id = "forest", .title = "Effects and their intervals", .wide = true}, text);
    remove_file(p, verdict_csv_file);
    remove_file(p, verdict_json_file);
    free(text);
}

/* ---- the map ---- */

void verdict_map(struct page *p)
{
    if (!p->map || !p->gnuplot.runs)
        return;
    char *caption = who_wins_caption(p->map);
    who_wins_write(p->map, p->gnuplot.runs);
    put_figure(p, &(struct group){.id = "who-wins", .title = "Who wins where", .wide = true}, who_wins_file,
               &(struct figure){"who_wins.gp", {NULL}, caption});
    remove_file(p, who_wins_file);
    free(caption);
}

/* ---- performance profiles ---- */

void verdict_profiles(struct page *p)
{
    int workloads = profiles_workloads(p->compared, p->comparisons);
    if (workloads < 2 || !p->gnuplot.runs)
        return;
    char *caption =
        text_format("Performance profiles (Dolan and Moré 2002) over %d workloads, each %s: the share of "
                    "workloads in which an "
                    "algorithm needs at most a factor of the fastest one's time to the target. Left edge: "
                    "how often it is the fastest; "
                    "right edge: how often it reaches the target with every seed. Means over seeds; a "
                    "profile is no claim.",
                    workloads, p->comparisons > 1 ? "a point of a comparison" : "a point of the grid");
    profiles_write(p->compared, p->comparisons, p->gnuplot.runs);
    put_figure(p, &(struct group){.id = "profiles", .title = "Performance profiles"}, profiles_file,
               &(struct figure){"profile.gp", {NULL}, caption});
    remove_file(p, profiles_file);
    free(caption);
}
