/* The limits of classes that have been opened since the rates were found. The other ones keep theirs if
 *
 *   a full link or its cap limits the new class, and a share that falls does no harm elsewhere; or
 *   no link of the new class is full, and progressive filling finds room for it and those like it beside the highest
 *   shares of the others, or fills links that no others use. */
#include "sim/time/flows_internal.h"

void flows_place(struct flows *f, struct class *c)
{
    if (c->links == 0) {
        class_limit(f, c, LIMITED_BY_CAP);
        return;
    }
    if (!c->is_new)
        f->new[f->news++] = c->number;
    c->is_new = true;
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

/* A full link, or its cap, limits it. */
static void place_beside(struct flows *f, struct class *c, int link)
{
    bool by_link = c->level > f->link[link].share;
    if (fits(f, c) && (!by_link || class_is_apart(f, c, link))) {
        class_limit(f, c, by_link ? link : LIMITED_BY_CAP);
        flows_count(f, c, line_count(&c->flows));
    } else {
        flows_break(f, link);
    }
}

/* ---- where no link is full ---- */

static void add(struct flows *f, struct class *c)
{
    f->its_class[f->its_classes++] = c->number;
    for (int i = 0; i < c->links; i++) {
        struct link *l = &f->link[c->link[i]];
        if (!l->is_marked) {
            l->is_marked = true;
            l->left = l->spare;
            l->unfixed = l->limited = l->news = 0;
            f->its_link[f->its_links++] = c->link[i];
        }
        l->unfixed += line_count(&c->flows);
        l->news++;
    }
}

/* A link that is full now has only new classes, and these no other such link. */
static bool is_apart(const struct flows *f, const struct class *c)
{
    for (int i = 0; i < c->links; i++) {
        const struct link *l = &f->link[c->link[i]];
        if (l->limited > 0 && (l->news < l->classes || (c->new_limit >= 0 && c->new_limit != c->link[i])))
            return false;
    }
    return true;
}

static bool are_apart(const struct flows *f)
{
    for (int i = 0; i < f->its_classes; i++)
        if (!is_apart(f, f->class_at[f->its_class[i]]))
            return false;
    return true;
}

static void open_full(struct flows *f, struct link *l)
{
    l->low = 0;
    l->top = MOST_LEVEL;
    l->high = l->share;
    l->outers = 0;
    l->is_stiff = false;
    l->is_full = true;
    link_see_first(f, l);
}

static void accept(struct flows *f)
{
    for (int i = 0; i < f->its_classes; i++) {
        struct class *c = f->class_at[f->its_class[i]];
        class_limit(f, c, c->new_limit == NO_LIMIT_YET ? LIMITED_BY_CAP : c->new_limit);
    }
    for (int i = 0; i < f->its_links; i++)
        if (f->link[f->its_link[i]].limited > 0)
            open_full(f, &f->link[f->its_link[i]]);
    for (int i = 0; i < f->its_classes; i++) {
        const struct class *c = f->class_at[f->its_class[i]];
        flows_use_spare(f, c, line_count(&c->flows), c->limit >= 0 ? f->link[c->limit].high : c->level);
    }
}

static bool has_room(const struct flows *f)
{
    for (int i = 0; i < f->its_links; i++)
        if (f->link[f->its_link[i]].left < f->link[f->its_link[i]].unfixed)
            return false;
    return true;
}

static bool place_apart(struct flows *f)
{
    for (int i = 0; i < f->its_links; i++)
        f->link[f->its_link[i]].is_marked = false;
    if (!has_room(f))
        return false;
    flows_fill(f);
    if (!are_apart(f))
        return false;
    accept(f);
    return true;
}

void flows_place_all(struct flows *f)
{
    f->its_links = f->its_classes = 0;
    int apart = 0; /* classes that come later, because these take room */
    for (int i = 0; i < f->news; i++) {
        struct class *c = f->class_at[f->new[i]];
        bool is_open = c->is_new && c->limit == NO_LIMIT_YET && line_count(&c->flows) > 0;
        c->is_new = false;
        int link = is_open ? class_tightest(f, c) : -1;
        if (link >= 0)
            place_beside(f, c, link);
        else if (is_open)
            f->new[apart++] = f->new[i];
    }
    f->news = 0;
    for (int i = 0; i < apart; i++)
        add(f, f->class_at[f->new[i]]);
    if (place_apart(f))
        return;
    for (int i = 0; i < f->its_links; i++)
        flows_break(f, f->its_link[i]);
}
