/* Every model that a configuration can name. A new one is one file and one line here. */
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
    X(sleep)

#define DECLARE(name) extern const struct model_def model_##name;
#define ENTRY(name)   &model_##name,
#define WORD(name)    #name,

MODELS(DECLARE)

const struct model_def *const model_list[] = {MODELS(ENTRY) NULL};
const char *const model_words[] = {MODELS(WORD) NULL};
