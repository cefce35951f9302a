/* The end of a run in which nothing can happen any more: an algorithm in which everybody waits for somebody. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/base/fail.h"
#include "sim/run/podium.h"

static int holds(const struct conductor *c, int worker)
{
    int n = 0;
    for (int i = 0; i < c->server.held; i++)
        n += c->held[i].worker == worker;
    return n;
}

static void say_what_it_waits_for(const struct conductor *c, const struct player *p, char *out, size_t size)
{
    if (p->doing == GONE)
        snprintf(out, size, "nothing, it has left");
    else if (p->doing == AWAY)
        snprintf(out, size, "nothing, it is down for good");
    else if (!p->view.inflight)
        snprintf(out, size, "a reply, with no push unanswered");
    else
        snprintf(out, size, "the PS, which %s its push %" PRId64,
                 holds(c, p->view.id) ? "holds" : "has not answered", p->sent - 1);
}

static void say_what_it_does(const struct conductor *c, const struct player *p)
{
    char what[80];
    say_what_it_waits_for(c, p, what, sizeof what);
    fprintf(stderr,
            "  worker %-3d waits for %-42s since %.9f s, %" PRId64 " iterations not pushed, model %" PRId64
            "\n",
            p->view.id, what, (double)p->since / NS_PER_S, p->view.k, p->view.version);
}

void conductor_deadlock(const struct conductor *c)
{
    fprintf(stderr, "%s: who waits for whom after %" PRId64 " updates:\n", c->spec->alg->name,
            c->server.version);
    for (int i = 0; i < c->spec->workers; i++)
        say_what_it_does(c, &c->player[i]);
    fprintf(stderr, "  the PS     waits for pushes of");
    for (int i = 0, lacks = 0; i < c->spec->workers; i++)
        if (!holds(c, i) && !c->peer[i].away)
            fprintf(stderr, "%s worker %d", lacks++ ? "," : "", i);
    fprintf(stderr, "; it holds %d\n", c->server.held);
    die(EXIT_STUCK, "%s: deadlock at %.9f virtual seconds: everybody waits", c->spec->alg->name,
        (double)c->now / NS_PER_S);
}
