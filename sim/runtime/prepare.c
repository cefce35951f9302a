/* Builds struct run, which is const afterwards, from the configuration, for one algorithm. Checks what
 * only configuration, model, data and algorithm together can tell, and ends the program with a line that
 * names the key. The steps of run_prepare depend on each other: fragments give the sizes of messages,
 * sizes give the transfer, the transfer gives the table of vectors. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "models/data/dataset.h"
#include "models/data/partition.h"
#include "models/model.h"
#include "sim/base/cores.h"
#include "sim/base/fail.h"
#include "sim/base/part.h"
#include "sim/config/config.h"
#include "sim/runtime/coding_config.h"
#include "sim/runtime/message_layout.h"
#include "sim/runtime/numbers.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/exchange_config.h"
#include "sim/runtime/overlap_config.h"
#include "sim/runtime/prepare.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/requirements.h"
#include "sim/runtime/training.h"

static struct compute_spec compute_of(const struct run *run)
{
    const struct config *cfg = run->cfg;
    double *factor = need((size_t)run->workers * sizeof *factor);
    for (int i = 0; i < run->workers; i++)
        factor[i] = reals_at(&cfg->compute.factor, i);
    /* 2 FLOP a multiply-accumulate; a training step costs three forward passes (docs: models, section
     * "layers") */
    double flops = 3.0 * 2.0 * (double)model_macs(run->model) * (double)cfg->train.batch;
    return (struct compute_spec){.model = cfg->compute.model,
                                 .batches = cfg->train.accumulate,
                                 .seconds = cfg->compute.seconds,
                                 .flops = flops,
                                 .device_flops = cfg->compute.device,
                                 .overhead = cfg->compute.overhead,
                                 .factor = factor,
                                 .spread = cfg->compute.spread,
                                 .jitter = cfg->compute.jitter,
                                 .straggler = {.probability = cfg->compute.straggler_probability,
                                               .factor = cfg->compute.straggler_factor,
                                               .duration = cfg->compute.straggler_duration},
                                 .trace = cfg->traces.compute,
                                 .seed = (uint64_t)cfg->experiment.seed};
}

struct shares *prepare_shares(const struct config *cfg, const struct dataset *data)
{
    uint32_t left = data->train.n, kept = data->validation.n, clients = (uint32_t)run_clients(cfg);
    if (kept > 0 && left < clients && cfg->data.partition != PARTITION_FULL)
        die(EXIT_USAGE,
            "data.validation: expected a part that leaves at least one sample for each of %u %s, got %u of "
            "%u "
            "samples, which leaves %u",
            clients, cfg->cluster.clients > 0 ? "clients" : "workers", kept, left + kept, left);
    return shares_create(cfg->data.partition,
                         &(struct partition_input){.seed = (uint64_t)cfg->experiment.seed,
                                                   .shares = (uint32_t)run_clients(cfg),
                                                   .beta = cfg->data.beta,
                                                   .shards = (uint32_t)cfg->data.shards_per_worker,
                                                   .samples = data->train.n,
                                                   .labels = data->train.labels,
                                                   .classes = data->classes});
}

static vtime duration_of(double seconds)
{
    return isinf(seconds) ? VTIME_NEVER : vtime_from_seconds(seconds, 0);
}

static vtime *moments_of(const struct reals *seconds)
{
    vtime *at = need((size_t)seconds->n * sizeof *at);
    for (int i = 0; i < seconds->n; i++)
        at[i] = duration_of(seconds->at[i]);
    return at;
}

static struct faults_spec faults_of(const struct config *cfg)
{
    size_t n = (size_t)cfg->faults.crash_at.n;
    int *worker = need(n * sizeof *worker);
    for (size_t i = 0; i < n; i++)
        worker[i] = (int)cfg->faults.crash_worker.at[i];
    return (struct faults_spec){.crashes = (int)n,
                                .crash_at = moments_of(&cfg->faults.crash_at),
                                .crash_worker = worker,
                                .crash_probability = cfg->faults.crash_probability,
                                .down_time = duration_of(cfg->faults.down_time),
                                .detection_time = duration_of(cfg->faults.detection_time),
                                .loss_probability = cfg->faults.loss_probability,
                                .retransmit_timeout = duration_of(cfg->faults.retransmit_timeout),
                                .seed = (uint64_t)cfg->experiment.seed,
                                .server_crashes = cfg->faults.server_crash_at.n,
                                .server_crash_at = moments_of(&cfg->faults.server_crash_at),
                                .server_down_time = duration_of(cfg->faults.server_down_time),
                                .server_checkpoint_every = cfg->faults.server_checkpoint_every};
}

static void prepare_setup(struct run *run)
{
    struct setup *s = &run->setup;
    s->seed = (uint64_t)run->cfg->experiment.seed;
    s->tensors = model_tensors(run->model);
    struct extent *extent = need((size_t)s->tensors * sizeof *extent);
    for (int i = 0; i < s->tensors; i++) {
        const struct tensor *t = model_tensor(run->model, i);
        extent[i] =
            (struct extent){.n = t->n, .rows = t->dims > 1 ? t->n / (size_t)t->dim[0] : 1, .dims = t->dims};
    }
    s->tensor = extent;
    s->optimizer.name = run->training.name;
    s->optimizer.momentum = run->training.optimizing.momentum;
    s->optimizer.states = run->training.states;
    s->optimizer.restarts = run->training.on_reset == STATE_ZERO;
}

static void prepare_parts(struct run *run)
{
    run->layout.fragments = fragments_of(run);
    if (run->layout.fragments.count > 1 && faults_can_crash(&run->conductor.faults))
        die(EXIT_USAGE,
            "algorithm.%s: expected one %s where workers or the server may crash ([faults]), got %" PRId64
            ": a worker that is back would not know which push comes next",
            run->name, run->alg->exchanges ? "exchange in a step of the model" : "fragment",
            run->layout.fragments.count);
}

static bool is_sent(const struct protocol *p, int vector)
{
    bool sent = protocol_pushes(p, vector);
    for (int i = 0; i < p->reply_spans; i++)
        sent |= p->reply[i].into == vector;
    return sent;
}

static bool clients_have_vectors(const struct protocol *p)
{
    bool any = false;
    for (int i = 0; i < p->n_worker_vectors; i++) {
        assert(!p->client_vector[i] || (p->worker[i] == FROM_ZERO && !is_sent(p, i)));
        any |= p->client_vector[i];
    }
    return any;
}

/* A client has its data, and the vectors that the algorithm declares as the client's. It keeps nothing
 * else from one round to the next. Crashes are refused where clients have vectors: a crashed worker may
 * still use a client's vectors in its process while another worker acts for the same client in the next
 * round. */
static void prepare_clients(struct run *run)
{
    int clients = (int)run_clients(run->cfg);
    if (clients == run->workers)
        return;
    if (!run->protocol->stateless_workers)
        die(EXIT_USAGE,
            "cluster.clients: expected the workers' number, %d, got %d: with %s a worker keeps what it has "
            "from round to round",
            run->workers, clients, run->name);
    if (run->layout.push_coding.error_feedback)
        die(EXIT_USAGE,
            "algorithm.%s.error_feedback: expected no with more clients than workers: a client would get the "
            "residual of another client",
            run->name);
    if (clients_have_vectors(run->protocol) && faults_can_crash(&run->conductor.faults))
        die(EXIT_USAGE,
            "cluster.clients: expected the workers' number, %d, where workers may crash ([faults]), got %d: "
            "with %s a crash would take what a client keeps",
            run->workers, clients, run->name);
    run->sampling = sampling_create((uint64_t)run->cfg->experiment.seed, run->workers, clients);
}

static const uint32_t *samples_of(const struct run *run)
{
    int64_t n = run_clients(run->cfg);
    uint32_t *samples = need((size_t)n * sizeof *samples);
    for (int64_t i = 0; i < n; i++)
        samples[i] = shares_of(run->shares, (int)i).n;
    return samples;
}

/* 0: no bound. */
static int64_t iterations_of(const struct run *run)
{
    const struct config *cfg = run->cfg;
    double epochs = cfg->experiment.epochs;
    if (cfg->experiment.iterations > 0)
        return cfg->experiment.iterations;
    if (isnan(epochs))
        return 0;
    uint64_t samples = (uint64_t)run_iteration_samples(cfg);
    int64_t iterations = (int64_t)(part_of(epochs, run->data->train.n) / samples);
    if (iterations < 1)
        die(EXIT_USAGE,
            "experiment.epochs: expected at least one iteration's worth, got %g epochs of %u samples", epochs,
            run->data->train.n);
    return iterations;
}

static struct budget budget_of(const struct config *cfg)
{
    double seconds = cfg->experiment.virtual_time, bytes = cfg->experiment.bytes;
    return (struct budget){.ns = isnan(seconds) ? 0 : vtime_from_seconds(seconds, 1),
                           .bytes = isnan(bytes) ? 0 : (int64_t)ceil(bytes)};
}

static void prepare_length(struct run *run)
{
    const struct config *cfg = run->cfg;
    struct conductor_spec *c = &run->conductor;
    double per_epoch = (double)run->data->train.n / (double)run_iteration_samples(cfg);
    c->iterations_per_epoch = per_epoch;
    c->iterations = iterations_of(run);
    c->budget = budget_of(cfg);
    if (c->budget.bytes > 0 && c->budget.ns == 0 && c->iterations == 0 && run->workers == 1 &&
        cfg->server.colocated)
        die(EXIT_USAGE, "experiment.bytes: expected another bound beside it: one worker with the only shard "
                        "sends nothing");
    c->eval_every = cfg->output.eval_every > 0 ? cfg->output.eval_every : (int64_t)ceil(per_epoch);
}

#define USUAL_SAMPLES 2000

/* Without training there is no evaluation. */
static void prepare_evaluation(struct run *run)
{
    const struct config *cfg = run->cfg;
    uint32_t all = run->data->train.n;
    int64_t asked = cfg->output.batchnorm_samples;
    if (!run->trains || cfg->output.batchnorm == BATCHNORM_RUNNING)
        return;
    if (run->stats == 0)
        die(EXIT_USAGE,
            "output.batchnorm: expected running with model.name = %s, which has no BatchNorm, got precise",
            model_name(run->model));
    if (asked > all)
        die(EXIT_USAGE, "output.batchnorm_samples: expected 1 .. %u (training samples), got %" PRId64, all,
            asked);
    run->measures = asked > 0 ? (uint32_t)asked : all < USUAL_SAMPLES ? all : USUAL_SAMPLES;
}

static void prepare_conductor(struct run *run)
{
    const struct config *cfg = run->cfg;
    struct conductor_spec *c = &run->conductor;
    c->name = run->name;
    c->alg = run->alg;
    c->params = run->params;
    c->workers = run->workers;
    c->sampling = run->sampling;
    c->samples = samples_of(run);
    c->batch = run_iteration_samples(cfg);
    prepare_length(run);
    c->compute = compute_of(run);
    c->pace = cfg->experiment.clock == CLOCK_REAL    ? PACE_REAL
              : c->compute.model == COMPUTE_MEASURED ? PACE_REPORT
                                                     : PACE_MODEL;
    if (c->compute.model == COMPUTE_MEASURED && model_is_idle(run->model))
        die(EXIT_USAGE, "compute.model: expected flops or fixed with model.name = %s, got measured",
            model_name(run->model));
    for (int i = 0; i < run->workers; i++)
        compute_duration(&c->compute, i, 0, 0); /* ends the program if the duration overflows the clock */
    c->stops_at_target = cfg->experiment.stop == STOP_TARGET;
    c->server_cost = cfg->server.cost_per_byte;
    c->rate = training_rate(cfg, run->params);
    c->rate.ahead = conductor_ahead(c);
}

static const struct protocol *protocol_of(const struct run *run)
{
    bool other = run->alg->with_momentum && run->setup.momentum > 0;
    return other ? run->alg->with_momentum(run->params) : alg_protocol(run->alg, run->params);
}

struct variant variant_plain(const struct algorithm *alg, const void *params)
{
    return (struct variant){
        .name = alg->name, .label = alg->label ? alg->label : alg->name, .alg = alg, .params = params};
}

static struct run run_of(const struct setting *setting, const struct variant *variant)
{
    const struct config *cfg = setting->cfg;
    int workers = (int)cfg->cluster.workers, processes = (int)cfg->cluster.processes;
    bool trains = cfg->experiment.train;
    return (struct run){.cfg = cfg,
                        .data = setting->data,
                        .model = setting->model,
                        .first_params = setting->first_params,
                        .first_stats = setting->first_stats,
                        .first_test = setting->first_test,
                        .shares = setting->shares,
                        .n = model_params(setting->model),
                        .stats = model_stats(setting->model),
                        .stats_memory = model_stats_memory(setting->model),
                        .name = variant->name,
                        .label = variant->label,
                        .alg = variant->alg,
                        .params = variant->params,
                        .trains = trains,
                        .workers = workers,
                        .cores = cores_available(),
                        .processes = !trains         ? 0
                                     : processes > 0 ? processes
                                                     : workers};
}

void run_prepare(struct run *run, const struct setting *setting, const struct variant *variant)
{
    char error[256];
    const struct algorithm *alg = variant->alg;
    const void *params = variant->params;
    require_callbacks(alg);
    if (alg->check && !alg->check(params, (int)setting->cfg->cluster.workers, error, sizeof error))
        die(EXIT_USAGE, "algorithm.%s.%s", variant->name, error);
    *run = run_of(setting, variant);
    training_prepare(run);
    run->protocol = protocol_of(run);
    require_protocol(alg, run->protocol);
    run->conductor.faults = faults_of(run->cfg);
    require_on_worker_down(run);
    prepare_setup(run);
    if (alg->check_setup && !alg->check_setup(params, &run->setup, error, sizeof error))
        die(EXIT_USAGE, "algorithm.%s.%s", variant->name, error);
    require_one_state(run);
    prepare_parts(run);
    message_layouts_prepare(run, setting);
    if (!setting->again)
        training_say(run);
    prepare_clients(run);
    prepare_evaluation(run);
    quality_prepare(run);
    overlap_prepare(run);
    exchange_prepare(run);
    prepare_conductor(run);
    coding_prepare(run);
    transfer_prepare(run);
    run->applies_by_piece = alg->apply && run->transfer.reply->encoding == ENCODED_NEVER && !alg->exchanges;
    vectors_prepare(run);
}

void run_release(struct run *run)
{
    struct conductor_spec *c = &run->conductor;
    numbers_free(run->numbers);
    exchange_release(run);
    overlap_release(run);
    sampling_free(run->sampling);
    free((void *)c->samples);
    fragments_free(&run->layout.fragments);
    vectors_release(run);
    free((void *)run->setup.tensor);
    free((void *)run->layout.push_coding.tensor);
    free((void *)run->layout.push_coding.rows);
    free((void *)run->layout.reply_coding.tensor);
    free((void *)run->layout.reply_coding.rows);
    free((void *)run->layout.push_coding.dims);
    free((void *)run->layout.reply_coding.dims);
    free((void *)c->compute.factor);
    free((void *)c->faults.crash_at);
    free((void *)c->faults.crash_worker);
    free((void *)c->faults.server_crash_at);
}
