/* Flows more, or less, of a class that keeps its limit: what that takes from its links. */
#include "sim/time/flows_internal.h"

void flows_break(struct flows *f, int link)
{
    if (!f->link[link].is_broken)
        f->broken[f->breaks++] = link;
    f->link[link].is_broken = true;
}

void flows_touch(struct flows *f, int link)
{
    if (!f->link[link].is_touched)
        f->touched[f->touches++] = link;
    f->link[link].is_touched = true;
}

void flows_use_spare(struct flows *f, const struct class *c, int n, int128 level)
{
    for (int i = 0; i < c->links; i++) {
        struct link *l = &f->link[c->link[i]];
        if (l->is_full || class_covers(f, c, c->link[i]))
            continue;
        l->spare -= n * level;
        if (l->spare < 0)
            flows_break(f, c->link[i]);
    }
}

int class_tightest(const struct flows *f, const struct class *c)
{
    int least = -1;
    for (int i = 0; i < c->links; i++) {
        const struct link *l = &f->link[c->link[i]];
        if (l->is_full && (least < 0 || l->share < f->link[least].share))
            least = c->link[i];
    }
    return least;
}

bool class_is_apart(const struct flows *f, const struct class *c, int link)
{
    for (int i = 0; i < c->links; i++)
        if (f->link[c->link[i]].is_full && c->link[i] != link && !link_has_outer(&f->link[link], c->link[i]))
            return false;
    return true;
}

/* Now: perhaps the class leaves, which connects them. */
static void break_all(struct flows *f, const struct class *c)
{
    for (int i = 0; i < c->links; i++)
        flows_break(f, c->link[i]);
}

static void count_capped(struct flows *f, const struct class *c, int n)
{
    flows_use_spare(f, c, n, c->level);
    int link = class_tightest(f, c);
    if (link < 0)
        return;
    f->link[link].rest -= n * c->level;
    flows_touch(f, link);
    if (!class_is_apart(f, c, link))
        break_all(f, c);
}

static void count_limited(struct flows *f, const struct class *c, int n)
{
    struct link *l = &f->link[c->limit];
    flows_use_spare(f, c, n, l->high);
    l->limited += n;
    flows_touch(f, c->limit);
    if (l->is_stiff || (l->limited == 0 && l->outers > 0))
        break_all(f, c);
}

void flows_count(struct flows *f, const struct class *c, int n)
{
    if (c->limit >= 0)
        count_limited(f, c, n);
    else if (c->limit == LIMITED_BY_CAP)
        count_capped(f, c, n);
}
