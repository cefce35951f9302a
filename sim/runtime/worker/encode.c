/* A worker codes the spans of a push, with error feedback (algorithms/codecs/coding.h). */
#include <inttypes.h>
#include <string.h>

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/worker/worker.h"

static _Noreturn void push_diverged(const struct process *p, int worker, int64_t number,
                                    const struct tensor *tensor)
{
    process_fail_first_or_leave(p);
    die(EXIT_DIVERGED,
        "%s: training diverged: worker %d, push %" PRId64
        ": the gradient of %s is not finite; try a smaller learning rate",
        p->run->name, worker, number, tensor->name);
}

/* ---- the residual ---- */

/* Where the PS may drop pushes, messages have no fragments. */
static void back_up(const struct run *run, struct worker *w, int span)
{
    if (w->residual_before[span])
        vec_copy(w->residual_before[span], w->residual[span], run->n);
    if (w->rate_before[span])
        *w->rate_before[span] = *w->rate_of[span];
}

void process_restore(const struct run *run, struct worker *w)
{
    for (int i = 0; i < run->protocol->push_spans; i++) {
        if (w->residual_before[i])
            vec_copy(w->residual[i], w->residual_before[i], run->n);
        if (w->rate_before[i])
            *w->rate_of[i] = *w->rate_before[i];
    }
}

/* The residual that belongs to the push; NULL: there is no error feedback. */
static float *prepare_residual(const struct run *run, struct worker *w, int span, int64_t number)
{
    int64_t fragment = number % run->layout.fragments.count;
    if (!w->residual[span])
        return NULL;
    float *residual = w->residual[span] + fragments_place(run, number);
    back_up(run, w, span);
    if (w->rate_of[span])
        coding_follow(residual, fragments_length(run, number), &w->rate_of[span][fragment], w->state.rate);
    return residual;
}

/* ---- coding ---- */

void process_encode(struct process *p, struct worker *w, int span, int64_t number)
{
    const struct run *run = p->run;
    struct draw_key draw = coding_key(run->cfg->experiment.seed, w->state.id, number);
    const float *v = fragments_gather(run, number, worker_vector(&w->state, run->protocol->push[span].vector),
                                      p->gathered);
    float *residual = prepare_residual(run, w, span, number);
    int bad;
    if (!coding_encode(&run->layout.push_coding, &draw, v, residual, p->scratch, p->coded, &bad)) {
        if (!run_rests(run))
            push_diverged(p, w->state.id, number, fragments_culprit(run, number, v, bad));
        process_note_unsound(p, w, number);
        memset(p->coded, 0, coding_bytes(&run->layout.push_coding, number));
    }
    if (residual)
        fragments_clear_tail(run, number, residual);
    if (p->decoded[span])
        coding_decode(&run->layout.push_coding, &draw, p->coded, p->decoded[span]);
}

/* Algorithms with sent() have no scattered messages. */
void process_tell(struct process *p, struct worker *w, int64_t number)
{
    const struct run *run = p->run;
    struct worker_state part =
        fragments_worker(run, &w->state, fragments_place(run, number), fragments_length(run, number));
    part.exchange = fragments_exchange(run, number);
    part.dense = fragments_dense(run, number);
    const float *decoded[MAX_SPANS] = {NULL};
    for (int i = 0; i < run->protocol->push_spans; i++)
        decoded[i] = p->decoded[i] ? p->decoded[i] : worker_vector(&part, run->protocol->push[i].vector);
    const struct coding *coding = &run->layout.push_coding;
    for (int t = 0; t < (coding->codec ? coding->tensors : run->setup.tensors); t++)
        p->raw[t] = coding_is_raw(coding, t, number);
    part.raw = p->raw;
    run->alg->sent(&part, decoded);
}
