#include "sim/base/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789";

/* Where the unit of a number begins, at the blank before it; NULL: the cell is no number with one unit. */
static char *unit_in(char *cell)
{
    char *blank = strrchr(cell, ' ');
    if (!blank || strpbrk(blank, digits) || !strpbrk(cell, digits))
        return NULL;
    return cell + strspn(cell, "+-.0123456789e ±") >= blank ? blank : NULL;
}

static bool has_number(const char *cell)
{
    return strpbrk(cell, digits) && !strstr(cell, " of ");
}

static const char *shared_unit(char *const *cells, int n)
{
    const char *shared = NULL;
    for (int i = 0; i < n; i++) {
        const char *unit = unit_in(cells[i]);
        if (!has_number(cells[i]))
            continue;
        if (!unit || (shared && strcmp(shared, unit) != 0))
            return NULL;
        shared = unit;
    }
    return shared;
}

void unit_take(char *const *cells, int n, char *unit, int size)
{
    const char *shared = shared_unit(cells, n);
    snprintf(unit, (size_t)size, "%s", shared ? shared + 1 : "");
    for (int i = 0; shared && i < n; i++) {
        char *its = unit_in(cells[i]);
        if (its)
            *its = '\0';
    }
}
