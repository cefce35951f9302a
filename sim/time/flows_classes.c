/* Which flows are alike: a table of classes by their shared links and their cap. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/time/flows_internal.h"

/* ---- the table ---- */

/* As many heads as there is room for classes, a power of two. */
static int *head_of(const struct flows *f, int links, const int *link, double cap)
{
    uint64_t bits;
    memcpy(&bits, &cap, sizeof bits);
    uint64_t hash = (bits ^ bits >> 32) * 0x9e3779b97f4a7c15; /* round numbers have low bits of 0 */
    for (int i = 0; i < links; i++)
        hash = (hash ^ hash >> 29 ^ (uint64_t)link[i]) * 0xbf58476d1ce4e5b9;
    return &f->table[(hash ^ hash >> 32) & (uint64_t)(f->class_room - 1)];
}

static bool is_like(const struct class *c, int links, const int *link, double cap)
{
    return c->links == links && c->cap == cap &&
           (links == 0 || memcmp(c->link, link, (size_t)links * sizeof *link) == 0);
}

static void put_into_table(struct flows *f, struct class *c)
{
    int *head = head_of(f, c->links, c->link, c->cap);
    c->next = *head;
    *head = c->number;
}

static void clear_table(struct flows *f)
{
    for (int i = 0; i < f->class_room; i++)
        f->table[i] = -1;
}

/* ---- memory ---- */

static void *longer(void *old, int n, int room, size_t each)
{
    return need_more(old, (size_t)n * each, (size_t)room * each);
}

static void grow(struct flows *f)
{
    int n = f->class_room, room = n > 0 ? 2 * n : 64;
    f->class_at = longer(f->class_at, n, room, sizeof *f->class_at);
    f->its_class = longer(f->its_class, n, room, sizeof *f->its_class);
    f->new = longer(f->new, n, room, sizeof *f->new);
    f->sums_place = longer(f->sums_place, n, room, sizeof *f->sums_place);
    f->ends.place = longer(f->ends.place, f->links + n, f->links + room, sizeof *f->ends.place);
    f->ends.node = longer(f->ends.node, f->ends.n, f->links + room, sizeof *f->ends.node);
    f->table = longer(f->table, 0, room, sizeof *f->table);
    f->class_room = room;
    for (int i = 0; i < f->links; i++)
        f->link[i].sums.place = f->sums_place;
    clear_table(f);
    for (int i = 0; i < f->classes; i++)
        put_into_table(f, f->class_at[i]);
}

/* One that is not in use; its line may have memory. */
static struct class *unused_class(struct flows *f)
{
    if (f->free_class >= 0) {
        struct class *c = f->class_at[f->free_class];
        f->free_class = c->next;
        return c;
    }
    if (f->classes == f->class_room)
        grow(f);
    struct class *c = f->class_at[f->classes] = need(sizeof *c);
    c->number = f->classes++;
    return c;
}

/* ---- the lists of links ---- */

static bool is_before(const struct class *a, const struct class *b)
{
    return a->level != b->level ? a->level < b->level : a->number < b->number;
}

/* The number of classes before this one. */
static int place_of(const struct flows *f, const struct link *l, const struct class *c)
{
    int low = 0, high = l->classes;
    while (low < high) {
        int middle = (low + high) / 2;
        if (is_before(f->class_at[l->class[middle]], c))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void list(struct flows *f, struct link *l, const struct class *c)
{
    if (l->classes == l->room) {
        l->room = l->room > 0 ? 2 * l->room : 4;
        l->class = longer(l->class, l->classes, l->room, sizeof *l->class);
    }
    int *place = l->class + place_of(f, l, c);
    memmove(place + 1, place, (size_t)(l->class + l->classes++ - place) * sizeof *place);
    *place = c->number;
}

static void unlist(struct flows *f, struct link *l, const struct class *c)
{
    int *place = l->class + place_of(f, l, c);
    memmove(place, place + 1, (size_t)(l->class + --l->classes - place) * sizeof *place);
}

/* ---- classes ---- */

static struct class *class_open(struct flows *f, int links, const int *link, double cap)
{
    struct class *c = unused_class(f);
    c->links = links;
    c->cap = cap;
    c->rate = rate_of(cap);
    c->level = level_of(f, cap);
    for (int i = 0; i < links; i++) {
        c->link[i] = link[i];
        list(f, &f->link[link[i]], c);
    }
    c->limit = c->new_limit = NO_LIMIT_YET;
    c->clock = 0;
    put_into_table(f, c);
    return c;
}

struct class *class_of(struct flows *f, int links, const int *link, double cap)
{
    for (int i = f->class_room > 0 ? *head_of(f, links, link, cap) : -1; i >= 0; i = f->class_at[i]->next)
        if (is_like(f->class_at[i], links, link, cap))
            return f->class_at[i];
    return class_open(f, links, link, cap);
}

void class_close(struct flows *f, struct class *c)
{
    int *next = head_of(f, c->links, c->link, c->cap);
    while (*next != c->number)
        next = &f->class_at[*next]->next;
    *next = c->next;
    for (int i = 0; i < c->links; i++)
        unlist(f, &f->link[c->link[i]], c);
    c->next = f->free_class;
    f->free_class = c->number;
}
