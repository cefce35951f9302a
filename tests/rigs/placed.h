/* From parameters.bin back to a model's own vector. Include after model.h. */
#ifndef TESTS_RIGS_PLACED_H
#define TESTS_RIGS_PLACED_H

#include <stdlib.h>

#include "sim/base/fail.h"

/* params: the tensors of `exported`, each in the order in which its operator keeps it. Tensors have fewer than 2^24
 * elements, so that their numbers are exact as floats. */
static inline void placed(const struct model *m, const float *exported, float *params)
{
    float *number = need(model_params(m) * sizeof(float)), *order = need(model_params(m) * sizeof(float));
    for (int i = 0; i < model_tensors(m); i++) {
        const struct tensor *t = model_tensor(m, i);
        for (size_t j = 0; j < t->n; j++)
            number[t->offset + j] = (float)j;
        model_export(m, i, number, order);
        for (size_t j = 0; j < t->n; j++)
            params[t->offset + (size_t)order[j]] = exported[t->offset + j];
    }
    free(number);
    free(order);
}

#endif
