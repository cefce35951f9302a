/* verdict.json, verdict.csv, and the lines of --json. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/show.h"
#include "sim/compare/words.h"
#include "sim/output/csv.h"
#include "sim/output/json.h"
#include "sim/statistics/family.h"
#include "sim/sweep/sweep_file.h"

const char verdict_json_file[] = "verdict.json", verdict_csv_file[] = "verdict.csv";

static const char *name(const struct comparison_verdict *v, int algorithm)
{
    return v->results->grid->algorithm[algorithm];
}

/* The point of a setting's first seed. */
static const struct point *point_of(const struct comparison_verdict *v, int setting)
{
    return results_at(v->results, setting, 0, 0)[0].point;
}

/* The rows that make the settings, in the order of the grid. */
static bool is_setting_row(const struct grid *grid, int row)
{
    return grid->row[row].algorithm < 0 && row != grid->seed_row;
}

/* ---- JSON ---- */

static void put_setting(struct json *json, const struct comparison_verdict *v, int setting)
{
    const struct grid *grid = v->results->grid;
    const struct point *p = point_of(v, setting);
    json_object(json, "at");
    for (int i = 0; i < grid->rows; i++)
        if (is_setting_row(grid, i))
            json_text(json, grid->row[i].key, grid->row[i].value[p->value[i]]);
    json_end(json);
}

static void put_statistics(struct json *json, const struct comparison_verdict *v, const struct claim *c)
{
    json_int(json, "seeds", c->seeds);
    json_text(json, "effect_is",
              c->measure == MEASURE_TIME ? "factor of the reference's time"
                                         : "rival's accuracy less the reference's");
    json_real(json, "effect", c->effect);
    json_real(json, "low", c->low);
    json_real(json, "high", c->high);
    json_real(json, "level", v->level);
    json_real(json, "bca_low", c->bca_low);
    json_real(json, "bca_high", c->bca_high);
    json_bool(json, "bca_disagrees", c->bca_disagrees);
    json_real(json, "p", c->p);
    json_real(json, "deviation", c->deviation);
    json_text(json, "bound", bound_words[c->bound]);
    json_int(json, "stand_ins", c->stand_ins);
    json_real(json, "earliest", c->earliest);
    json_real(json, "latest", c->latest);
}

static void put_claim(struct json *json, const struct comparison_verdict *v, const struct claim *c)
{
    int winner = claim_winner(c);
    char *words = claim_words(v, c);
    put_setting(json, v, c->setting);
    json_text(json, "measure", measure_words[c->measure]);
    json_text(json, "rival", name(v, c->rival));
    json_text(json, "reference", name(v, c->reference));
    json_text(json, "standing", standing_words[c->standing]);
    json_text(json, "reason", c->reason == REASON_NONE ? NULL : reason_words[c->reason]);
    json_text(json, "better", winner < 0 ? NULL : name(v, winner));
    json_text(json, "words", words);
    put_statistics(json, v, c);
    json_real(json, "resolution", c->resolution);
    json_int(json, "seeds_needed", c->seeds_needed);
    json_real(json, "margin", c->margin);
    json_bool(json, "within_margin", c->within_margin);
    free(words);
}

static void put_spread(struct json *json, const struct results *r, const struct outcome *seeds, int column,
                       const char *key)
{
    struct spread s = results_spread(r, seeds, column);
    json_object(json, key);
    json_real(json, "mean", s.mean);
    json_real(json, "std", s.std);
    json_array(json, "values");
    for (int i = 0; i < r->grid->seeds; i++)
        json_real(json, NULL, seeds[i].done ? seeds[i].value[column] : NAN);
    json_end(json);
    json_end(json);
}

/* One algorithm at one setting: what was measured, seed by seed. */
static void put_runs(struct json *json, const struct comparison_verdict *v, int setting, int algorithm)
{
    const struct results *r = v->results;
    const struct outcome *seeds = results_at(r, setting, algorithm, 0);
    const struct tuned *tuned = v->tuned ? &v->tuned[algorithm] : NULL;
    json_object(json, NULL);
    put_setting(json, v, setting);
    json_text(json, "algorithm", name(v, algorithm));
    json_text(json, "label", results_label(r, algorithm));
    json_int(json, "trials", tuned ? tuned->trials : 0);
    json_text(json, "tuned", tuned && tuned->value ? tuned->value[setting] : NULL);
    json_int(json, "done", results_spread(r, seeds, r->at.time).n);
    json_int(json, "reached", results_reached(r, seeds, r->at.target_time));
    put_spread(json, r, seeds, r->at.accuracy, "test_accuracy");
    put_spread(json, r, seeds, r->at.target_time, "target_s");
    put_spread(json, r, seeds, r->at.time, "virtual_s");
    put_spread(json, r, seeds, r->at.up, "bytes_up");
    put_spread(json, r, seeds, r->at.down, "bytes_down");
    json_end(json);
}

static void put_measures(struct json *json, const char *key, const struct comparison_verdict *v,
                         const double *of)
{
    json_object(json, key);
    for (int i = 0; i < MEASURES; i++)
        if (v->rules.measure[i])
            json_real(json, measure_words[i], of[i]);
    json_end(json);
}

static void put_rules(struct json *json, const struct comparison_verdict *v)
{
    const struct grid *grid = v->results->grid;
    char *rule = verdict_rule(v), *target = verdict_target(v, 0);
    json_text(json, "rule", rule);
    json_text(json, "reference", name(v, v->rules.reference));
    json_text(json, "pairs", v->rules.all_pairs ? "all" : "reference");
    json_int(json, "claims_of_a_setting", v->m);
    json_real(json, "error_of_a_family", FAMILY_ERROR);
    json_real(json, "level", v->level);
    json_int(json, "seeds_for_p", v->seeds_for_p);
    put_measures(json, "resolution", v, v->rules.resolution);
    put_measures(json, "margin", v, v->rules.margin);
    json_text(json, "target", v->rules.measure[MEASURE_TIME] ? target : NULL);
    json_text(json, "accuracy_is", v->after);
    json_array(json, "seeds");
    for (int i = 0; i < grid->row[grid->seed_row].n; i++)
        json_int(json, NULL, strtoll(grid->row[grid->seed_row].number[i], NULL, 10));
    json_end(json);
    free(target);
    free(rule);
}

static void put_remarks(struct json *json, const struct comparison_verdict *v)
{
    char *remark;
    json_array(json, "remarks");
    for (int i = 0; (remark = verdict_remark(v, i)); i++) {
        json_text(json, NULL, remark);
        free(remark);
    }
    json_end(json);
}

void verdict_write_json(const struct comparison_verdict *v, const char *folder)
{
    char *path = text_format("%s/%s", folder, verdict_json_file);
    struct json *json = json_create(path);
    put_rules(json, v);
    put_remarks(json, v);
    json_array(json, "claims");
    for (int i = 0; i < v->claims; i++) {
        json_object(json, NULL);
        put_claim(json, v, &v->claim[i]);
        json_end(json);
    }
    json_end(json);
    json_array(json, "runs");
    for (int setting = 0; setting < v->results->grid->settings; setting++)
        for (int a = 0; a < v->results->grid->algorithms; a++)
            put_runs(json, v, setting, a);
    json_end(json);
    json_close(json);
    free(path);
}

/* ---- CSV ---- */

static char *header(const struct comparison_verdict *v)
{
    const struct grid *grid = v->results->grid;
    char *text = NULL;
    size_t size;
    FILE *out = text_begin(&text, &size);
    for (int i = 0; i < grid->rows; i++)
        if (is_setting_row(grid, i))
            fprintf(out, "%s,", grid->row[i].key);
    fputs("measure,rival,reference,standing,reason,better,seeds,effect,low,high,level,bca_low,bca_high,p,"
          "deviation,bound,"
          "stand_ins,earliest,latest,resolution,seeds_needed,margin,within_margin,words",
          out);
    text_end(out, &text);
    return text;
}

static void put_numbers(struct csv *csv, const struct comparison_verdict *v, const struct claim *c)
{
    csv_int(csv, c->seeds);
    csv_real(csv, c->effect);
    csv_real(csv, c->low);
    csv_real(csv, c->high);
    csv_real(csv, v->level);
    csv_real(csv, c->bca_low);
    csv_real(csv, c->bca_high);
    csv_real(csv, c->p);
    csv_real(csv, c->deviation);
    csv_text(csv, bound_words[c->bound]);
    csv_int(csv, c->stand_ins);
    csv_real(csv, c->earliest);
    csv_real(csv, c->latest);
    csv_real(csv, c->resolution);
    csv_int(csv, c->seeds_needed);
    csv_real(csv, c->margin);
    csv_int(csv, c->within_margin);
}

static void put_row(struct csv *csv, const struct comparison_verdict *v, const struct claim *c)
{
    const struct grid *grid = v->results->grid;
    const struct point *p = point_of(v, c->setting);
    int winner = claim_winner(c);
    char *words = claim_words(v, c);
    for (int i = 0; i < grid->rows; i++)
        if (is_setting_row(grid, i))
            csv_text(csv, grid->row[i].number[p->value[i]]);
    csv_text(csv, measure_words[c->measure]);
    csv_text(csv, name(v, c->rival));
    csv_text(csv, name(v, c->reference));
    csv_text(csv, standing_words[c->standing]);
    csv_text(csv, reason_words[c->reason]);
    csv_text(csv, winner < 0 ? "" : name(v, winner));
    put_numbers(csv, v, c);
    csv_text(csv, words);
    csv_end_row(csv);
    free(words);
}

void verdict_write(const struct comparison_verdict *v, const char *folder)
{
    struct sweep_file file = sweep_file_open(folder, verdict_csv_file, header(v));
    for (int i = 0; i < v->claims; i++)
        put_row(file.csv, v, &v->claim[i]);
    sweep_file_close(&file);
    verdict_write_json(v, folder);
}

/* ---- lines on standard output ---- */

void verdict_print_json(const struct comparison_verdict *v)
{
    for (int i = 0; i < v->claims; i++) {
        struct json *json = json_line();
        json_text(json, "event", "claim");
        put_claim(json, v, &v->claim[i]);
        json_close(json);
    }
}

void verdict_json_end(const char *folder, int exit_status)
{
    struct json *json = json_line();
    json_text(json, "event", "end");
    json_text(json, "folder", folder);
    json_text(json, "status",
              exit_status == EXIT_DONE ? "done"
              : exit_status > 128      ? "interrupted"
                                       : "failed");
    json_int(json, "exit_status", exit_status);
    json_close(json);
}
