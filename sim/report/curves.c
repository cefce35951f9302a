/* The curves of a figure, for tables.c and counts.c. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/report/tables.h"

/* Room for one more element behind n: a full block (n a power of two) is doubled. */
static void *with_room(void *block, int n, size_t each)
{
    bool full = (n & (n - 1)) == 0;
    return full ? need_more(block, (size_t)n * each, (n > 0 ? 2 * (size_t)n : 1) * each) : block;
}

struct curve *curves_add(struct curves *c, char *name)
{
    c->at = with_room(c->at, c->n, sizeof *c->at);
    struct curve *curve = &c->at[c->n++];
    *curve = (struct curve){.name = name};
    return curve;
}

void curve_add(struct curve *c, char *folder)
{
    c->folder = with_room(c->folder, c->n, sizeof *c->folder);
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
