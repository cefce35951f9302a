#include "sim/engine/peers.h"

#include <stdlib.h>

#include "sim/base/fail.h"

/* ---- the tournament ---- */

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A node that does not change ends the way up: of the pushes of a round one in two changes the node above its
 * leaf, one in four the node above that, and so on. */
static void enter(struct peers *p, int worker, int64_t pushes)
{
    int i = p->leaves + worker;
    while (p->fewest[i] != pushes) {
        p->fewest[i] = pushes;
        if (i == 1)
            break;
        pushes = lesser(p->fewest[i], p->fewest[i ^ 1]);
        i /= 2;
    }
    p->view->fewest = p->fewest[1];
}

/* ---- the list ---- */

static void list(struct peers *p, int worker)
{
    p->place[worker] = p->view->unanswered;
    p->waiting[p->view->unanswered++] = worker;
}

/* The last one takes the place that becomes free. */
static void unlist(struct peers *p, int worker)
{
    int last = p->waiting[--p->view->unanswered];
    p->waiting[p->place[worker]] = last;
    p->place[last] = p->place[worker];
}

/* ---- changes ---- */

static bool is_awaited(const struct peer *peer)
{
    return !peer->unanswered && !peer->away;
}

static void change(struct peers *p, int worker, struct peer to)
{
    struct peer *peer = &p->peer[worker];
    p->view->awaited += is_awaited(&to) - is_awaited(peer);
    if (to.unanswered && !peer->unanswered)
        list(p, worker);
    if (!to.unanswered && peer->unanswered)
        unlist(p, worker);
    *peer = to;
    enter(p, worker, to.away ? INT64_MAX : to.pushes);
}

void peers_open(struct peers *p, struct server_view *view)
{
    size_t n = (size_t)view->workers;
    *p = (struct peers){.view = view, .leaves = 1};
    while (p->leaves < view->workers)
        p->leaves *= 2;
    p->peer = need(n * sizeof *p->peer);
    p->waiting = need(n * sizeof *p->waiting);
    p->place = need(n * sizeof *p->place);
    p->fewest = need(2 * (size_t)p->leaves * sizeof *p->fewest);
    for (int i = view->workers; i < p->leaves; i++)
        enter(p, i, INT64_MAX);
    view->peer = p->peer;
    view->waiting = p->waiting;
    view->awaited = view->workers;
}

void peers_close(struct peers *p)
{
    free(p->peer);
    free(p->waiting);
    free(p->place);
    free(p->fewest);
}

void peers_serve(struct peers *p, int worker)
{
    struct peer to = p->peer[worker];
    to.pushes++;
    to.unanswered = true;
    change(p, worker, to);
}

void peers_settle(struct peers *p, int worker)
{
    struct peer to = p->peer[worker];
    to.unanswered = false;
    change(p, worker, to);
}

void peers_leave(struct peers *p, int worker)
{
    struct peer to = p->peer[worker];
    to.away = true;
    change(p, worker, to);
}

/* It takes no part in the tournament while it is away; without the others it keeps its number. */
void peers_rejoin(struct peers *p, int worker)
{
    peers_leave(p, worker);
    struct peer to = p->peer[worker];
    if (p->view->fewest != INT64_MAX)
        to.pushes = p->view->fewest;
    to.away = false;
    change(p, worker, to);
}

void peers_forget(struct peers *p)
{
    for (int i = 0; i < p->view->workers; i++)
        change(p, i, (struct peer){.away = true});
}
