/* Every model that a configuration can name. A new one is one file and one line here. */
#include <string.h>

#include "models/model.h"
#include "models/words.h"

#define MODELS(X) \
    X(logreg)     \
    X(tiny)       \
    X(tiny_bn)    \
    X(cnn)        \
    X(alexnet)    \
    X(resnet14)   \
    X(resnet18)   \
    X(sleep)      \
    X(profile)

#define DECLARE(name) extern const struct model_def model_##name;
#define ENTRY(name)   &model_##name,
#define WORD(name)    #name,

MODELS(DECLARE)

const struct model_def *const model_list[] = {MODELS(ENTRY) NULL};
const char *const model_words[] = {MODELS(WORD) NULL};

bool model_name_has_sizes(const char *name)
{
    for (int i = 0; model_list[i]; i++)
        if (strcmp(model_list[i]->name, name) == 0)
            return model_list[i]->sizes;
    return false;
}
