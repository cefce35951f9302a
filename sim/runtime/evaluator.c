/* The evaluator process tests models, so that testing does not stop training. It receives snapshots from
 * the PS, in order, and answers each with accuracy and loss on the whole test set, and on all validation data if there
 * are any. With output.batchnorm = precise it first measures BatchNorm's statistics for the model of the snapshot, and
 * leaves them in the shared segment.
 *
 *   PS --snapshots: model, statistics--> evaluator --results: accuracy, loss--> PS --> eval.csv
 *
 * The samples for that are the first run->measures of a permutation of all training samples, drawn by seed
 * and version (DRAW_STATISTICS); they run in this order, in batches of train.batch samples, and the last
 * batch has what is left. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/dataset.h"
#include "models/kernels.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/first_test.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/shared.h"

struct evaluator {
    const struct run *run;
    struct waiter me;
    struct inbox snapshots;
    float *params, *stats;
    uint32_t *sample; /* (training samples) a permutation of them; NULL unless run->measures > 0 */
    double *moments;  /* (stats) BatchNorm's sums; NULL unless run->measures > 0 */
    struct workspace *workspace;
    uint32_t batch;                 /* test_batch() */
    struct tally *tally;            /* of the split being tested; NULL: not asked for */
    struct gradient_norm *gradient; /* likewise */
};

/* The losses of this number of images are summed up, and then these sums: so the sum of all losses does not
 * depend on the batch. It divides the usual test sets of 10,000. */
enum { GROUP = MOST_TEST_BATCH };

static int least(uint32_t left, int64_t batch)
{
    return left < batch ? (int)left : (int)batch;
}

/* Images that are tested at a time. Where the batch would show in the results, it is always the same. */
static int test_batch(const struct run *run)
{
    return kernels_ignore_batch() ? model_test_batch(run->model) : GROUP;
}

int evaluator_batch(const struct run *run)
{
    int measures = least(run->measures, run->cfg->train.batch), batch = test_batch(run);
    int most = batch < GROUP ? 2 * batch - 1 : GROUP;
    return measures > most ? measures : most;
}

static void receive_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct evaluator *e = context;
    memcpy((char *)(span == 0 ? e->params : e->stats) + offset, data, bytes);
}

/* Replaces the statistics that came with the snapshot by statistics measured on training samples (precise
 * BatchNorm; Wu and Johnson, 2021). */
static void measure(struct evaluator *e, int64_t version)
{
    const struct run *run = e->run;
    const struct draw_key key = {
        .seed = (uint64_t)run->cfg->experiment.seed, .purpose = DRAW_STATISTICS, .round = (uint64_t)version};
    draw_permutation(&key, e->sample, run->data->train.n);
    memset(e->moments, 0, run->stats * sizeof *e->moments);
    for (uint32_t first = 0, n; first < run->measures; first += n) {
        n = (uint32_t)least(run->measures - first, run->cfg->train.batch);
        model_measure(run->model, e->workspace, e->params, run->data, e->sample + first, (int)n, e->moments);
        waiter_progress(&e->me);
        waiter_turn(&e->me);
    }
    model_settle(run->model, e->moments, run->measures, e->stats);
    vec_copy(vectors_shared(run, run->vectors.measured, 0), e->stats, run->stats);
}

/* In batches, of which none is smaller than the others unless the whole group is: with very few images
 * libxsmm sums in another order. */
static struct score test_group(struct evaluator *e, const struct split *split, uint32_t first, uint32_t end)
{
    const struct dataset *data = e->run->data;
    struct score score = {.tally = e->tally};
    for (uint32_t n; first < end; first += n) {
        n = end - first < 2 * e->batch ? end - first : e->batch;
        model_evaluate(e->run->model, e->workspace, e->params, e->stats, data, split, first, (int)n, &score);
        waiter_progress(&e->me);
        waiter_turn(&e->me);
    }
    return score;
}

static struct measured test_split(struct evaluator *e, const struct split *split)
{
    uint32_t all = split->n;
    struct score sum = {0};
    if (all == 0)
        return (struct measured){NAN, NAN};
    for (uint32_t first = 0; first < all; first += GROUP) {
        struct score score = test_group(e, split, first, first + (uint32_t)least(all - first, GROUP));
        sum.loss += score.loss;
        sum.right += score.right;
    }
    return (struct measured){.accuracy = (double)sum.right / all, .loss = sum.loss / all};
}

static void answer(const struct evaluator *e, const struct test_result *result)
{
    struct ring *ring = e->run->shared->results;
    memcpy(waiter_reserve(&e->me, ring), result, sizeof *result);
    ring_commit(ring, sizeof *result);
    ring_notify(ring);
}

static void evaluator_open(struct evaluator *e, const struct run *run)
{
    struct shared *shared = run->shared;
    *e = (struct evaluator){
        .run = run,
        .me = shared_waiter_of_evaluator(run),
        .snapshots = {.ring = shared->snapshots, .layout = &run->layout.snapshot, .uses = 1},
        .params = need(run->n * sizeof(float)),
        .stats = need(run->stats * sizeof(float)),
        .workspace = workspace_create(run->model, evaluator_batch(run), 0),
        .batch = (uint32_t)test_batch(run)};
    if (run->measures > 0) {
        e->sample = need(run->data->train.n * sizeof *e->sample);
        e->moments = need(run->stats * sizeof *e->moments);
    }
    if (quality_has(run->quality, QUALITY_GRADIENT_NORM))
        e->gradient = gradient_norm_open(run);
}

static void evaluator_close(struct evaluator *e)
{
    inbox_free(&e->snapshots);
    workspace_destroy(e->workspace);
    free(e->params);
    free(e->stats);
    free(e->sample);
    free(e->moments);
    gradient_norm_close(e->gradient);
}

static struct measured test_set(struct evaluator *e, enum judged_set set, struct evaluation *more)
{
    static const struct split none;
    const struct split *split = quality_split(e->run, set);
    e->tally = more && quality_tallies(e->run) ? &more->tally[set] : NULL;
    if (e->tally)
        memset(e->tally, 0, sizeof *e->tally);
    return test_split(e, split ? split : &none);
}

/* The PS reads what else there is before it takes the result. */
static struct test_result test(struct evaluator *e, struct evaluation *more)
{
    struct test_result result = {.test = test_set(e, OF_TEST, more),
                                 .validation = test_set(e, OF_VALIDATION, more)};
    if (e->gradient)
        more->gradient_norm = gradient_norm_of(e->gradient, &e->me, e->params, e->stats);
    return result;
}

void evaluator_run(const struct run *run)
{
    struct evaluator e;
    evaluator_open(&e, run);
    for (int64_t number = 0;; number++) {
        struct frame got =
            inbox_receive(&e.snapshots, &e.me, -1, number, &(struct visitor){receive_piece, &e});
        if (got.bare)
            break;
        bool first = first_test_is_of(run, got.version, e.params, e.stats);
        waiter_turn(&e.me);
        if (run->measures > 0)
            measure(&e, got.version);
        struct evaluation *more = quality_evaluation(run, number);
        const struct test_result result = test(&e, more);
        if (first)
            first_test_keep(run, &result, more);
        answer(&e, &result);
    }
    evaluator_close(&e);
}
