/* The first and the last object of --json. The names of members are part of the interface. */
#include "sim/commands/json_events.h"

#include "sim/output/json.h"

void json_events_start(const struct program *p)
{
    struct json *json = json_line();
    json_text(json, "event", "start");
    json_text(json, "folder", p->folder);
    json_array(json, "algorithms");
    for (int i = 0; i < p->runs; i++)
        json_text(json, NULL, p->run[i].name);
    json_end(json);
    json_text(json, "model", model_name(p->model));
    json_text(json, "dataset", p->data->name);
    json_bool(json, "synthetic", p->data->synthetic);
    json_int(json, "workers", p->cfg.cluster.workers);
    json_int(json, "seed", p->cfg.experiment.seed);
    json_close(json);
}

void json_events_end(const struct program *p, int status)
{
    struct json *json = json_line();
    json_text(json, "event", "end");
    json_text(json, "folder", p->folder);
    json_text(json, "status", record_status(status));
    json_int(json, "exit_status", status);
    json_close(json);
}
