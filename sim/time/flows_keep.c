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

/* The first class with a level above this one. */
static int first_above(const struct flows *f, const struct link *l, int128 level)
{
    int low = 0, high = l->classes;
    while (low < high) {
        int middle = (low + high) / 2;
        if (f->class_at[l->class[middle]]->level <= level)
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
    if (!class_is_apart(f, c, link))
        return false;
    int sign = c->limit == link ? 1 : -1;
    l->limited -= sign * flows;
    l->rest -= sign * flows * c->level;
    flows_use_spare(f, c, -sign * flows, l->high);
    flows_use_spare(f, c, sign * flows, c->level);
    class_limit(f, c, c->limit == link ? LIMITED_BY_CAP : link);
    return true;
}

static bool flip_above(struct flows *f, struct link *l)
{
    int link = (int)(l - f->link);
    for (int i = first_above(f, l, l->share); i < l->classes; i++) {
        struct class *c = f->class_at[l->class[i]];
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
        struct class *c = f->class_at[l->class[i]];
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
        const struct class *c = f->class_at[l->class[i]];
        if (c->limit == link)
            flows_use_spare(f, c, line_count(&c->flows), l->share - l->high);
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
    flows_place_all(f);
    solve_broken(f);
    while (f->touches > 0) {
        struct link *l = &f->link[f->touched[--f->touches]];
        bool is_touched = l->is_touched && l->is_full; /* not if its component was broken */
        l->is_touched = false;
        if (is_touched && !share_again(f, l))
            flows_break(f, (int)(l - f->link));
        solve_broken(f);
    }
}
