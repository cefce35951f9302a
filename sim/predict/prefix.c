#include "sim/predict/prefix.h"

struct prefix {
    const double *part;
    int64_t *evaluation;
    int n, ended;        /* ended: prefixes that are behind */
    int64_t evaluations; /* so far */
};

static void no_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

/* The progress of an update is the place of the model before it, where the update before has ended. The evaluation of that
 * one is between the two. */
static void take(void *context, const struct task *task)
{
    struct prefix *p = context;
    if (task->op == TASK_EVALUATE)
        p->evaluations++;
    if (task->op != TASK_UPDATE)
        return;
    while (p->ended < p->n && task->progress >= p->part[p->ended])
        p->evaluation[p->ended++] = p->evaluations - 1;
}

void prefix_evaluations(const struct run *run, const double *part, int n, int64_t *evaluation)
{
    bool stuck = false;
    struct prefix p = {.part = part, .evaluation = evaluation, .n = n};
    struct conductor_spec spec = run->conductor;
    spec.stops_at_target = false; /* nothing is evaluated */
    struct conductor *c = conductor_create(&spec, &(struct order_sink){no_order, take, &p});
    conductor_survive(c, &stuck);
    while (p.ended < n && conductor_advance(c))
        ;
    conductor_destroy(c);
    while (p.ended < n) /* the run ends in its first update, or comes to no end */
        evaluation[p.ended++] = p.evaluations - 1;
}
