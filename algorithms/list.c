/* Every algorithm the program knows. A new one is one file and one line here. */
#include "algorithms/algorithm.h"

#include <string.h>

#define ALGORITHMS(X) \
    X(bsp)            \
    X(local_sgd)      \
    X(local_sgd_jsac) \
    X(osp)            \
    X(losp)           \
    X(dqlosp)

#define DECLARE(name) extern const struct algorithm alg_##name;
#define ENTRY(name)   &alg_##name,

ALGORITHMS(DECLARE)

const struct algorithm *const alg_list[] = {ALGORITHMS(ENTRY) NULL};

const struct algorithm *alg_find(const char *name)
{
    for (int i = 0; alg_list[i]; i++)
        if (strcmp(alg_list[i]->name, name) == 0)
            return alg_list[i];
    return NULL;
}
