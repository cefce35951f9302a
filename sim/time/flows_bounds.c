/* How far the shares of full links may move before another link limits a flow, and how much room that leaves on the
 * links that are not full: flows_keep.c explains what for. */
#include <math.h>

#include "sim/time/flows_internal.h"

#define MOST_RISE 4.0
#define ROUNDING  1e-9 /* of doubles, and more */

/* All links that all classes of this one use. */
static void find_outer(const struct flows *f, struct link *l)
{
    const struct class *first = f->class_at[l->class[0]];
    l->outers = 0;
    for (int i = 0; i < first->links; i++) {
        bool is_outer = &f->link[first->link[i]] != l;
        for (int j = 1; is_outer && j < l->classes; j++)
            is_outer = class_uses(f->class_at[l->class[j]], first->link[i]);
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
    l->top = lower(l->top, between);
    other->low = higher(other->low, between);
}

/* What the classes that another link limits have of a link that is not full. */
static void meet(struct flows *f, struct class *c)
{
    struct link *l = &f->link[c->limit];
    c->spares = 0;
    for (int i = 0; i < c->links; i++) {
        struct link *other = &f->link[c->link[i]];
        if (other->is_full && other != l)
            part(l, other, link_has_outer(l, c->link[i]));
        if (other->is_full || class_covers(f, c, c->link[i]))
            continue;
        other->fair += line_count(&c->flows) * l->share;
        c->spare[c->spares++] = c->link[i];
    }
}

/* All shares may rise by half of what there is room for on a link that is not full. */
static void leave_room(struct flows *f, struct class *c)
{
    struct link *l = &f->link[c->limit];
    for (int i = 0; i < c->spares; i++)
        l->rise = fmin(l->rise, f->link[c->spare[i]].rise);
}

static void use_room(struct flows *f, struct class *c)
{
    const struct link *l = &f->link[c->limit];
    for (int i = 0; i < c->spares; i++)
        f->link[c->spare[i]].spare -= line_count(&c->flows) * (l->high - l->share);
}

static void for_limited(struct flows *f, void (*work)(struct flows *f, struct class *c))
{
    for (int i = 0; i < f->its_classes; i++)
        if (f->class_at[f->its_class[i]]->limit >= 0)
            work(f, f->class_at[f->its_class[i]]);
}

static void begin(const struct flows *f, struct link *l)
{
    l->fair = l->low = 0;
    l->high = l->top = MOST_LEVEL;
    l->spare = l->left;
    l->is_stiff = false;
    l->rise = INFINITY;
    if (l->is_full)
        find_outer(f, l);
}

static void find_rise(struct link *l)
{
    if (!l->is_full && l->fair > 0)
        l->rise = fmin(sqrt((double)(l->left + l->fair) / (double)l->fair), MOST_RISE) - 1 - ROUNDING;
}

static void rise(struct link *l)
{
    if (!isinf(l->rise))
        l->high = l->share + (int128)((double)l->share * fmax(l->rise, 0));
    l->high = lower(l->high, l->top);
}

void flows_set_bounds(struct flows *f)
{
    for (int i = 0; i < f->its_links; i++)
        begin(f, &f->link[f->its_link[i]]);
    for_limited(f, meet);
    for (int i = 0; i < f->its_links; i++)
        find_rise(&f->link[f->its_link[i]]);
    for_limited(f, leave_room);
    for (int i = 0; i < f->its_links; i++)
        rise(&f->link[f->its_link[i]]);
    for_limited(f, use_room);
}
