/* How far the shares of full links may move before another link limits a flow, and how much room that leaves on the
 * links that are not full: flows_keep.c explains what for. */
#include <math.h>

#include "sim/time/flows_internal.h"

#define MOST_RISE 4.0
#define ROUNDING  1e-9 /* of doubles, and more */

/* All links that all classes of this one use. */
static void find_outer(const struct flows *f, struct link *l)
{
    const struct class *first = f->class[l->class[0]];
    l->outers = 0;
    for (int i = 0; i < first->links; i++) {
        bool is_outer = &f->link[first->link[i]] != l;
        for (int j = 1; is_outer && j < l->classes; j++)
            is_outer = class_uses(f->class[l->class[j]], first -> link[i]);
        if (is_outer)
            l->outer[l->outers++] = first->link[i];
    }
}

static int128 lower(int128 a, int128 b)
{
    return a < b ? a : b;
}

static int128 higher(int128 a, int128 b)
{
    return a > b ? a : b;
}

/* The first link limits flows that use the other one, which is full, too. */
static void part(struct link *l, struct link *other, bool is_outer)
{
    int128 between = is_outer ? l->share + (other->share - l->share) / 2 : l->share;
    l->is_stiff |= !is_outer;
    l->high = lower(l->high, between);
    other->low = higher(other->low, between);
}

static void meet(struct flows *f, const struct class *c)
{
    struct link *l = &f->link[c->limit];
    for (int i = 0; i < c->links; i++) {
        struct link *other = &f->link[c->link[i]];
        if (other->is_full && other != l)
            part(l, other, link_has_outer(l, c->link[i]));
        if (!other->is_full && !class_covers(f, c, c->link[i]))
            other->fair += line_count(&c->flows) * l->share;
    }
}

/* All shares may rise by half of what there is room for on a link that is not full. */
static void leave_room(struct flows *f, const struct class *c)
{
    struct link *l = &f->link[c->limit];
    for (int i = 0; i < c->links; i++) {
        const struct link *other = &f->link[c->link[i]];
        if (other->is_full || class_covers(f, c, c->link[i]))
            continue;
        double rise = fmin(sqrt((double)(other->left + other->fair) / (double)other->fair), MOST_RISE) - 1;
        l->high = lower(l->high, l->share + (int128)((double)l->share * fmax(rise - ROUNDING, 0)));
    }
}

static void use_room(struct flows *f, const struct class *c)
{
    const struct link *l = &f->link[c->limit];
    for (int i = 0; i < c->links; i++)
        if (!f->link[c->link[i]].is_full && !class_covers(f, c, c->link[i]))
            f->link[c->link[i]].spare -= line_count(&c->flows) * (l->high - l->share);
}

static void for_limited(struct flows *f, void (*work)(struct flows *f, const struct class *c))
{
    for (int i = 0; i < f->its_classes; i++)
        if (f->class[f->its_class[i]] -> limit >= 0)
            work(f, f->class[f->its_class[i]]);
}

void flows_set_bounds(struct flows *f)
{
    for (int i = 0; i < f->its_links; i++) {
        struct link *l = &f->link[f->its_link[i]];
        l->fair = l->low = 0;
        l->high = MOST_LEVEL;
        l->spare = l->left;
        l->is_stiff = false;
        if (l->is_full)
            find_outer(f, l);
    }
    for_limited(f, meet);
    for_limited(f, leave_room);
    for_limited(f, use_room);
}
