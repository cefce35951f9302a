#include "sim/retime/steps.h"

#include <assert.h>
#include <string.h>

void steps_open(struct steps *s)
{
    memset(s, 0, sizeof *s);
    fifo_init(&s->step, sizeof(struct step));
    fifo_init(&s->late, sizeof(struct step));
    fifo_init(&s->part, sizeof(size_t));
}

void steps_close(struct steps *s)
{
    fifo_free(&s->step);
    fifo_free(&s->late);
    fifo_free(&s->part);
}

void steps_end(struct steps *s)
{
    if (s->open == 0)
        return;
    fifo_put(&s->part, &s->open);
    s->open = 0;
    s->parts++;
}

static void add(struct steps *s, const struct step *step, bool ends)
{
    fifo_put(&s->step, step);
    s->open++;
    if (ends)
        steps_end(s);
}

static void add_accept(struct steps *s, const struct order *o, const struct steps_rule *rule)
{
    bool statistics = rule->statistics;
    struct step step = {.kind = DO_ACCEPT,
                        .worker = o->worker,
                        .number = o->number,
                        .version = o->version,
                        .answers = statistics ? o->answers : 0,
                        .served = statistics ? o->served : 0,
                        .rate = o->rates.rate,
                        .compensation = o->rates.compensation,
                        .update_rate = o->rates.update_rate,
                        .progress = o->progress,
                        .cancel = o->cancel};
    if (rule->late)
        fifo_put(&s->late, &step);
    else
        add(s, &step, false);
}

static void add_push(struct steps *s, const struct step *push)
{
    struct step late;
    while (fifo_take(&s->late, &late))
        add(s, &late, false);
    add(s, push, true);
}

void steps_order(struct steps *s, const struct order *o, const struct steps_rule *rule)
{
    struct step step = {.worker = o->worker, .number = o->number};
    switch (o->op) {
    case ORDER_STEP:
        step.kind = DO_STEP;
        step.rate = o->rates.rate;
        add(s, &step, false);
        break;
    case ORDER_PUSH:
        step.kind = DO_PUSH;
        step.restore = o->restore;
        add_push(s, &step);
        break;
    case ORDER_ACCEPT:
        add_accept(s, o, rule);
        break;
    case ORDER_COMPARE:
        step.kind = DO_COMPARE;
        step.version = o->version;
        add(s, &step, true);
        break;
    case ORDER_FETCH:
        step.kind = DO_OTHER;
        add(s, &step, true);
        break;
    default: /* a reply that is read and forgotten; the end */
        break;
    }
}

static struct step step_of(const struct task *t)
{
    return (struct step){.worker = t->worker, .number = t->number};
}

/* A push that is dropped, and rows, decide nothing. Restart points are of faults. */
void steps_task(struct steps *s, const struct task *t)
{
    struct step step = step_of(t);
    switch (t->op) {
    case TASK_FOLD:
        step.kind = DO_FOLD;
        step.k = t->k;
        step.weight = t->weight;
        add(s, &step, false);
        break;
    case TASK_UPDATE:
        step.kind = DO_UPDATE;
        step.rate = t->rate;
        step.progress = t->progress;
        add(s, &step, true);
        break;
    case TASK_REPLY:
        step.kind = DO_REPLY;
        add(s, &step, false);
        break;
    case TASK_EVALUATE:
        step = (struct step){.kind = DO_EVALUATE, .number = t->eval.round, .k = t->eval.iterations};
        add(s, &step, true);
        break;
    default:
        break;
    }
}

size_t steps_part(const struct steps *s)
{
    const size_t *steps = fifo_front(&s->part);
    return steps ? *steps : 0;
}

static const struct step *step_at(const struct steps *s, size_t i)
{
    return fifo_at(&s->step, i);
}

bool steps_part_compares(const struct steps *s)
{
    return steps_part(s) > 0 && step_at(s, steps_part(s) - 1)->kind == DO_COMPARE;
}

int64_t steps_part_iterations(const struct steps *s)
{
    int64_t n = 0;
    for (size_t i = 0; i < steps_part(s); i++)
        n += step_at(s, i)->kind == DO_STEP;
    return n;
}

void steps_drop(struct steps *s)
{
    size_t steps;
    struct step step;
    bool any = fifo_take(&s->part, &steps);
    assert(any);
    (void)any;
    for (size_t i = 0; i < steps; i++)
        fifo_take(&s->step, &step);
}
