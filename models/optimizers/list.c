/* All optimisers, in the order of --list. A new one is one file and one line here. */
#include "models/optimizer.h"

#define OPTIMIZERS(X) \
    X(sgd)            \
    X(nesterov)       \
    X(adamw)

#define DECLARE(name) extern const struct optimizer optimizer_##name;
#define ENTRY(name)   &optimizer_##name,
#define WORD(name)    #name,

OPTIMIZERS(DECLARE)

const struct optimizer *const optimizer_list[] = {OPTIMIZERS(ENTRY) NULL};
const char *const optimizer_words[] = {OPTIMIZERS(WORD) NULL};
