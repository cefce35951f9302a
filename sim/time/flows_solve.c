/* Progressive filling: the rates of all flows grow together until a link is full, which fixes its flows at this level;
 * those of the others grow on (Bertsekas and Gallager, Data Networks, 6.5.2). A class that reaches its cap is fixed,
 * too.
 *
 * A link is full at (what its fixed flows leave) / (its other flows), or later: some of the others may be fixed below
 * that. The levels of links are in a heap with the lowest first, and each is computed again when it comes out: a level
 * that has not risen is right. */
#include "sim/time/flows_internal.h"

/* ---- the component ---- */

static void add_link(struct flows *f, int link)
{
    struct link *l = &f->link[link];
    if (l->is_marked)
        return;
    l->is_marked = true;
    l->is_broken = l->is_touched = false;
    l->left = l->level;
    l->unfixed = l->flows;
    l->limited = 0;
    f->its_link[f->its_links++] = link;
}

static void add_class(struct flows *f, int class)
{
    struct class *c = f->class_at[class];
    if (c->is_marked)
        return;
    c->is_marked = true;
    c->new_limit = NO_LIMIT_YET;
    f->its_class[f->its_classes++] = class;
    for (int i = 0; i < c->links; i++)
        add_link(f, c->link[i]);
}

/* All links and classes that can be reached from this link. */
static void find_component(struct flows *f, int link)
{
    f->its_links = f->its_classes = 0;
    add_link(f, link);
    for (int i = 0; i < f->its_links; i++) {
        const struct link *l = &f->link[f->its_link[i]];
        for (int j = 0; j < l->classes; j++)
            add_class(f, l->class[j]);
    }
}

/* ---- filling ---- */

static void fix(struct flows *f, struct class *c, int limit, int128 level)
{
    int flows = line_count(&c->flows);
    c->new_limit = limit;
    for (int i = 0; i < c->links; i++) {
        struct link *l = &f->link[c->link[i]];
        l->left -= flows * level;
        l->unfixed -= flows;
    }
}

/* Whether there was one. */
static bool fix_capped(struct flows *f, const struct link *l, int128 level)
{
    bool found = false;
    for (int i = 0; i < l->classes && f->class_at[l->class[i]]->level <= level; i++) {
        struct class *c = f->class_at[l->class[i]];
        if (c->new_limit == NO_LIMIT_YET) {
            fix(f, c, LIMITED_BY_CAP, c->level);
            found = true;
        }
    }
    return found;
}

static void fill_link(struct flows *f, struct link *l, int128 level)
{
    link_limit(f, l, rate_of_quotient(l->left, f->scale, l->unfixed));
    l->rest = l->left;
    l->limited = l->unfixed;
    l->share = level;
    for (int i = 0; i < l->classes; i++) {
        struct class *c = f->class_at[l->class[i]];
        if (c->new_limit == NO_LIMIT_YET)
            fix(f, c, (int)(l - f->link), level);
    }
}

void flows_fill(struct flows *f)
{
    struct heap *levels = &f->levels;
    for (int i = 0; i < f->its_links; i++) {
        const struct link *l = &f->link[f->its_link[i]];
        if (l->unfixed > 0)
            heap_push(levels, l->left / l->unfixed, f->its_link[i]);
    }
    while (levels->n > 0) {
        int128 level = heap_key(levels);
        int link = heap_pop(levels);
        struct link *l = &f->link[link];
        if (l->unfixed == 0)
            continue;
        int128 again = l->left / l->unfixed;
        if (again > level || fix_capped(f, l, level)) {
            if (l->unfixed > 0)
                heap_push(levels, l->left / l->unfixed, link);
        } else {
            fill_link(f, l, level);
        }
    }
}

/* ---- what has changed ---- */

static void limit_classes(struct flows *f)
{
    for (int i = 0; i < f->its_classes; i++) {
        struct class *c = f->class_at[f->its_class[i]];
        c->is_marked = false;
        int limit = c->new_limit == NO_LIMIT_YET ? LIMITED_BY_CAP : c->new_limit;
        c->new_limit = limit;
        if (limit != c->limit)
            class_limit(f, c, limit);
    }
}

static void time_links(struct flows *f)
{
    for (int i = 0; i < f->its_links; i++) {
        struct link *l = &f->link[f->its_link[i]];
        l->is_marked = false;
        l->is_full = l->limited > 0;
        link_see_first(f, l);
    }
}

void flows_solve(struct flows *f, int link)
{
    find_component(f, link);
    flows_fill(f);
    limit_classes(f);
    time_links(f);
    flows_set_bounds(f);
}
