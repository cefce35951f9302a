/* Runs that would never end. In a deadlock nothing can happen any more, because all workers wait. In a
 * livelock events go on without an update of the model: workers crash before they have pushed, messages are
 * lost again and again, an algorithm never sends or never combines, or pushes come faster than the PS serves
 * them. A deadlock is proved (the event list and both networks are empty); a livelock is presumed after more
 * events than any run needs. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

/* The most that may happen between two updates. Each bound has a constant for small runs and a term that
 * grows with the run:
 *   faults       a hundred crashes or losses for each worker
 *   forgotten    all iterations of the run, ten times over
 *   begun        a round in which every worker computes all iterations of the run
 *   served       as many pushes of each worker as may wait at the PS */
#define MOST_FAULTS(workers)            (10000 + 100 * (double)(workers))
#define MOST_FORGOTTEN(iterations)      (1e6 + 10 * (double)(iterations))
#define MOST_BEGUN(workers, iterations) (1e7 + (double)(workers) * (double)(iterations))
/* Of a run that only a budget bounds: more than any round has. */
#define UNBOUNDED            1000000
#define MOST_SERVED(workers) (10000 + MOST_WAITING * (double)(workers))

/* ---- the table: which worker waits for what ---- */

struct table {
    const struct conductor *c;
    bool *holds; /* (workers) the PS holds a push of the worker */
};

static struct table table_open(const struct conductor *c)
{
    struct table t = {c, need((size_t)c->spec->workers * sizeof *t.holds)};
    for (int i = 0; i < c->server.held; i++)
        t.holds[c->held[i].worker] = true;
    return t;
}

static bool will_return(const struct conductor *c)
{
    return c->down_now || c->spec->faults.down_time != VTIME_NEVER;
}

static void say_what_it_waits_for(const struct table *t, const struct sim_worker *w, char *out, size_t size)
{
    if (w->doing == STOPPED)
        snprintf(out, size, "nothing, it has stopped");
    else if (w->doing == DOWN)
        snprintf(out, size, will_return(t->c) ? "its return, it is down" : "nothing, it is down for good");
    else if (w->doing == COMPUTING)
        snprintf(out, size, "nothing, it computes");
    else if (w->doing == CODING)
        snprintf(out, size, "nothing, it %s", w->boundary.decodes ? "decodes a reply" : "encodes its push");
    else if (w->crash.fetching)
        snprintf(out, size, "the model, which it fetches");
    else if (push_queue_on_link(&w->pushes))
        snprintf(out, size, "its push %" PRId64 ", which is in flight", w->pushes.arrived);
    else if (!w->view.inflight)
        snprintf(out, size, "a reply, with no push unanswered");
    else
        snprintf(out, size, "the PS, which %s its push %" PRId64,
                 t->holds[w->view.id] ? "holds" : "has not answered", w->pushes.sent - 1);
}

static void say_what_it_does(const struct table *t, const struct sim_worker *w)
{
    char what[80], crashes[48] = "";
    say_what_it_waits_for(t, w, what, sizeof what);
    if (w->crash.crashes > 0)
        snprintf(crashes, sizeof crashes, ", crashes: %" PRId64, w->crash.crashes);
    fprintf(stderr,
            "  worker %-3d waits for %-42s since %.9f s, %" PRId64 " iterations not pushed, model %" PRId64
            "%s\n",
            w->view.id, what, (double)w->since / NS_PER_S, w->view.k, w->view.version, crashes);
}

static bool is_held(const struct table *t, int worker)
{
    return t->holds[worker];
}

static bool is_lacked(const struct table *t, int worker)
{
    return !t->holds[worker] && !t->c->server.peer[worker].away;
}

static bool is_away(const struct table *t, int worker)
{
    return !t->holds[worker] && t->c->server.peer[worker].away;
}

/* Every worker is in one of the three lists. */
static int list(const struct table *t, const char *what, bool (*belongs)(const struct table *t, int worker))
{
    int n = 0;
    fputs(what, stderr);
    for (int i = 0; i < t->c->spec->workers; i++) {
        if (!belongs(t, i))
            continue;
        fprintf(stderr, "%s worker %d", n > 0 ? "," : "", i);
        n++;
    }
    if (n == 0)
        fputs(" no worker", stderr);
    return n;
}

static void print_table(const struct conductor *c)
{
    fprintf(stderr, "%s: which worker waits for what after %" PRId64 " updates:\n", engine_name(c->spec),
            c->server.version);
    struct table t = table_open(c);
    for (int i = 0; i < c->spec->workers; i++)
        say_what_it_does(&t, &c->worker[i]);
    int held = list(&t, "  the PS     holds pushes of", is_held);
    int lacked = list(&t, "; waits for pushes of", is_lacked);
    int away = list(&t, "; away:", is_away);
    free(t.holds);
    if (held > 0 && lacked == 0)
        fprintf(stderr, "; yet the algorithm does not combine what it holds%s",
                away > 0 ? ": its on_worker_down can, which is called when a worker is away" : "");
    fputc('\n', stderr);
}

/* ---- the end ---- */

static void give_up(struct conductor *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void give_up(struct conductor *c, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    print_table(c);
    if (!c->stuck)
        die(EXIT_STUCK, "%s: %s", engine_name(c->spec), why);
    fault("%s: %s", engine_name(c->spec), why);
    c->over = *c->stuck = true;
}

void engine_deadlock(struct conductor *c)
{
    give_up(c, "deadlock at %.9f virtual seconds: all workers wait", (double)c->now / NS_PER_S);
}

/* The worker with the most pushes that wait at the PS; NULL: the PS keeps up. All workers are looked at only
 * after an arrival that made too many wait: the push may have been served in the same nanosecond. */
static const struct sim_worker *far_behind(struct conductor *c)
{
    const struct sim_worker *most = NULL;
    if (!c->crowded)
        return NULL;
    c->crowded = false;
    for (int i = 0; i < c->spec->workers; i++) {
        const struct sim_worker *w = &c->worker[i];
        if (!most || sim_worker_pushes_waiting(w) > sim_worker_pushes_waiting(most))
            most = w;
    }
    return engine_is_crowded(c, most) ? most : NULL;
}

static bool is_without_update(const struct conductor *c)
{
    int64_t workers = c->spec->workers, iterations = c->spec->iterations ? c->spec->iterations : UNBOUNDED;
    return (double)c->since_update.faults > MOST_FAULTS(workers) ||
           (double)c->since_update.forgotten > MOST_FORGOTTEN(iterations) ||
           (double)c->since_update.begun > MOST_BEGUN(workers, iterations) ||
           (double)c->since_update.served > MOST_SERVED(workers);
}

bool engine_is_endless(struct conductor *c)
{
    const struct sim_worker *w = far_behind(c);
    if (w)
        give_up(c,
                "pushes come faster than the server serves them (server.cost_per_byte): %" PRId64
                " wait there, %" PRId64 " of them of worker %d",
                c->waiting, sim_worker_pushes_waiting(w), w->view.id);
    else if (is_without_update(c))
        give_up(c,
                "no update in sight at %.9f virtual seconds: since the last one %" PRId64
                " crashes and lost messages (faults.crash_probability, faults.loss_probability), %" PRId64
                " local iterations begun, %" PRId64 " of them lost in crashes, %" PRId64 " pushes served",
                (double)c->now / NS_PER_S, c->since_update.faults, c->since_update.begun,
                c->since_update.forgotten, c->since_update.served);
    return c->over;
}
