/* The constant world that all algorithms of one call share: configuration, data set, model, first parameters,
 * prepared runs. Everything is decided and checked here, before the output folder is made and before any
 * process is forked. */
#include "sim/commands/program.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/kernels.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/networks.h"
#include "sim/commands/resume.h"
#include "sim/commands/retime.h"
#include "sim/config/profile_file.h"
#include "sim/config/source.h"
#include "sim/install_paths.h"
#include "sim/output/progress.h"
#include "sim/registry.h"
#include "sim/runtime/first_test.h"

/* ---- configuration ---- */

static bool take_assignment(struct config_source *source, const struct assignment *a, char *error,
                            size_t size)
{
    if (a->key)
        return config_option(source, a->option, a->key, a->value, error, size);
    return strcmp(a->option, "--sweep") == 0  ? config_sweep(source, a->value, error, size)
           : strcmp(a->option, "--tune") == 0 ? config_tune(source, a->value, error, size)
                                              : config_set(source, a->value, error, size);
}

static bool declare(struct config_source *source, const struct assignment *a, char *error, size_t size)
{
    char *assignment = a->key ? text_format("%s=%s", a->key, a->value) : text_copy(a->value);
    bool good = config_declare(source, a->option, assignment, error, size);
    free(assignment);
    return good;
}

/* Later sources override earlier ones: the ini or the folder of --resume or --retime, then the options in their order,
 * then the values of the sweep's point. */
void program_configure(struct program *p)
{
    char error[1024];
    int n;
    const struct options *o = &p->options;
    const struct config_section *sections = registry_sections(&n);
    p->source = config_begin(&p->cfg, sections, n);
    if (o->resume || p->base)
        need_ok(resume_configure(p->source, o->resume ? o->resume : p->base, error, sizeof error), error);
    else if (o->retime && !o->file)
        need_ok(resume_configure(p->source, o->retime, error, sizeof error), error);
    else if (o->file)
        need_ok(config_read_text(p->source, o->file, p->given, error, sizeof error), error);
    for (int i = 0; i < 2 * o->n_set; i++)
        need_ok(declare(p->source, &o->set[i % o->n_set], error, sizeof error), error);
    for (int i = 0; i < o->n_set; i++)
        need_ok(take_assignment(p->source, &o->set[i], error, sizeof error), error);
    if (o->compare)
        config_compare(p->source);
    if (p->point)
        need_ok(grid_assign(p->grid, p->point, p->source, error, sizeof error), error);
    retime_preset(p);
    need_ok(networks_apply(p->source, error, sizeof error), error);
    need_ok(config_finish(p->source, error, sizeof error), error);
}

/* ---- data, model, runs ---- */

/* What names the folder data.path: "--data", "x.ini:3: data.path". */
static char *place_of_path(const struct program *p)
{
    char origin[512], error[256];
    source_origin(source_look_up(p->source, "data.path", error, sizeof error), origin, sizeof origin);
    return text_format("%s%s", origin, strcmp(origin, "--data") == 0 ? "" : ": data.path");
}

/* The folders that the user names are looked at first: a wrong one must not end in the data of another. */
static void check_named(const struct program *p, const char *environment,
                        const struct dataset_options *options)
{
    char *place = place_of_path(p);
    const char *set = p->cfg.data.set, *path = p->cfg.data.path;
    if (!(path && dataset_is_in(set, path, place, options)) && environment)
        dataset_is_in(set, environment, "SIMULATE_DATA", options);
    free(place);
}

enum { LEAST_SAMPLES = 10000 }; /* of a profile, as many as the synthetic set has */

/* A profile reads no data. Its samples say how long an epoch is, and every client has one or more. */
static const struct dataset *no_data(const struct config *cfg)
{
    const struct dataset_options options = {.validation = cfg->data.validation,
                                            .split_seed = (uint64_t)cfg->data.split_seed};
    int64_t clients = run_clients(cfg), samples = cfg->data.train_samples;
    if (samples < 0)
        samples = clients > LEAST_SAMPLES ? clients : LEAST_SAMPLES;
    return dataset_none(samples < UINT32_MAX ? (uint32_t)samples : UINT32_MAX, &options);
}

/* The data set is searched in data.path, $SIMULATE_DATA, ./data and /usr/share/datasets, in this order. */
static void open_data(struct program *p)
{
    const struct config *cfg = &p->cfg;
    const char *paths[6], *environment = getenv("SIMULATE_DATA");
    int n = 0;
    char *fetcher = install_fetcher();
    struct dataset_options options = {.seed = (uint64_t)cfg->experiment.seed,
                                      .shape = cfg->data.shape,
                                      .train_n = cfg->data.train_samples,
                                      .test_n = cfg->data.test_samples,
                                      .validation = cfg->data.validation,
                                      .split_seed = (uint64_t)cfg->data.split_seed,
                                      .fetcher = fetcher};
    environment = environment && *environment ? environment : NULL;
    if (cfg->data.path)
        paths[n++] = cfg->data.path;
    if (environment)
        paths[n++] = environment;
    paths[n++] = "data";
    paths[n++] = "/usr/share/datasets";
    paths[n] = NULL;
    check_named(p, environment, &options);
    p->data = dataset_open(cfg->data.set, paths, &options);
    free(fetcher);
}

static struct sized_tensor sized(const struct profile_tensor *t)
{
    struct sized_tensor s = {
        .name = t->name, .n = (size_t)t->parameters, .dims = t->dims, .macs = (uint64_t)t->operations};
    memcpy(s.dim, t->dim, sizeof s.dim);
    return s;
}

static void build_sizes(struct program *p, const struct model_def *def)
{
    const struct profile *profile = p->cfg.traces.profile;
    assert(profile); /* config_finish has read it */
    struct sized_tensor *tensor = need((size_t)profile->n * sizeof *tensor);
    for (int i = 0; i < profile->n; i++)
        tensor[i] = sized(&profile->at[i]);
    p->model = model_of_sizes(def, tensor, profile->n);
    free(tensor);
}

static void build_model(struct program *p)
{
    char error[256];
    const struct dataset *d = p->data;
    const struct model_def *def = registry_model(p->cfg.model.name);
    if (def->sizes) {
        build_sizes(p, def);
        return;
    }
    kernels_choose(p->cfg.host.kernels);
    p->model = model_build(def, d->channels, d->height, d->width, d->classes, error, sizeof error);
    if (!p->model)
        die(EXIT_USAGE, "model.name: %s does not fit data.set = %s: %s", def->name, d->name, error);
    p->first_params = need(model_params(p->model) * sizeof(float));
    p->first_stats = need(model_stats(p->model) * sizeof(float));
}

static enum shows shown(const struct options *o)
{
    return o->json ? SHOW_JSON : o->quiet ? SHOW_NOTHING : progress_possible() ? SHOW_BAR : SHOW_LINES;
}

/* https://no-color.org: any value of NO_COLOR but the empty one turns colour off. */
bool program_coloured(const struct options *o)
{
    const char *no = getenv("NO_COLOR");
    return o->colour == WHEN_ALWAYS || (o->colour == WHEN_AUTOMATIC && !(no && *no));
}

/* A picture tells the algorithms apart by their labels. */
static void check_label(const struct program *p, int i, const struct variant *variant)
{
    for (int j = 0; j < i; j++)
        if (strcmp(p->run[j].label, variant->label) == 0)
            die(EXIT_USAGE, "algorithm.%s.label: expected a label of its own, got '%s', which %s has",
                variant->name, variant->label, p->run[j].name);
}

static void prepare_runs(struct program *p)
{
    const struct names *names = &p->cfg.experiment.algorithms;
    p->shares = prepare_shares(&p->cfg, p->data);
    p->setting = (struct setting){.cfg = &p->cfg,
                                  .data = p->data,
                                  .model = p->model,
                                  .first_params = p->first_params,
                                  .first_stats = p->first_stats,
                                  .first_test = p->first_test,
                                  .shares = p->shares,
                                  .codec = registry_codec};
    p->runs = names->n;
    p->run = need((size_t)names->n * sizeof *p->run);
    p->summary = need((size_t)names->n * sizeof *p->summary);
    p->ended = need((size_t)names->n * sizeof *p->ended);
    for (int i = 0; i < names->n; i++) {
        struct variant variant = registry_variant(&p->cfg, i);
        check_label(p, i, &variant);
        run_prepare(&p->run[i], &p->setting, &variant);
        p->run[i].shown = shown(&p->options);
        p->run[i].published = p->published;
        p->run[i].colour = program_coloured(&p->options);
    }
}

void program_open(struct program *p)
{
    if (!p->data && p->cfg.traces.profile)
        p->data = no_data(&p->cfg);
    else if (!p->data)
        open_data(p);
    build_model(p);
    if (p->cfg.experiment.train) {
        kernels_reserve();
        p->first_test = first_test_create(model_stats(p->model));
    }
    prepare_runs(p);
}

/* Reserves the shared memory of each run once and gives it back. */
void program_try_memory(const struct program *p)
{
    for (int i = 0; i < p->runs; i++)
        shared_destroy(shared_create(&p->run[i]));
}

void program_print(const struct program *p)
{
    printf("%s on %s (%s), %zu parameters, %" PRId64 " workers, seed %" PRId64 "\n", model_name(p->model),
           p->data->name, p->data->origin, model_params(p->model), p->cfg.cluster.workers,
           p->cfg.experiment.seed);
}

void program_close(struct program *p)
{
    for (int i = 0; i < p->runs; i++)
        run_release(&p->run[i]);
    free(p->run);
    free(p->summary);
    free(p->ended);
    free(p->first_params);
    free(p->first_stats);
    first_test_destroy(p->first_test);
    shares_free(p->shares);
    free(p->folder);
    free(p->retimed.from);
    free(p->retimed.algorithms);
    model_destroy(p->model);
    if (p->data)
        dataset_close(p->data);
}
