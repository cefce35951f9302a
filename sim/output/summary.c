#include "sim/output/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/output/json.h"

static void put_names(struct json *json, const struct summary *s)
{
    json_text(json, "algorithm", s->algorithm);
    json_text(json, "model", s->model);
    json_text(json, "dataset", s->dataset);
    json_bool(json, "synthetic", s->synthetic);
    json_bool(json, "trained", s->trained);
    json_int(json, "workers", s->workers);
    json_int(json, "seed", s->seed);
}

static void put_results(struct json *json, const struct summary *s)
{
    json_int(json, "rounds", s->rounds);
    json_int(json, "iterations", s->iterations);
    json_real(json, "epochs", s->epochs);
    json_int(json, "virtual_ns", s->virtual_ns);
    json_real(json, "wall_seconds", s->wall_seconds);
    json_real(json, "test_accuracy", s->test_accuracy);
    json_real(json, "test_loss", s->test_loss);
    json_real(json, "train_loss", s->train_loss);
    json_real(json, "best_accuracy", s->best_accuracy);
}

static void put_target(struct json *json, const struct summary *s)
{
    const struct {
        const char *key;
        int64_t value;
    } members[] = {{"target_ns", s->target_ns},
                   {"target_iterations", s->target_iterations},
                   {"target_bytes_up", s->target_bytes_up},
                   {"target_bytes_down", s->target_bytes_down}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (s->target_ns < 0) /* never reached: the other three mean nothing */
            json_null(json, members[i].key);
        else
            json_int(json, members[i].key, members[i].value);
}

static void put_costs(struct json *json, const struct summary *s)
{
    json_int(json, "bytes_up", s->bytes_up);
    json_int(json, "bytes_down", s->bytes_down);
    json_int(json, "bytes_initial", s->bytes_initial);
    json_int(json, "pushes", s->pushes);
    json_int(json, "replies", s->replies);
    json_wide(json, "compute_ns", s->compute_ns);
    json_wide(json, "communication_ns", s->communication_ns);
    json_wide(json, "waiting_ns", s->waiting_ns);
    json_wide(json, "overlapped_ns", s->overlapped_ns);
    json_int(json, "wasted_iterations", s->wasted_iterations);
    json_int(json, "dropped_pushes", s->dropped_pushes);
}

static void put_faults(struct json *json, const struct summary *s)
{
    const struct fault_totals *f = &s->faults;
    if (!s->faulty)
        return;
    json_int(json, "crashes", f->crashes);
    json_wide(json, "down_ns", f->down_ns);
    json_int(json, "models_fetched", f->fetches);
    json_int(json, "messages_lost", f->lost);
    json_int(json, "bytes_fetched", f->bytes_fetched);
    json_int(json, "bytes_resent_up", f->bytes_resent_up);
    json_int(json, "bytes_resent_down", f->bytes_resent_down);
    json_int(json, "server_crashes", f->server_crashes);
    json_int(json, "undone_iterations", f->undone);
}

static void put_checks(struct json *json, const struct summary *s)
{
    char hash[17]; /* text: a JSON number keeps only 53 bits in many readers */
    snprintf(hash, sizeof hash, "%016" PRIx64, s->parameters_hash);
    json_text(json, "parameters_hash", s->trained ? hash : NULL);
    if (s->replicas_equal == REPLICAS_NONE)
        json_null(json, "replicas_equal");
    else
        json_bool(json, "replicas_equal", s->replicas_equal == REPLICAS_EQUAL);
    json_bool(json, "reproducible", s->clocked == CLOCKED_BY_MODEL);
    json_text(json, "status", s->status);
}

static void put_all(struct json *json, const struct summary *s)
{
    put_names(json, s);
    put_results(json, s);
    put_target(json, s);
    put_costs(json, s);
    put_faults(json, s);
    put_checks(json, s);
    json_close(json);
}

void summary_write(const struct summary *s, const char *folder)
{
    char *path = text_format("%s/summary.json", folder);
    put_all(json_create(path), s);
    free(path);
}

void summary_line(const struct summary *s)
{
    struct json *json = json_line();
    json_text(json, "event", "summary");
    put_all(json, s);
}
