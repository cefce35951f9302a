/* Of each process, a hash of its stream up to each of the first parts: equal hashes are equal streams up to there. */
#include <stdlib.h>

#include <xxhash.h>

#include "sim/base/fail.h"
#include "sim/base/fifo.h"
#include "sim/retime/compare.h"
#include "sim/retime/steps.h"

/* Where an algorithm looks at the time, runs mostly differ within some updates. */
enum { UPDATES = 16, MOST_ORDERS = 20000 };

struct beginning {
    int workers;
    struct fifo *hash; /* (workers + 1) uint64_t, of each part; the last ones are the PS's */
};

struct recording {
    struct beginning *beginning;
    struct steps *steps; /* (workers + 1) */
    struct steps_rule rule;
    int64_t updates, orders;
};

/* A whole part becomes a hash: of its steps, and of all before them. */
static void take_part(const struct recording *r, int process)
{
    struct steps *s = &r->steps[process];
    struct fifo *hash = &r->beginning->hash[process];
    size_t n = steps_part(s);
    if (n == 0)
        return;
    uint64_t all = hash->count > 0 ? *(uint64_t *)fifo_at(hash, hash->count - 1) : 0;
    for (size_t i = 0; i < n; i++)
        all = XXH3_64bits_withSeed(fifo_at(&s->step, i), sizeof(struct step), all);
    fifo_put(hash, &all);
    steps_drop(s);
}

static void take_order(void *recording, const struct order *order)
{
    struct recording *r = recording;
    steps_order(&r->steps[order->worker], order, &r->rule);
    take_part(r, order->worker);
    r->orders++;
}

static void take_task(void *recording, const struct task *task)
{
    struct recording *r = recording;
    int server = r->beginning->workers;
    steps_task(&r->steps[server], task);
    take_part(r, server);
    r->updates += task->op == TASK_UPDATE;
}

static void record(struct recording *r, const struct run *run)
{
    bool stuck = false;
    struct conductor *c = conductor_create(&run->conductor, &(struct order_sink){take_order, take_task, r});
    conductor_survive(c, &stuck);
    while (r->updates < UPDATES && r->orders < MOST_ORDERS && conductor_advance(c))
        ;
    conductor_destroy(c);
}

struct beginning *beginning_of(const struct run *run)
{
    size_t n = (size_t)run->workers + 1;
    struct beginning *b = need(sizeof *b);
    struct recording r = {.beginning = b, .steps = need(n * sizeof *r.steps), .rule = compare_rule(run)};
    *b = (struct beginning){.workers = run->workers, .hash = need(n * sizeof *b->hash)};
    for (size_t i = 0; i < n; i++) {
        steps_open(&r.steps[i]);
        fifo_init(&b->hash[i], sizeof(uint64_t));
    }
    record(&r, run);
    for (size_t i = 0; i < n; i++)
        steps_close(&r.steps[i]);
    free(r.steps);
    return b;
}

void beginning_free(struct beginning *b)
{
    if (!b)
        return;
    for (int i = 0; i <= b->workers; i++)
        fifo_free(&b->hash[i]);
    free(b->hash);
    free(b);
}

static bool agree(const struct fifo *one, const struct fifo *other)
{
    size_t n = one->count < other->count ? one->count : other->count;
    return n == 0 || *(uint64_t *)fifo_at(one, n - 1) == *(uint64_t *)fifo_at(other, n - 1);
}

bool beginnings_agree(const struct beginning *one, const struct beginning *other)
{
    bool same = one->workers == other->workers;
    for (int i = 0; same && i <= one->workers; i++)
        same = agree(&one->hash[i], &other->hash[i]);
    return same;
}
