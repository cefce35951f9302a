/* The figure of sweep.count_by: at how many points of a sweep an algorithm is faster than the first one. plots/wins.gp
 * draws it from a sweep_wins.csv. */
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/text.h"
#include "sim/report/page.h"
#include "sim/sweep/results.h"

/* "all_gather, overlap" */
static char *keys_of(const struct results *r)
{
    char *keys = text_copy("");
    for (int i = 0; i < r->grid->counts; i++) {
        char *longer = text_format("%s%s%s", keys, *keys ? ", " : "", r->grid->row[r->grid->counted[i]].key);
        free(keys);
        keys = longer;
    }
    return keys;
}

static char *caption_of(const struct results *r)
{
    int *order = wins_order(r);
    struct wins most = wins_of(r, order[0], -1), least = wins_of(r, order[wins_combinations(r) - 1], -1);
    char *best = wins_words(r, order[0]), *worst = wins_words(r, order[wins_combinations(r) - 1]);
    char *caption =
        text_format("With %s another algorithm is faster than %s at %d of %d points; with %s at %d of %d.",
                    best, results_label(r, 0), most.faster, most.points, worst, least.faster, least.points);
    free(best);
    free(worst);
    free(order);
    return caption;
}

void sweep_wins(struct page *p)
{
    const struct results *r = p->sweep;
    if (r->grid->counts == 0 || r->grid->algorithms < 2 || !p->gnuplot.runs)
        return;
    char *text = NULL, *path = text_format("%s/%s", p->gnuplot.runs, wins_file), *keys = keys_of(r);
    size_t size = 0;
    FILE *out = text_begin(&text, &size);
    char *caption = caption_of(r);
    char *what =
        text_format("A point counts for an algorithm that is faster there than %s, at the same values of all "
                    "swept keys. Each bar has the points with one combination of values of %s.",
                    results_label(r, 0), keys);
    wins_write(r, p->gnuplot.runs);
    p->gnuplot.data = wins_file;
    figure_write(out, p, &(struct figure){"wins.gp", {results_label(r, 0)}, caption}, true);
    unlink(path);
    text_end(out, &text);
    group_put(p,
              &(struct group){
                  .id = "wins", .title = "How often each algorithm is faster", .text = what, .wide = true},
              text);
    free(caption);
    free(what);
    free(keys);
    free(path);
    free(text);
}
