#include "sim/predict/prefix.h"

struct play {
    const double *part;
    struct prefix *prefix;
    int n, ended;                                       /* ended: prefixes that are behind */
    int64_t evaluations, iterations_folded, iterations; /* so far; iterations: in the model */
};

static void no_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void end_one(struct play *p)
{
    p->prefix[p->ended++] = (struct prefix){.evaluation = p->evaluations - 1, .iterations = p->iterations};
}

/* The progress of an update is the place of the model before it, where the update before has ended. The evaluation of that
 * one is between the two. */
static void take(void *context, const struct task *task)
{
    struct play *p = context;
    if (task->op == TASK_EVALUATE)
        p->evaluations++;
    if (task->op == TASK_FOLD)
        p->iterations_folded += task->k;
    if (task->op == TASK_RESTORE)
        p->iterations_folded -= task->k;
    if (task->op != TASK_UPDATE)
        return;
    while (p->ended < p->n && task->progress >= p->part[p->ended])
        end_one(p);
    p->iterations = p->iterations_folded;
}

void prefixes_find(const struct run *run, const double *part, int n, struct prefix *prefix)
{
    bool stuck = false;
    struct play p = {.part = part, .prefix = prefix, .n = n};
    struct conductor_spec spec = run->conductor;
    spec.stops_at_target = false; /* nothing is evaluated */
    struct conductor *c = conductor_create(&spec, &(struct order_sink){no_order, take, &p});
    conductor_survive(c, &stuck);
    while (p.ended < n && conductor_advance(c))
        ;
    conductor_destroy(c);
    while (p.ended < n) /* the run ends in its first update, or comes to no end */
        end_one(&p);
}
