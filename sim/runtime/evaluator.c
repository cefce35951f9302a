/* The evaluator process tests models, so that testing does not stop training. It receives snapshots from
 * the PS, in order, and answers each with accuracy and loss on the whole test set. With output.batchnorm =
 * precise it first measures BatchNorm's statistics for the model of the snapshot, and leaves them in the
 * shared segment.
 *
 *   PS --snapshots: model, statistics--> evaluator --results: accuracy, loss--> PS --> eval.csv
 *
 * The samples for that are the first run->measures of a permutation of all training samples, drawn by seed
 * and version (DRAW_STATISTICS); they run in this order, in batches of train.batch samples, and the last
 * batch has what is left. */
#include <stdlib.h>
#include <string.h>

#include "models/data/dataset.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/shared.h"

struct evaluator {
    const struct run *run;
    struct waiter me;
    struct inbox snapshots;
    float *params, *stats;
    uint32_t *sample; /* (training samples) a permutation of them; NULL unless run->measures > 0 */
    double *moments;  /* (stats) BatchNorm's sums; NULL unless run->measures > 0 */
    struct workspace *workspace;
};

static int least(uint32_t left, int64_t batch)
{
    return left < batch ? (int)left : (int)batch;
}

int evaluator_batch(const struct run *run)
{
    int measures = least(run->measures, run->cfg->train.batch);
    return measures > TEST_BATCH ? measures : TEST_BATCH;
}

static void receive_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct evaluator *e = context;
    memcpy((char *)(span == 0 ? e->params : e->stats) + offset, data, bytes);
}

/* Replaces the statistics that came with the snapshot by statistics measured on training samples (precise
 * BatchNorm; Wu and Johnson, 2021). */
static void measure(const struct evaluator *e, int64_t version)
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
    }
    model_settle(run->model, e->moments, run->measures, e->stats);
    vec_copy(vectors_shared(run, run->vectors.measured, 0), e->stats, run->stats);
}

static struct frame test(const struct evaluator *e)
{
    const struct dataset *data = e->run->data;
    double loss = 0;
    int64_t right = 0;
    for (uint32_t first = 0; first < data->test.n; first += TEST_BATCH) {
        int correct, n = least(data->test.n - first, TEST_BATCH);
        loss += model_evaluate(e->run->model, e->workspace, e->params, e->stats, data, &data->test, first, n,
                               &correct);
        right += correct;
        waiter_progress(&e->me);
    }
    return (struct frame){
        .worker = -1, .loss = loss / data->test.n, .accuracy = (double)right / data->test.n};
}

static void evaluator_open(struct evaluator *e, const struct run *run)
{
    struct shared *shared = run->shared;
    *e = (struct evaluator){
        .run = run,
        .me = shared_waiter(shared, shared->evaluator),
        .snapshots = {.ring = shared->snapshots, .layout = &run->layout.snapshot, .uses = 1},
        .params = need(run->n * sizeof(float)),
        .stats = need(run->stats * sizeof(float)),
        .workspace = workspace_create(run->model, evaluator_batch(run), 0)};
    if (run->measures > 0) {
        e->sample = need(run->data->train.n * sizeof *e->sample);
        e->moments = need(run->stats * sizeof *e->moments);
    }
}

static void evaluator_close(struct evaluator *e)
{
    inbox_free(&e->snapshots);
    workspace_destroy(e->workspace);
    free(e->params);
    free(e->stats);
    free(e->sample);
    free(e->moments);
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
        if (run->measures > 0)
            measure(&e, got.version);
        struct frame result = test(&e);
        result.number = number;
        mail_frame(&e.me, run->shared->results, &result);
        mail_end(run->shared->results);
    }
    evaluator_close(&e);
}
