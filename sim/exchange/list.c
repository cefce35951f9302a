/* All exchanges, in the order of --list exchanges. */
#include <stddef.h>
#include <string.h>

#include "sim/exchange/kind.h"

extern const struct exchange_kind exchange_server;

const struct exchange_kind *const exchange_list[] = {&exchange_server, NULL};

const struct exchange_kind *exchange_find(const char *name)
{
    for (int i = 0; exchange_list[i]; i++)
        if (strcmp(exchange_list[i]->name, name) == 0)
            return exchange_list[i];
    return NULL;
}
