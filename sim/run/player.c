#include "sim/run/player.h"

#include <assert.h>
#include <string.h>

void player_turn(struct player *p, vtime t, enum doing next)
{
    assert(t >= p->since);
    *(p->doing == COMPUTING ? &p->compute : &p->waiting) += t - p->since;
    p->doing = next;
    p->since = t;
}

void player_link_busy(struct player *p, vtime t)
{
    if (p->under_way++ == 0)
        p->busy_since = t;
}

void player_link_free(struct player *p, vtime t)
{
    assert(p->under_way > 0);
    if (--p->under_way == 0)
        p->communication += t - p->busy_since;
}

void player_expect(struct player *p, const struct delivery *d)
{
    assert(p->deliveries < MAX_DELIVERIES);
    p->delivery[p->deliveries++] = *d;
}

void player_arrived(struct player *p, vtime t)
{
    int i = 0;
    while (i < p->deliveries && p->delivery[i].arrive != VTIME_NEVER)
        i++;
    assert(i < p->deliveries);
    p->delivery[i].arrive = t;
}

bool player_take(struct player *p, vtime t, struct delivery *d)
{
    if (p->deliveries == 0 || p->delivery[0].arrive > t)
        return false;
    *d = p->delivery[0];
    p->deliveries--;
    memmove(p->delivery, p->delivery + 1, (size_t)p->deliveries * sizeof p->delivery[0]);
    return true;
}
