/* Every exchange the program knows, in the order of --list exchanges. A new one is one file and one line here. */
#include <stddef.h>
#include <string.h>

#include "sim/exchange/kind.h"
#include "sim/exchange/words.h"

#define EXCHANGES(X)    \
    X(server)           \
    X(sharded)          \
    X(ring)             \
    X(halving_doubling) \
    X(tree)             \
    X(hierarchical)

#define DECLARE(name) extern const struct exchange_kind exchange_##name;
#define ENTRY(name)   &exchange_##name,
#define WORD(name)    #name,

EXCHANGES(DECLARE)

const struct exchange_kind *const exchange_list[] = {EXCHANGES(ENTRY) NULL};
const char *const exchange_words[] = {EXCHANGES(WORD) NULL};

const struct exchange_kind *exchange_find(const char *name)
{
    for (int i = 0; exchange_list[i]; i++)
        if (strcmp(exchange_list[i]->name, name) == 0)
            return exchange_list[i];
    return NULL;
}

const struct exchange_kind *exchange_kind_of(const struct exchange_spec *spec, int64_t number)
{
    const struct exchange_kind *kind = spec->kind ? spec->kind : exchange_list[0];
    bool gathers = kind->adds_up && spec->gathers && spec->gathers(spec->context, number);
    return gathers ? &exchange_all_gather : kind;
}
