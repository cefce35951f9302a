#include "sim/predict/exchange_form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/exchange/kind.h"
#include "sim/predict/scene.h"

static const struct {
    const char *kind;
    void (*one)(struct scene *s, struct closed_form *out); /* has an order; NULL: form_shards() */
} forms[] = {
    {"server", NULL},
    {"sharded", NULL},
    {"ring", form_ring},
    {"halving_doubling", form_halving_doubling},
    {"tree", form_tree},
    {"hierarchical", form_hierarchical},
    {"all_gather", form_all_gather},
};
enum { FORMS = sizeof forms / sizeof *forms };

static int find(const char *kind)
{
    int i = 0;
    while (i < FORMS && strcmp(forms[i].kind, kind) != 0)
        i++;
    return i;
}

static void add(struct closed_form *sum, const struct closed_form *one)
{
    sum->bytes_up += one->bytes_up;
    sum->bytes_down += one->bytes_down;
    sum->exact &= one->exact;
    sum->even &= one->even;
}

/* A worker begins an exchange when it has the result of the one before. Where all have it in one ns, that is exact;
 * elsewhere exchanges overlap a little. */
static void form_in_order(int form, const struct scene *s, const struct exchange_part *part, int parts,
                          struct closed_form *out)
{
    double result = -INFINITY;
    for (int i = 0; i < parts; i++) {
        struct scene one = *s;
        struct closed_form x = {.exact = true};
        for (int w = 0; w < s->ranks; w++)
            s->rank[w] = w;
        one.push = part[i].push - s->header;
        forms[form].one(&one, &x);
        out->up = fmax(part[i].ready, result) + (double)s->spec->overhead + x.up;
        out->down = x.down;
        out->bytes_after = x.bytes_after;
        result = out->up + x.down;
        add(out, &x);
    }
    out->exact &= parts == 1 || out->even;
}

/* The largest of each: a leg is that of the slowest message. */
static void take_largest(struct scene *s, const struct exchange_part *part, int parts)
{
    for (int i = 0; i < parts; i++) {
        s->push = fmax(s->push, part[i].push - s->header);
        s->reply = fmax(s->reply, part[i].reply - s->header);
    }
}

bool exchange_form_of(const struct exchange_spec *spec, int64_t number, const struct exchange_part *part,
                      int parts, struct closed_form *out)
{
    int workers = spec->topology->workers, form = find(exchange_kind_of(spec, number)->name);
    if (form == FORMS)
        return false;
    struct scene s = {.spec = spec,
                      .topology = spec->topology,
                      .header = spec->header,
                      .rank = need((size_t)workers * sizeof *s.rank),
                      .ranks = workers};
    *out = (struct closed_form){.exact = true, .even = true};
    take_largest(&s, part, parts);
    if (forms[form].one)
        form_in_order(form, &s, part, parts, out);
    else
        form_shards(&s, part, parts, out);
    out->cycle = out->up + out->down;
    free(s.rank);
    return true;
}
