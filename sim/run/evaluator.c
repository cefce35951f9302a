/* The evaluator process: tests models, so that testing does not stop training. Takes snapshots from the PS in
 * order, answers each with accuracy and loss on the whole test set, in order. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/run/run.h"

struct evaluator {
    const struct run *run;
    struct party me;
    struct inbox snapshots;
    float *params, *stats;
    struct workspace *workspace;
};

static void receive_piece(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct evaluator *e = context;
    memcpy((char *)(span == 0 ? e->params : e->stats) + offset, data, bytes);
}

static struct frame test(const struct evaluator *e)
{
    const struct dataset *data = e->run->data;
    double loss = 0;
    int64_t right = 0;
    for (uint32_t first = 0; first < data->test.n; first += TEST_BATCH) {
        uint32_t left = data->test.n - first;
        int correct, n = left < TEST_BATCH ? (int)left : TEST_BATCH;
        loss += model_evaluate(e->run->model, e->workspace, e->params, e->stats, data, &data->test, first, n,
                               &correct);
        right += correct;
        party_progress(&e->me);
    }
    return (struct frame){
        .worker = -1, .loss = loss / data->test.n, .accuracy = (double)right / data->test.n};
}

void evaluator_run(const struct run *run)
{
    struct stage *stage = run->stage;
    struct evaluator e = {.run = run,
                          .me = stage_party(stage, stage->evaluator),
                          .snapshots = {.ring = stage->snapshots, .parcel = &run->snapshot, .uses = 1},
                          .params = need(run->n * sizeof(float)),
                          .stats = need(run->stats * sizeof(float)),
                          .workspace = workspace_create(run->model, TEST_BATCH, 0)};
    for (int64_t number = 0;; number++) {
        struct frame got =
            inbox_receive(&e.snapshots, &e.me, -1, number, &(struct visitor){receive_piece, &e});
        if (got.bare)
            break;
        struct frame score = test(&e);
        score.number = number;
        mail_frame(&e.me, stage->scores, &score);
        mail_end(stage->scores);
    }
    inbox_free(&e.snapshots);
    workspace_destroy(e.workspace);
    free(e.params);
    free(e.stats);
}
