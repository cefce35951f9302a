/* Changes that keep every limit: the same link, or its cap, limits each class as before, and only the shares of the
 * links that they touch are others. That is so
 *
 *   for a full link, while its share stays between two bounds, low and high, which are halfway between it and the
 *   next share at which another link would limit flows of this one, or this one flows of another link;
 *   for a link that is not full, while its flows would fit with the highest shares that their limits may have.
 *
 * The flows of a full link l may all use another link, too, which is an outer link of l: together they have the
 * bandwidth of l there whatever the share, so that a change in l changes nothing in its outer links. What does not fit
 * breaks the link, and flows_solve.c then sees its whole component. */
#include "sim/time/flows_internal.h"

void flows_break(struct flows *f, int link)
{
    if (!f->link[link].is_broken)
        f->broken[f->breaks++] = link;
    f->link[link].is_broken = true;
}

static void touch(struct flows *f, int link)
{
    if (!f->link[link].is_touched)
        f->touched[f->touches++] = link;
    f->link[link].is_touched = true;
}

/* ---- classes ---- */

/* n flows of the class leave the spare room of its links, or give it back; each has at most this level. */
static void use_spare(struct flows *f, const struct class *c, int n, int128 level)
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

/* The full link of the class with the lowest share; -1: none. */
static int tightest(const struct flows *f, const struct class *c)
{
    int least = -1;
    for (int i = 0; i < c->links; i++) {
        const struct link *l = &f->link[c->link[i]];
        if (l->is_full && (least < 0 || l->share < f->link[least].share))
            least = c->link[i];
    }
    return least;
}

/* Whether another share of the link would leave all full links of the class as they are. */
static bool is_apart(const struct flows *f, const struct class *c, int link)
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
    use_spare(f, c, n, c->level);
    int link = tightest(f, c);
    if (link < 0)
        return;
    f->link[link].rest -= n * c->level;
    touch(f, link);
    if (!is_apart(f, c, link))
        break_all(f, c);
}

static void count_limited(struct flows *f, const struct class *c, int n)
{
    struct link *l = &f->link[c->limit];
    use_spare(f, c, n, l->high);
    l->limited += n;
    touch(f, c->limit);
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

/* Whether the outer links of all its links stay what they are. */
static bool fits(const struct flows *f, const struct class *c)
{
    for (int i = 0; i < c->links; i++) {
        const struct link *l = &f->link[c->link[i]];
        for (int j = 0; l->is_full && j < l->outers; j++)
            if (!class_uses(c, l->outer[j]))
                return false;
    }
    return true;
}

void flows_place(struct flows *f, struct class *c)
{
    int link = tightest(f, c);
    bool by_link = link >= 0 && c->level > f->link[link].share;
    if (fits(f, c) && (!by_link || is_apart(f, c, link)))
        class_limit(f, c, by_link ? link : LIMITED_BY_CAP);
    else
        flows_break(f, c->link[0]);
}

/* ---- shares ---- */

/* The first class with a level above this one. */
static int first_above(const struct flows *f, const struct link *l, int128 level)
{
    int low = 0, high = l->classes;
    while (low < high) {
        int middle = (low + high) / 2;
        if (f->class[l->class[middle]] -> level <= level)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The share of the link has passed the level of the class: its cap limits it now, or no longer. */
static bool flip(struct flows *f, struct link *l, struct class *c)
{
    int flows = line_count(&c->flows), link = (int)(l - f->link);
    if (!is_apart(f, c, link))
        return false;
    int sign = c->limit == link ? 1 : -1;
    l->limited -= sign * flows;
    l->rest -= sign * flows * c->level;
    use_spare(f, c, -sign * flows, l->high);
    use_spare(f, c, sign * flows, c->level);
    class_limit(f, c, c->limit == link ? LIMITED_BY_CAP : link);
    return true;
}

static bool flip_above(struct flows *f, struct link *l)
{
    int link = (int)(l - f->link);
    for (int i = first_above(f, l, l->share); i < l->classes; i++) {
        struct class *c = f->class[l->class[i]];
        if (l->limited == 0 || c->level > l->rest / l->limited)
            break;
        if (c->limit == link && !flip(f, l, c))
            return false;
    }
    return true;
}

static bool flip_below(struct flows *f, struct link *l)
{
    for (int i = first_above(f, l, l->share); i-- > 0;) {
        struct class *c = f->class[l->class[i]];
        if (c->level <= l->rest / l->limited)
            break;
        if (c->limit == LIMITED_BY_CAP && !flip(f, l, c))
            return false;
    }
    return true;
}

/* It limits no flow any more. */
static void drain(struct flows *f, struct link *l)
{
    l->is_full = false;
    l->spare = l->rest;
    link_see_first(f, l);
}

/* The share is above what the other links have left room for: perhaps they have more. */
static void rise(struct flows *f, struct link *l)
{
    int link = (int)(l - f->link);
    for (int i = 0; i < l->classes; i++) {
        const struct class *c = f->class[l->class[i]];
        if (c->limit == link)
            use_spare(f, c, line_count(&c->flows), l->share - l->high);
    }
    l->high = l->share;
}

/* False: not every limit stays. */
static bool share_again(struct flows *f, struct link *l)
{
    if (l->is_stiff)
        return false;
    if (l->limited > 0 && !(l->rest / l->limited > l->share ? flip_above : flip_below)(f, l))
        return false;
    if (l->limited == 0) {
        drain(f, l);
        return l->outers == 0;
    }
    l->share = l->rest / l->limited;
    if (l->share < l->low || l->share > l->top)
        return false;
    if (l->share > l->high)
        rise(f, l);
    link_limit(f, l, rate_of_quotient(l->rest, f->scale, l->limited));
    link_see_first(f, l);
    return true;
}

static void solve_broken(struct flows *f)
{
    while (f->breaks > 0) {
        int link = f->broken[--f->breaks];
        if (f->link[link].is_broken)
            flows_solve(f, link);
    }
}

void flows_settle(struct flows *f)
{
    solve_broken(f);
    while (f->touches > 0) {
        struct link *l = &f->link[f->touched[--f->touches]];
        bool is_touched = l->is_touched; /* not if its component was broken */
        l->is_touched = false;
        if (is_touched && !share_again(f, l))
            flows_break(f, (int)(l - f->link));
        solve_broken(f);
    }
}
