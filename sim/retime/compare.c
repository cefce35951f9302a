/* Both conductors are played in turns, so that neither is more than an update ahead and few parts wait:
 *
 *   conductor there --> stream of worker 0 --.
 *                   --> stream of worker 1   |-- equal parts are dropped, the first unequal one ends the comparison
 *   conductor here  --> stream of worker 0 --'
 *                   --> stream of worker 1
 *
 * A worker's steps after its last push decide nothing. If it makes more pushes there than here, the others are in no
 * update, since the updates are the same; if it makes more here, their losses are known of no run. */
#include "sim/retime/compare.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/retime/difference.h"

struct comparison;

struct side {
    struct comparison *comparison;
    struct conductor *conductor;
    struct steps *stream; /* (workers + 1) the last one is the PS's */
    const struct listener *listener;
    int64_t updates;
    bool ended, stuck;
    struct steps_rule rule;
};

struct comparison {
    struct side there, here;
    int workers;
    int64_t *equal;  /* (workers + 1) parts that were equal, without those that end with a comparison */
    int64_t *before; /* (workers + 1) local iterations in such parts since the last push */
    bool differs;
    char *why;
    size_t size;
};

/* The first part is equal on both sides. */
static void pass(struct comparison *c, int process)
{
    const struct steps *part = &c->there.stream[process];
    bool compares = steps_part_compares(part);
    c->equal[process] += !compares;
    c->before[process] = compares ? c->before[process] + steps_part_iterations(part) : 0;
}

static void match(struct comparison *c, int process)
{
    struct difference d = {.there = &c->there.stream[process],
                           .here = &c->here.stream[process],
                           .worker = process < c->workers ? process : -1};
    while (!c->differs && steps_part(d.there) > 0 && steps_part(d.here) > 0) {
        d.parts = c->equal[process];
        d.before = c->before[process];
        c->differs = difference_find(&d);
        if (c->differs)
            difference_say(&d, c->why, c->size);
        pass(c, process);
        steps_drop(&c->there.stream[process]);
        steps_drop(&c->here.stream[process]);
    }
}

static void take_order(void *side, const struct order *order)
{
    struct side *s = side;
    int64_t parts = s->stream[order->worker].parts;
    steps_order(&s->stream[order->worker], order, &s->rule);
    if (s->stream[order->worker].parts != parts)
        match(s->comparison, order->worker);
}

static void take_task(void *side, const struct task *task)
{
    struct side *s = side;
    int server = s->comparison->workers;
    int64_t parts = s->stream[server].parts;
    if (s->listener && s->listener->task)
        s->listener->task(s->listener->context, task);
    steps_task(&s->stream[server], task);
    s->updates += task->op == TASK_UPDATE;
    if (s->stream[server].parts != parts)
        match(s->comparison, server);
}

/* An optimiser that forgets its state when a reply is accepted counts the iterations before. */
struct steps_rule compare_rule(const struct run *run)
{
    return (struct steps_rule){.statistics = run->stats > 0,
                               .late = run->protocol->replies_count_at_pack &&
                                       run->training.on_reset != STATE_ZERO};
}

static void open_side(struct side *s, struct comparison *c, const struct run *run)
{
    s->comparison = c;
    s->rule = compare_rule(run);
    s->stream = need(((size_t)c->workers + 1) * sizeof *s->stream);
    for (int i = 0; i <= c->workers; i++)
        steps_open(&s->stream[i]);
    s->conductor = conductor_create(&run->conductor, &(struct order_sink){take_order, take_task, s});
    conductor_survive(s->conductor, &s->stuck);
}

static void close_side(struct side *s)
{
    for (int i = 0; i <= s->comparison->workers; i++)
        steps_close(&s->stream[i]);
    free(s->stream);
    conductor_destroy(s->conductor);
}

static void open_comparison(struct comparison *c, const struct run *there, const struct run *here)
{
    assert(there->workers == here->workers);
    c->workers = there->workers;
    c->equal = need(((size_t)c->workers + 1) * sizeof *c->equal);
    c->before = need(((size_t)c->workers + 1) * sizeof *c->before);
    open_side(&c->there, c, there);
    open_side(&c->here, c, here);
}

static void close_comparison(struct comparison *c)
{
    close_side(&c->there);
    close_side(&c->here);
    free(c->equal);
    free(c->before);
}

static void advance(struct side *s)
{
    s->ended = !conductor_advance(s->conductor);
}

static void play(struct comparison *c)
{
    struct side *a = &c->there, *b = &c->here;
    while (!c->differs && !(a->ended && b->ended))
        advance(b->ended || (!a->ended && a->updates <= b->updates) ? a : b);
}

static void differ(struct comparison *c, const char *why)
{
    c->differs = true;
    snprintf(c->why, c->size, "%s", why);
}

/* What the PS does after its last update, and what one side alone has. */
static void match_ends(struct comparison *c)
{
    struct steps *there = &c->there.stream[c->workers], *here = &c->here.stream[c->workers];
    steps_end(there);
    steps_end(here);
    match(c, c->workers);
    if (!c->differs && (steps_part(there) > 0 || steps_part(here) > 0))
        differ(c, steps_part(there) > 0 ? "the server does more there than here"
                                        : "the server does more here than there");
    for (int i = 0; i < c->workers && !c->differs; i++) {
        if (steps_part(&c->here.stream[i]) == 0)
            continue;
        c->differs = true;
        snprintf(c->why, c->size,
                 "worker %d makes a push %" PRId64
                 " here, which is in no update, and none there: its training loss is not known",
                 i, c->equal[i] + 1);
    }
}

bool compare_streams(const struct run *there, const struct run *here, const struct listener *listener,
                     char *why, size_t size)
{
    struct comparison c = {.there.listener = listener, .why = why, .size = size};
    open_comparison(&c, there, here);
    play(&c);
    if (!c.differs && (c.there.stuck || c.here.stuck))
        differ(&c, c.there.stuck ? "there the run has no end" : "here the run has no end");
    if (!c.differs)
        match_ends(&c);
    close_comparison(&c);
    return !c.differs;
}
