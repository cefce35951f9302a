/* Adds up the private memory of all processes for --check and --explain: vectors by the table of vectors
 * (vectors.h), working memory as the code of the model reports it. */
#include "sim/predict/memory.h"

#include "models/data/dataset.h"
#include "models/model.h"
#include "sim/config/config.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/quality.h"

/* A gradient that is not stored lives for one layer of the backward pass. The largest tensor is nearly as
 * large as the largest layer. */
static size_t largest_tensor(const struct model *m)
{
    size_t most = 0;
    for (int i = 0; i < model_tensors(m); i++)
        most = model_tensor(m, i)->n > most ? model_tensor(m, i)->n : most;
    return most * sizeof(float);
}

static size_t working_bytes(const struct run *run, int batch, bool training)
{
    struct workspace *ws = workspace_create(run->model, batch, training);
    size_t bytes = workspace_bytes(ws);
    workspace_destroy(ws);
    return bytes;
}

size_t memory_private_bytes(const struct run *run)
{
    if (model_has_only_sizes(run->model)) /* there is nothing to train, now or later */
        return 0;
    size_t worker = working_bytes(run, (int)run->cfg->train.batch, true);
    worker += vectors_store_gradients(run) ? 0 : largest_tensor(run->model);
    size_t evaluator = run->n * sizeof(float) + working_bytes(run, evaluator_batch(run), false);
    evaluator += run->measures > 0 ? run->data->train.n * sizeof(uint32_t) : 0;
    if (quality_has(run->quality, QUALITY_GRADIENT_NORM))
        evaluator += gradient_norm_bytes(run) + working_bytes(run, (int)run->cfg->train.batch, true);
    return (size_t)run->processes * worker + evaluator + vectors_private_bytes(run);
}

size_t memory_gradient_bytes(const struct run *run)
{
    return 2 * run->n * sizeof(float) + working_bytes(run, (int)run->cfg->train.batch, true);
}
