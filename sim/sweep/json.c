#include "sim/sweep/json.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/json.h"
#include "sim/sweep/rungs.h"

static struct json *begin(const char *event)
{
    struct json *json = json_line();
    json_text(json, "event", event);
    return json;
}

static void put_view(struct json *json, const struct sweep_view *v)
{
    json_int(json, "over", v->over);
    json_int(json, "points", v->points);
    json_real(json, "share", v->share);
    json_real(json, "left_s", v->left_s);
}

/* The comparison that the sweep is a stage of has a start, and an end, of its own. */
void sweep_json_start(const struct sweep *s, const struct sweep_view *v)
{
    struct json *json = begin(s->whole ? "stage" : "start");
    json_text(json, "folder", s->folder);
    json_int(json, "points", v->points);
    json_int(json, "over", v->over);
    json_array(json, "algorithms");
    for (int a = 0; a < s->grid.algorithms; a++)
        json_text(json, NULL, s->grid.algorithm[a]);
    json_end(json);
    json_close(json);
}

void sweep_json_point(const struct point *p, enum point_state state, const struct sweep_view *v)
{
    struct json *json = begin("point");
    json_int(json, "point", p->index);
    json_text(json, "name", p->name);
    json_text(json, "status",
              state == POINT_DONE       ? "done"
              : state == POINT_DIVERGED ? "diverged"
              : state == POINT_LEFT     ? "left_behind"
                                        : "endless"); /* as in sweep.csv */
    put_view(json, v);
    json_close(json);
}

void sweep_json_rest(const struct point *p, int rung, int rungs, const struct sweep_view *v)
{
    struct json *json = begin("rest");
    json_int(json, "point", p->index);
    json_text(json, "name", p->name);
    json_int(json, "rung", rung);
    json_int(json, "rungs", rungs);
    put_view(json, v);
    json_close(json);
}

void sweep_json_progress(const struct sweep_view *v)
{
    struct json *json = begin("progress");
    put_view(json, v);
    json_array(json, "running");
    for (int i = 0; i < v->running; i++) {
        json_object(json, NULL);
        json_int(json, "point", v->run[i].point->index);
        json_text(json, "algorithm", v->run[i].algorithm);
        json_real(json, "share", v->run[i].share);
        json_real(json, "test_accuracy", v->run[i].accuracy);
        json_end(json);
    }
    json_end(json);
    json_close(json);
}

/* ---- results ---- */

/* The values of the rows of an algorithm; -1: of the shared rows, the seed left out. */
static void put_values(struct json *json, const char *name, const struct grid *grid, const struct point *p,
                       int algorithm)
{
    json_object(json, name);
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm == algorithm && i != grid->seed_row)
            json_text(json, grid->row[i].key, grid->row[i].value[p->value[i]]);
    json_end(json);
}

void sweep_json_rung(const struct rungs *rungs, const struct rung *rung)
{
    const struct grid *grid = rungs_grid(rungs);
    const struct point *p = grid->point;
    while (p->setting != rung->setting)
        p++;
    struct json *json = begin("rung");
    put_values(json, "at", grid, p, -1);
    json_text(json, "algorithm", grid->algorithm[rung->algorithm]);
    json_int(json, "rung", rung->rung + 1);
    json_int(json, "rungs", rung->rungs);
    json_int(json, "trials", rung->trials);
    json_int(json, "kept", rung->kept);
    json_close(json);
}

static void put_columns(struct json *json, const struct results *r, const struct outcome *seeds)
{
    for (int c = 1; c < r->columns; c++) {
        if (results_is_text(r, c))
            continue;
        struct spread spread = results_spread(r, seeds, c);
        char *mean = text_format("%s_mean", r->column[c]), *std = text_format("%s_std", r->column[c]);
        json_real(json, mean, spread.mean);
        json_real(json, std, spread.std);
        free(mean);
        free(std);
    }
}

static void put_result(const struct results *r, int setting, int algorithm, int combination)
{
    const struct outcome *seeds = results_at(r, setting, algorithm, combination);
    int n = results_spread(r, seeds, r->at.time).n;
    struct json *json = begin("result");
    put_values(json, "at", r->grid, seeds[0].point, -1);
    json_text(json, "algorithm", r->grid->algorithm[algorithm]);
    put_values(json, "with", r->grid, seeds[0].point, algorithm);
    json_bool(json, "best", results_is_best(r, setting, algorithm, combination));
    json_int(json, "seeds", n);
    json_int(json, "diverged", results_failed(r, seeds));
    json_int(json, "reached", results_reached(r, seeds, r->at.target_time));
    put_columns(json, r, seeds);
    json_close(json);
}

void sweep_json_results(const struct results *r)
{
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < r->grid->algorithms; a++)
            for (int v = 0; v < results_combinations(r, a); v++)
                put_result(r, setting, a, v);
}

void sweep_json_end(const struct sweep *s, const struct results *results, int status)
{
    struct json *json = begin("end");
    json_text(json, "folder", s->folder);
    json_text(json, "status", status == EXIT_DONE ? "done" : status > 128 ? "interrupted" : "failed");
    json_int(json, "exit_status", status);
    if (results)
        json_int(json, "retimed", results_remarks(results).retimed);
    json_close(json);
}
