/* The checks that concern several keys, files or the name of the experiment. Each check names the key that
 * the user should change, with the origin of its value. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/schedule.h"
#include "models/words.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/checks.h"
#include "sim/config/profile_file.h"
#include "sim/config/trace_limit.h"
#include "sim/config/trace_file.h"
#include "sim/config/values.h"
#include "sim/time/compute.h"

static void unset(struct slot *slot)
{
    value_free(slot->key, slot->field);
    slot->level = LEVEL_DEFAULT;
}

static bool is_bounded(const struct finish *f)
{
    static const char *const keys[] = {"iterations", "epochs", "virtual_time", "bytes"};
    bool any = false;
    int rows;
    const struct sweep_row *row = config_sweep_rows(f->src, &rows);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        any |= slot_given(slot_of(f, "experiment", keys[i]));
    for (int i = 0; i < rows; i++)
        any |=
            strcmp(row[i].key, "experiment.virtual_time") == 0 || strcmp(row[i].key, "experiment.bytes") == 0;
    return any;
}

/* Of iterations and epochs, the key given at the higher level counts, and the other is unset. Without any bound the
 * run has one epoch. The base of a sweep over budgets has none: its points would have the epoch beside theirs. */
static bool check_length(const struct finish *f)
{
    struct slot *iterations = slot_of(f, "experiment", "iterations"),
                *epochs = slot_of(f, "experiment", "epochs");
    if (slot_given(iterations) && slot_given(epochs)) {
        char place[512];
        if (iterations->level == epochs->level)
            return refuse_slot(f, epochs, "excludes experiment.iterations, given too (%s)",
                               source_origin(iterations, place, sizeof place));
        unset(iterations->level < epochs->level ? iterations : epochs);
    }
    if (!is_bounded(f))
        f->cfg->experiment.epochs = 1;
    return true;
}

/* "experiments/alexnet.ini" -> "alexnet" */
static char *name_from_path(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t length = strlen(base), ending = strlen(".ini");
    if (length > ending && strcmp(base + length - ending, ".ini") == 0)
        length -= ending;
    return text_format("%.*s", (int)length, base);
}

enum { LONGEST_NAME = 200 }; /* of a folder; file systems take 255 bytes */

static bool check_name(const struct finish *f)
{
    struct slot *slot = slot_of(f, "experiment", "name");
    const struct config_source *src = f->src;
    if (!slot_given(slot)) {
        char *name = name_from_path(src->n_paths ? src->paths[src->n_paths - 1] : "default");
        char why[512];
        bool good = value_read(slot->key, name, slot->field, why, sizeof why);
        free(name);
        if (!good)
            return refuse_slot(f, slot, "the file's name will not do: %s", why);
    }
    const char *name = f->cfg->experiment.name;
    assert(name && *name); /* a file's name is never empty, and an empty value counts as not given */
    if (strlen(name) > LONGEST_NAME)
        return refuse_slot(f, slot, "expected at most %d characters, got %zu", LONGEST_NAME, strlen(name));
    if (*name == '.' || strchr(name, '/')) {
        char quoted[80];
        return refuse_slot(f, slot, "expected the name of a folder without '/' and no '.' in front, got %s",
                           text_quote(quoted, sizeof quoted, name));
    }
    return true;
}

static bool check_lists(const struct finish *f)
{
    static const char *const lists[][2] = {{"compute", "factor"},
                                           {"network", "latency"},
                                           {"network", "bandwidth"},
                                           {"network", "bandwidth_up"},
                                           {"network", "bandwidth_down"}};
    long long workers = f->cfg->cluster.workers;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct slot *slot = slot_of(f, lists[i][0], lists[i][1]);
        const struct reals *list = slot->field;
        if (list->n > 1 && list->n != workers)
            return refuse_slot(f, slot, "expected one value or %lld (cluster.workers), got %d", workers,
                               list->n);
    }
    return true;
}

enum { MOST_TRAINING = 1024 }; /* workers that really train: tried with as many processes */

static bool check_cluster(const struct finish *f)
{
    long long workers = f->cfg->cluster.workers, processes = f->cfg->cluster.processes;
    if (f->cfg->experiment.train && workers > MOST_TRAINING)
        return refuse_slot(
            f, slot_of(f, "cluster", "workers"),
            "expected at most %d with experiment.train = yes, got %lld; more of them can be timed: "
            "--no-train",
            MOST_TRAINING, workers);
    if (processes > workers)
        return refuse_slot(f, slot_of(f, "cluster", "processes"),
                           "expected at most %lld (cluster.workers), got %lld", workers, processes);
    long long clients = f->cfg->cluster.clients;
    if (clients >= 0 && clients < workers)
        return refuse_slot(f, slot_of(f, "cluster", "clients"),
                           "expected at least %lld (cluster.workers), got %lld", workers, clients);
    return true;
}

/* Without training there is no compute time to measure. With the real clock all workers must compute at
 * the same time, each in a process. */
static bool check_clock(const struct finish *f)
{
    const struct config *cfg = f->cfg;
    bool real = cfg->experiment.clock == CLOCK_REAL;
    const struct slot *clock = slot_of(f, "experiment", "clock"), *model = slot_of(f, "compute", "model");
    if (real && !cfg->experiment.train)
        return refuse_slot(f, clock, "expected virtual with experiment.train = no, got real");
    if (real && cfg->cluster.processes > 0 && cfg->cluster.processes < cfg->cluster.workers)
        return refuse_slot(f, clock, "real needs a process for each worker: leave cluster.processes out");
    if (cfg->compute.model == COMPUTE_MEASURED && !cfg->experiment.train)
        return refuse_slot(f, model, "expected flops or fixed with experiment.train = no, got measured");
    return true;
}

static bool check_stop(const struct finish *f)
{
    const struct config *cfg = f->cfg;
    const struct slot *stop = slot_of(f, "experiment", "stop");
    if (cfg->experiment.stop != STOP_TARGET)
        return true;
    if (isnan(cfg->experiment.target_accuracy))
        return refuse_slot(f, stop, "target needs experiment.target_accuracy, such as 0.9");
    if (!cfg->experiment.train)
        return refuse_slot(f, stop,
                           "expected budget with experiment.train = no (--no-train), where no accuracy is "
                           "measured, got target");
    if (cfg->experiment.clock == CLOCK_REAL)
        return refuse_slot(f, stop,
                           "expected budget with experiment.clock = real, which does not wait for an "
                           "evaluation, got target");
    return true;
}

/* Faults need modelled compute times: with measured times, the conductor does not know an iteration's end
 * in time to say what a crash cuts off. */
static bool check_fault_clock(const struct finish *f, const struct slot *slot)
{
    if (f->cfg->experiment.clock == CLOCK_REAL)
        return refuse_slot(f, slot, "faults need experiment.clock = virtual, got real");
    if (f->cfg->compute.model == COMPUTE_MEASURED)
        return refuse_slot(f, slot, "faults need compute.model = flops or fixed, got measured");
    return true;
}

static bool check_faults(const struct finish *f)
{
    const struct config *cfg = f->cfg;
    const struct slot *at = slot_of(f, "faults", "crash_at"), *who = slot_of(f, "faults", "crash_worker");
    const struct slot *crash = slot_of(f, "faults", "crash_probability"),
                      *loss = slot_of(f, "faults", "loss_probability"),
                      *server = slot_of(f, "faults", "server_crash_at");
    const struct reals *worker = &cfg->faults.crash_worker;
    if (worker->n != cfg->faults.crash_at.n)
        return refuse_slot(f, slot_given(who) ? who : at,
                           "expected as many of faults.crash_at as of faults.crash_worker, got %d and %d",
                           cfg->faults.crash_at.n, worker->n);
    for (int i = 0; i < worker->n; i++)
        if (worker->at[i] != floor(worker->at[i]) || worker->at[i] >= (double)cfg->cluster.workers)
            return refuse_slot(f, who, "expected workers, 0 to %lld, got %g",
                               (long long)cfg->cluster.workers - 1, worker->at[i]);
    return (worker->n == 0 || check_fault_clock(f, at)) &&
           (cfg->faults.crash_probability == 0 || check_fault_clock(f, crash)) &&
           (cfg->faults.loss_probability == 0 || check_fault_clock(f, loss)) &&
           (cfg->faults.server_crash_at.n == 0 || check_fault_clock(f, server));
}

static bool check_rising(const struct finish *f, const char *key)
{
    const struct slot *slot = slot_of(f, "train", key);
    const struct reals *at = slot->field;
    for (int i = 1; i < at->n; i++)
        if (at->at[i] <= at->at[i - 1])
            return refuse_slot(f, slot, "expected rising fractions, got %g after %g", at->at[i],
                               at->at[i - 1]);
    return true;
}

/* [train] schedule, or an algorithm's own, if it is `list`; else NULL. */
static const struct slot *listed_schedule(const struct finish *f)
{
    for (const struct slot *slot = f->src->slots; slot < f->src->slots + f->src->n_slots; slot++)
        if (slot->key->choices == schedule_words && *(const int *)slot->field == FORM_LIST)
            return slot;
    return NULL;
}

static bool check_schedules(const struct finish *f)
{
    const struct slot *factors = slot_of(f, "train", "list_factors"), *schedule = listed_schedule(f);
    int marks = f->cfg->train.list_at.n, n = f->cfg->train.list_factors.n;
    if (schedule && (marks == 0 || n == 0))
        return refuse_slot(f, schedule,
                           "list needs train.list_at and train.list_factors, such as 0.5 and 0.1");
    if (marks > 0 && n == 0)
        return refuse_slot(f, slot_of(f, "train", "list_at"),
                           "needs train.list_factors, a factor for each fraction");
    if (marks != n)
        return refuse_slot(f, factors, "expected as many factors as train.list_at has fractions, %d, got %d",
                           marks, n);
    return check_rising(f, "step_at") && check_rising(f, "list_at");
}

static bool check_compute(const struct finish *f)
{
    const struct slot *model = slot_of(f, "compute", "model"), *seconds = slot_of(f, "compute", "seconds");
    if (f->cfg->compute.model == COMPUTE_FIXED && !slot_given(seconds))
        return refuse_slot(f, model, "fixed needs compute.seconds, such as 50ms");
    const struct slot *probability = slot_of(f, "compute", "straggler_probability");
    if (f->cfg->compute.straggler_probability > 0 && isnan(f->cfg->compute.straggler_factor))
        return refuse_slot(f, probability, "needs compute.straggler_factor, such as 5");
    return true;
}

static bool check_trace(const struct finish *f, const struct slot *slot, int workers, struct trace **traces)
{
    char why[512];
    if (!slot_given(slot))
        return true;
    *traces = trace_read(*(char **)slot->field, workers, why, sizeof why);
    if (!*traces)
        refuse_slot(f, slot, "%s", why);
    return *traces != NULL;
}

static bool check_traces(const struct finish *f)
{
    struct config *cfg = f->cfg;
    int workers = (int)cfg->cluster.workers;
    return check_trace(f, slot_of(f, "compute", "trace"), workers, &cfg->traces.compute) &&
           check_trace(f, slot_of(f, "network", "trace"), workers, &cfg->traces.link) &&
           check_trace(f, slot_of(f, "network", "server_trace"), THE_SERVER, &cfg->traces.server);
}

static bool check_timeline(const struct finish *f)
{
    int64_t rounds;
    char quoted[80];
    const char *trace = f->cfg->output.trace;
    if (!trace_rounds(trace, &rounds))
        return refuse_slot(f, slot_of(f, "output", "trace"), "expected %s, got %s", TRACE_EXPECTED,
                           text_quote(quoted, sizeof quoted, trace));
    return true;
}

enum { LONGEST_LABEL = 120 }; /* bytes, with room in struct summary */

/* The label of an algorithm is a cell of comparison.csv, where no cell is quoted, and the text of a legend. */
static bool check_labels(const struct finish *f)
{
    for (const struct slot *slot = f->src->slots; slot < f->src->slots + f->src->n_slots; slot++) {
        const char *label = strcmp(slot->key->name, "label") == 0 ? *(char *const *)slot->field : NULL;
        if (label && strpbrk(label, ",\""))
            return refuse_slot(f, slot, "expected no comma and no '\"', since the label stands in CSV files");
        if (label && strlen(label) > LONGEST_LABEL)
            return refuse_slot(f, slot, "expected at most %d bytes, got %zu", LONGEST_LABEL, strlen(label));
    }
    return true;
}

/* A set of the user's own lies in one folder. To search the usual folders for it could find another set. */
static bool check_data(const struct finish *f)
{
    const struct config *cfg = f->cfg;
    const struct slot *set = slot_of(f, "data", "set"), *part = slot_of(f, "data", "validation");
    double kept = cfg->data.validation;
    if (kept > 1 && kept != floor(kept))
        return refuse_slot(
            f, part, "expected a fraction below 1 or a number of samples, such as 0.1 or 5000, got %g", kept);
    if (cfg->data.path || !dataset_is_own(cfg->data.set))
        return true;
    return refuse_slot(f, set, "%s needs data.path (--data DIR), the folder of its files", cfg->data.set);
}

/* Where both ways to give the sizes are given, the one at the higher level counts. */
static bool choose_sizes(const struct finish *f)
{
    struct slot *parameters = slot_of(f, "profile", "parameters"), *file = slot_of(f, "profile", "file");
    char place[512];
    if (!slot_given(parameters) && !slot_given(file))
        return refuse_slot(f, slot_of(f, "model", "name"),
                           "profile needs profile.parameters, such as 1000000000, or profile.file");
    if (!slot_given(parameters) || !slot_given(file))
        return true;
    if (parameters->level == file->level)
        return refuse_slot(f, file, "excludes profile.parameters, given too (%s)",
                           source_origin(parameters, place, sizeof place));
    unset(parameters->level < file->level ? parameters : file);
    return true;
}

static bool read_sizes(const struct finish *f)
{
    struct config *cfg = f->cfg;
    struct slot *layers = slot_of(f, "profile", "layers"), *file = slot_of(f, "profile", "file");
    char why[512];
    if (slot_given(file)) {
        cfg->traces.profile = profile_read(cfg->profile.file, why, sizeof why);
        return cfg->traces.profile || refuse_slot(f, file, "%s", why);
    }
    int64_t n = slot_given(layers) ? cfg->profile.layers : 1;
    if (n > cfg->profile.parameters)
        return refuse_slot(f, layers, "expected at most %lld (profile.parameters), got %lld",
                           (long long)cfg->profile.parameters, (long long)n);
    cfg->traces.profile = profile_of_layers(cfg->profile.parameters, n);
    return true;
}

bool config_reads_data(const char *model)
{
    return !model_name_has_sizes(model);
}

/* The operations of a profile are known if its file has them. */
static bool check_operations(const struct finish *f)
{
    struct config *cfg = f->cfg;
    const struct slot *model = slot_of(f, "compute", "model"), *seconds = slot_of(f, "compute", "seconds"),
                      *name = slot_of(f, "model", "name");
    bool known = cfg->traces.profile->operations > 0;
    if (model->level == LEVEL_DEFAULT && (!known || slot_given(seconds)))
        cfg->compute.model = COMPUTE_FIXED;
    if (cfg->compute.model == COMPUTE_FLOPS && !known)
        return refuse_slot(f, model,
                           "expected fixed with model.name = %s without operations in its file, got flops",
                           cfg->model.name);
    if (cfg->compute.model == COMPUTE_FIXED && !slot_given(seconds))
        return refuse_slot(f, name, "%s needs compute.seconds, such as 50ms", cfg->model.name);
    return true;
}

/* A profile has no network: nothing can be trained. */
static bool check_profile(const struct finish *f)
{
    const struct config *cfg = f->cfg;
    if (config_reads_data(cfg->model.name))
        return true;
    if (cfg->experiment.train)
        return refuse_slot(f, slot_of(f, "model", "name"),
                           "%s needs experiment.train = no (--no-train): it has no network to train",
                           cfg->model.name);
    return choose_sizes(f) && read_sizes(f) && check_operations(f);
}

static bool check_batchnorm(const struct finish *f)
{
    const struct slot *samples = slot_of(f, "output", "batchnorm_samples");
    if (slot_given(samples) && f->cfg->output.batchnorm != BATCHNORM_PRECISE)
        return refuse_slot(f, samples, "needs output.batchnorm = precise, got running");
    return true;
}

static bool check_halving(const struct finish *f)
{
    if (f->cfg->sweep.halving != 1)
        return true;
    return refuse_slot(f, slot_of(f, "sweep", "halving"),
                       "expected 0 (no halving), or 2 and more, such as 3, got 1");
}

/* A file without any key of an experiment (empty, cut off, or another kind of ini) would silently run the
 * defaults. */
static bool check_sections(struct finish *f)
{
    const struct config_source *src = f->src;
    if (src->n_paths == 0)
        return true;
    for (int i = 0; i < src->n_slots; i++)
        if (src->slots[i].level > LEVEL_DEFAULT && strcmp(src->slots[i].section->name, "experiment") == 0)
            return true;
    snprintf(f->error, f->error_size, "%s: expected a section [experiment] with at least one key, found none",
             src->paths[src->n_paths - 1]);
    return false;
}

bool config_finish(struct config_source *src, char *error, size_t error_size)
{
    struct finish f = {src, src->cfg, error, error_size};
    fail_place(source_place, src);
    find_files(&f);
    return check_length(&f) && check_name(&f) && check_lists(&f) && check_cluster(&f) && check_topology(&f) &&
           check_clock(&f) && check_stop(&f) && check_faults(&f) && check_schedules(&f) &&
           check_profile(&f) && check_compute(&f) && check_timeline(&f) && check_batchnorm(&f) &&
           check_quality(&f) && check_data(&f) && check_halving(&f) && check_labels(&f) &&
           check_sections(&f) && check_traces(&f);
}
