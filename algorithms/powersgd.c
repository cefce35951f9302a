/* PowerSGD: BSP that sends each matrix as two factors of low rank, which all workers share.
 *
 *     worker  M = g + M ;  P = M Q ; send ; receive the mean, orthonormalise it
 *             Q = M' P ; send ; receive the mean
 *             G = P Q' ;  M = M - G ;  v = m v + G + decay W ;  W = W - eta (G + decay W + v)
 *     PS      the two means ;  G, v and W as the workers
 *
 * M holds what the factors have not expressed so far (error feedback); Q begins as in the last step. Each
 * power iteration takes two exchanges, of 4 rank (rows + columns) bytes together. Vogels et al., NeurIPS
 * 2019, arXiv:1905.13727, algorithms 1 and 2. `lowrank` is the same compressor as a codec, with one message
 * and with each worker's own factors.
 *
 * A tensor travels uncompressed in the first exchange if it is no matrix, if it has fewer dimensions than
 * min_dimensions, or if its factors would not be smaller. In the first compress_after steps, which are dense,
 * every tensor does so, M is the gradient alone, and the other exchanges are empty (start_powerSGD_iter of
 * PyTorch's hook).
 *
 * Momentum and weight decay act after the mean, at every replica alike, as in the authors' code: neither is
 * compressed. momentum_form = heavy_ball steps with v alone; m = 0 with G + decay W. */
#include "algorithms/pieces.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "algorithms/codecs/factors.h"
#include "algorithms/predict.h"
#include "sim/base/vec.h"

enum momentum_form { FORM_PAPER, FORM_HEAVY_BALL };
static const char *const momentum_form_words[] = {
    [FORM_PAPER] = "paper", [FORM_HEAVY_BALL] = "heavy_ball", NULL};

struct params {
    struct alg_common common;
    int64_t rank, exchanges;
    double aggregate_momentum;
    enum momentum_form momentum_form;
    bool memory;
};

/* FACTORS: P, and behind it Q, in the place of the matrix. MEAN: G, then the direction of the step. */
enum { MESSAGE, FACTORS, MEAN, MOMENTUM, MATRIX, WORKER_VECTORS, SERVER_VECTORS = MATRIX };

static const struct protocol protocol = {
    .n_worker_vectors = WORKER_VECTORS,
    .worker = {FROM_ZERO, FROM_ZERO, FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .n_server_vectors = SERVER_VECTORS,
    .server = {FROM_ZERO, FROM_ZERO, FROM_ZERO, FROM_ZERO},
    .push_spans = 1,
    .push = {{.vector = MESSAGE}},
    .reply_spans = 1,
    .reply = {{.vector = MESSAGE, .into = MESSAGE}},
    .replica = THE_MODEL,
    .all_workers = true,
};

static bool check(const void *params, int workers, char *error, size_t error_size)
{
    const struct params *p = params;
    (void)workers;
    if (p->exchanges % 2 == 0)
        return true;
    snprintf(error, error_size, "exchanges: expected two for each power iteration, got %" PRId64,
             p->exchanges);
    return false;
}

static int64_t exchanges(const void *params)
{
    return ((const struct params *)params)->exchanges;
}

/* ---- one tensor ---- */

static bool sends_p(int exchange)
{
    return exchange % 2 == 0;
}

struct shape { /* of a tensor in the messages of a step */
    struct factors f;
    bool raw; /* the tensor travels uncompressed, in the first exchange */
};

static struct shape shape_of(const struct params *p, struct extent t, bool dense)
{
    struct factors f = factors_of(t, p->rank);
    bool raw = dense || t.dims < p->common.min_dimensions || !factors_are_smaller(f);
    return (struct shape){.f = f, .raw = raw};
}

static size_t travels(struct shape s, int exchange)
{
    if (s.raw)
        return exchange == 0 ? s.f.rows * s.f.columns : 0;
    return s.f.rank * (sends_p(exchange) ? s.f.rows : s.f.columns);
}

struct slices { /* of one tensor in the vectors */
    struct shape shape;
    struct factors f;
    size_t n;
    float *message, *mean;
    uint8_t *p, *q;
};

static struct slices slices_of(struct shape shape, float *const vector[], size_t at, size_t sent)
{
    struct factors f = shape.f;
    uint8_t *p = (uint8_t *)(vector[FACTORS] + at);
    return (struct slices){.shape = shape,
                           .f = f,
                           .n = f.rows * f.columns,
                           .message = vector[MESSAGE] + sent,
                           .mean = vector[MEAN] + at,
                           .p = p,
                           .q = p + f.rank * f.bytes_p};
}

/* Writes to the message what this worker contributes to the mean: of the matrix m, or P or Q made from it. */
static void offer(const struct slices *t, const struct draw_key *draw, int exchange, const float *m)
{
    if (t->shape.raw) {
        vec_copy(t->message, m, travels(t->shape, exchange));
    } else if (sends_p(exchange)) {
        factors_start_q(t->f, draw, t->q);
        factors_orthonormalise(t->q, t->f.columns, t->f.rank);
        factors_p(t->f, m, t->q, (uint8_t *)t->message);
    } else {
        factors_q(t->f, m, t->p, (uint8_t *)t->message);
    }
}

/* Takes the mean of all contributions from the message. */
static void take(const struct slices *t, int exchange)
{
    size_t n = travels(t->shape, exchange);
    if (t->shape.raw) {
        vec_copy(t->mean, t->message, n);
    } else if (sends_p(exchange)) {
        memcpy(t->p, t->message, n * sizeof(float));
        factors_orthonormalise(t->p, t->f.rows, t->f.rank);
    } else {
        memcpy(t->q, t->message, n * sizeof(float));
        factors_product(t->f, t->p, t->q, t->mean);
    }
}

/* ---- all tensors ---- */

static size_t floats(const void *params, const struct setup *setup, int exchange, bool dense)
{
    size_t sum = 0;
    for (int t = 0; t < setup->tensors; t++)
        sum += travels(shape_of(params, setup->tensor[t], dense), exchange);
    return sum;
}

static size_t compressed(const void *params, const struct setup *setup, bool dense)
{
    size_t sum = 0;
    for (int t = 0; t < setup->tensors; t++) {
        struct shape shape = shape_of(params, setup->tensor[t], dense);
        sum += shape.raw ? 0 : shape.f.rows * shape.f.columns;
    }
    return sum;
}

static void step(struct worker_state *w)
{
    vec_add(w->vector[MATRIX], w->gradient, w->n);
}

static void pack(struct worker_state *w)
{
    size_t at = 0, sent = 0;
    for (int t = 0; t < w->setup->tensors; t++) {
        struct shape shape = shape_of(w->params, w->setup->tensor[t], w->dense);
        struct slices slices = slices_of(shape, w->vector, at, sent);
        struct draw_key draw = {.seed = w->setup->seed, .purpose = DRAW_FACTORS, .rank = t};
        offer(&slices, &draw, w->exchange, w->vector[MATRIX] + at);
        at += slices.n;
        sent += travels(shape, w->exchange);
    }
}

struct exchange {
    int number; /* in the step of the model */
    bool dense;
};

static void take_all(const struct params *p, const struct setup *setup, struct exchange now,
                     float *const vector[])
{
    size_t at = 0, sent = 0;
    for (int t = 0; t < setup->tensors; t++) {
        struct shape shape = shape_of(p, setup->tensor[t], now.dense);
        struct slices slices = slices_of(shape, vector, at, sent);
        take(&slices, now.number);
        at += slices.n;
        sent += travels(shape, now.number);
    }
}

static bool is_last(const struct params *p, int exchange)
{
    return exchange + 1 == p->exchanges;
}

/* Turns G into the direction of the step. */
static void direct(const struct params *p, const struct setup *setup, float *const vector[],
                   const float *model, size_t n)
{
    float m = setup->momentum, *g = vector[MEAN], *v = vector[MOMENTUM];
    alg_decay(setup, 0, model, g, n);
    if (m > 0 && p->momentum_form == FORM_HEAVY_BALL)
        vec_momentum(v, m, g, n);
    for (size_t i = 0; i < n && m > 0 && p->momentum_form == FORM_PAPER; i++) {
        v[i] = m * v[i] + g[i];
        g[i] += v[i];
    }
}

/* M loses what the factors have expressed. */
static void forget(struct worker_state *w)
{
    const struct params *p = w->params;
    size_t at = 0;
    for (int t = 0; t < w->setup->tensors; t++) {
        struct shape shape = shape_of(p, w->setup->tensor[t], w->dense);
        size_t n = shape.f.rows * shape.f.columns;
        if (p->memory && !shape.raw)
            vec_add_scaled(w->vector[MATRIX] + at, -1, w->vector[MEAN] + at, n);
        else
            memset(w->vector[MATRIX] + at, 0, n * sizeof(float));
        at += n;
    }
}

static void accept(struct worker_state *w)
{
    const struct params *p = w->params;
    take_all(p, w->setup, (struct exchange){w->exchange, w->dense}, w->vector);
    if (!is_last(p, w->exchange))
        return;
    forget(w);
    direct(p, w->setup, w->vector, w->model, w->n);
    vec_step(w->model, w->update_rate, w->vector[MEAN], w->n);
}

static void combine(struct server_state *s)
{
    alg_mean(s, s->vector[MESSAGE]);
}

static void apply(struct server_state *s)
{
    const struct params *p = s->params;
    take_all(p, s->setup, (struct exchange){s->exchange, s->dense}, s->vector);
    if (!is_last(p, s->exchange))
        return;
    direct(p, s->setup, s->vector, s->model, s->n);
    vec_step(s->model, s->rate, s->vector[MEAN], s->n);
}

static const struct config_key keys[] = {
    {"rank", KEY_INT, offsetof(struct params, rank), "4", .min = 1, .max = 1024,
     .help = "columns of each of the two factors (published: 1 to 4)"},
    {"exchanges", KEY_INT, offsetof(struct params, exchanges), "2", .min = 2, .max = 32,
     .help = "pushes of a worker in one update: two for each power iteration (published: 2)"},
    {"aggregate_momentum", KEY_REAL, offsetof(struct params, aggregate_momentum), NULL, .min = 0,
     .max = 0.999999,
     .help = "momentum of the mean, the same at the PS and at every worker; left out: [algorithm.powersgd] "
             "momentum, else [train] momentum, if more than 0, else 0.9, as published; 0: none",
     .example = "0.9"},
    {"momentum_form", KEY_CHOICE, offsetof(struct params, momentum_form), "paper",
     .choices = momentum_form_words,
     .help = "step of the momentum v and the mean G: paper: G + v, as published; heavy_ball: v alone"},
    {"memory", KEY_BOOL, offsetof(struct params, memory), "yes",
     .help = "error feedback: what the factors did not express is added to the next gradient"},
    {NULL}};

static const struct promises promises = {.exchanges = offsetof(struct params, exchanges)};

const struct algorithm alg_powersgd = {
    .name = "powersgd",
    .label = "PowerSGD",
    .summary = "BSP that sends each matrix as two factors of low rank that all workers share",
    .paper = "Vogels et al., NeurIPS 2019, arXiv:1905.13727",
    .keys = {alg_common_keys, keys},
    .presets = {{"min_dimensions", "2"}},
    .params_size = sizeof(struct params),
    .protocol = &protocol,
    .promises = &promises,
    .momentum = {offsetof(struct params, aggregate_momentum), 0.9},
    .decays = true,
    .check = check,
    .exchanges = exchanges,
    .floats = floats,
    .compressed = compressed,
    .decide = alg_decide_one_gradient,
    .admit = alg_admit_round,
    .on_worker_down = alg_worker_down_round,
    .predict = predict_every_step,
    .step = step,
    .pack = pack,
    .accept = accept,
    .combine = combine,
    .apply = apply,
};
