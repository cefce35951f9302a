/* The curves of a figure, for tables.c and counts.c. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/report/tables.h"

struct curve *curves_add(struct curves *c, char *name)
{
    c->at = need_one_more(c->at, (size_t)c->n, sizeof *c->at);
    struct curve *curve = &c->at[c->n++];
    *curve = (struct curve){.name = name};
    return curve;
}

void curve_add(struct curve *c, char *folder)
{
    c->folder = need_one_more(c->folder, (size_t)c->n, sizeof *c->folder);
    c->folder[c->n++] = folder;
}

void curves_free(struct curves *c)
{
    for (int i = 0; i < c->n; i++) {
        for (int r = 0; r < c->at[i].n; r++)
            free(c->at[i].folder[r]);
        free(c->at[i].folder);
        free(c->at[i].name);
    }
    free(c->at);
    *c = (struct curves){0};
}
