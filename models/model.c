/* Lays a table of layers over images of one size: wiring, shapes, tensors and their offsets. Values are the
 * business of passes.c. */
#include "models/model.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/graph.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"

size_t shape_size(struct shape s)
{
    return (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

void layer_tensor(struct layer *layer, const char *suffix, struct parameter values)
{
    assert(layer->tensors < LAYER_TENSORS && layer->row->name);
    struct tensor *t = &values.tensor;
    snprintf(t->name, sizeof t->name, "%s.%s", layer->row->name, suffix);
    t->n = 1;
    for (int i = 0; i < t->dims; i++)
        t->n *= (size_t)t->dim[i];
    layer->own[layer->tensors++] = values;
}

void layer_buffer(struct layer *layer, const char *suffix, int n)
{
    assert(layer->buffers < LAYER_TENSORS && layer->row->name);
    struct tensor *t = &layer->buffer[layer->buffers++];
    *t = (struct tensor){.n = (size_t)n, .dims = 1, .dim = {n}};
    snprintf(t->name, sizeof t->name, "%s.%s", layer->row->name, suffix);
    layer->stats += t->n;
}

bool layer_works(const struct layer *layer)
{
    return layer->row->op->forward && !layer->fused;
}

size_t layer_params(const struct layer *layer)
{
    size_t n = 0;
    for (int i = 0; i < layer->tensors; i++)
        n += layer->own[i].tensor.n;
    return n;
}

static int count_rows(const struct layer_row *row)
{
    int n = 0;
    while (row[n].op)
        n++;
    return n;
}

/* Without layer_op.wire: reads what the row above wrote, and writes over it where that is allowed. */
static bool wire_plain(struct layer *l, struct wiring *w)
{
    bool over = l->row->op->in_place && !w->fixed[w->at];
    l->x = w->at;
    l->side = -1;
    l->y = w->at = over ? w->at : w->fresh;
    return true;
}

/* Operator fusion: the layer above computes this ReLU too, if it can, and if nothing else reads its output as
 * it is without the ReLU. */
static bool fuses_with_layer_above(struct layer *l, struct wiring *w)
{
    struct layer *above = l - 1;
    if (l->row->op != &op_relu || l->index == 0 || above->y != w->at || w->fixed[w->at])
        return false;
    return above->row->op->fuses_relu && above->row->op->fuses_relu(above);
}

static const char *lay(struct model *m, struct layer *l, struct wiring *w)
{
    const struct layer_op *op = l->row->op;
    w->fresh = m->values;
    if (!(op->wire ? op->wire(l, w) : wire_plain(l, w)))
        return "is out of place in the table";
    l->in = l->out = m->value[l->x];
    const char *wrong = op->shape ? op->shape(l) : NULL;
    if (!wrong && l->side >= 0 && memcmp(&m->value[l->side], &l->in, sizeof l->in) != 0)
        wrong = "adds branches of unequal shape";
    if (wrong)
        return wrong;
    if (fuses_with_layer_above(l, w))
        l->fused = (l - 1)->fused_relu = true;
    if (l->y == w->fresh)
        m->value[m->values++] = l->out;
    w->fixed[l->y] |= op->reads_y;
    return NULL;
}

static void set_offsets(struct model *m, struct layer *l)
{
    for (int i = 0; i < l->tensors; i++) {
        struct tensor *t = &l->own[i].tensor;
        t->offset = m->params;
        m->params += t->n;
        m->tensor[m->tensors++] = t;
    }
    l->stats_offset = m->stats;
    for (int i = 0; i < l->buffers; i++) {
        l->buffer[i].offset = m->stats;
        m->stats += l->buffer[i].n;
        m->buffer[m->buffers++] = &l->buffer[i];
    }
}

static struct model *allocate(const struct model_def *def, struct shape image)
{
    struct model *m = need(sizeof *m);
    size_t rows = (size_t)count_rows(def->layers);
    *m = (struct model){.def = def, .image = image, .layers = (int)rows, .values = 1};
    m->layer = need(rows * sizeof *m->layer);
    m->value = need((rows + 1) * sizeof *m->value);
    m->tensor = need(rows * LAYER_TENSORS * sizeof(const struct tensor *));
    m->buffer = need(rows * LAYER_TENSORS * sizeof(const struct tensor *));
    m->value[0] = image;
    return m;
}

/* What is wrong with the table for these images, or NULL. */
static const char *lay_all(struct model *m, int classes, struct layer **culprit)
{
    bool fixed[m->layers + 1];
    memset(fixed, 0, sizeof fixed);
    struct wiring wiring = {.at = 0, .start = -1, .branch = -1, .fixed = fixed};
    for (int i = 0; i < m->layers; i++) {
        struct layer *l = *culprit = &m->layer[i];
        l->row = &m->def->layers[i];
        l->index = i;
        l->outputs = l->row->outputs == CLASSES ? classes : l->row->outputs;
        const char *wrong = lay(m, l, &wiring);
        if (wrong)
            return wrong;
        set_offsets(m, l);
    }
    m->output = wiring.at;
    if (wiring.start >= 0)
        return "leaves a residual block open";
    return shape_size(m->value[m->output]) == (size_t)classes ? NULL : "does not end in one number a class";
}

struct model *model_build(const struct model_def *def, int channels, int height, int width, int classes,
                          char *error, size_t error_size)
{
    struct model *m = allocate(def, (struct shape){.h = height, .w = width, .c = channels});
    struct layer *culprit = NULL;
    const char *wrong = lay_all(m, classes, &culprit);
    if (!wrong)
        return m;
    assert(culprit); /* a model has layers */
    snprintf(error, error_size, "%s on images of %dx%dx%d: layer %d (%s) %s", def->name, channels, height,
             width, culprit->index + 1, culprit->row->op->name, wrong);
    model_destroy(m);
    return NULL;
}

struct model *model_of_sizes(const struct model_def *def, const struct sized_tensor *tensor, int tensors)
{
    struct model *m = need(sizeof *m);
    *m = (struct model){.def = def, .tensors = tensors};
    m->sized = need((size_t)tensors * sizeof *m->sized);
    m->tensor = need((size_t)tensors * sizeof(const struct tensor *));
    for (int i = 0; i < tensors; i++) {
        struct tensor *t = &m->sized[i];
        *t = (struct tensor){.offset = m->params, .n = tensor[i].n, .dims = 1}; /* dim: n may be too large */
        if (tensor[i].dims > 0) {
            t->dims = tensor[i].dims;
            memcpy(t->dim, tensor[i].dim, sizeof t->dim);
        }
        m->sized_macs += tensor[i].macs;
        snprintf(t->name, sizeof t->name, "%s", tensor[i].name);
        m->params += t->n;
        m->tensor[i] = t;
    }
    return m;
}

void model_destroy(struct model *m)
{
    if (!m)
        return;
    free(m->sized);
    free(m->layer);
    free(m->value);
    free(m->tensor);
    free(m->buffer);
    free(m);
}

const char *model_name(const struct model *m)
{
    return m->def->name;
}

bool model_is_idle(const struct model *m)
{
    return m->def->idle;
}

bool model_has_only_sizes(const struct model *m)
{
    return m->def->sizes;
}

size_t model_params(const struct model *m)
{
    return m->params;
}

size_t model_stats(const struct model *m)
{
    return m->stats;
}

double model_stats_memory(const struct model *m)
{
    for (int i = 0; i < m->layers; i++)
        if (m->layer[i].row->op->init_stats)
            return m->layer[i].row->op->stats_memory;
    return 1;
}

int model_tensors(const struct model *m)
{
    return m->tensors;
}

const struct tensor *model_tensor(const struct model *m, int i)
{
    assert(i >= 0 && i < m->tensors);
    return m->tensor[i];
}

/* The length of the layer's name in that of a tensor. */
static size_t stem(const struct tensor *t)
{
    const char *dot = strrchr(t->name, '.');
    return dot ? (size_t)(dot - t->name) : strlen(t->name);
}

static bool same_layer(const struct tensor *a, const struct tensor *b)
{
    size_t n = stem(a);
    return n == stem(b) && strncmp(a->name, b->name, n) == 0;
}

int model_next_layer(const struct model *m, int i)
{
    int next = i + 1;
    while (next < m->tensors && same_layer(m->tensor[i], m->tensor[next]))
        next++;
    return next;
}

int model_buffers(const struct model *m)
{
    return m->buffers;
}

const struct tensor *model_buffer(const struct model *m, int i)
{
    assert(i >= 0 && i < m->buffers);
    return m->buffer[i];
}

uint64_t model_macs(const struct model *m)
{
    uint64_t macs = m->sized_macs;
    for (int i = 0; i < m->layers; i++)
        macs += m->layer[i].macs;
    return macs;
}

void model_macs_from(const struct model *m, uint64_t *macs)
{
    uint64_t sum = 0;
    int tensor = m->tensors;
    for (int i = m->layers - 1; i >= 0; i--) {
        sum += m->layer[i].macs;
        for (int j = 0; j < m->layer[i].tensors; j++)
            macs[--tensor] = sum;
    }
    assert(tensor == 0);
}

/* A convolution prepares its weights for each batch (Winograd's filter transform), and then uses them at each
 * pixel of each image. After this number of uses the preparation hardly counts. */
enum { USES = 2000 };

int model_test_batch(const struct model *m)
{
    static const int batches[] = {LEAST_TEST_BATCH, 25, 50};
    uint64_t weights = 0, uses = 0; /* uses: of all weights together, in an image */
    for (int i = 0; i < m->layers; i++) {
        const struct layer *l = &m->layer[i];
        if (l->row->op != &op_conv)
            continue;
        weights += layer_params(l);
        uses += l->macs;
    }
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
        if ((uint64_t)batches[i] * uses >= USES * weights && weights > 0)
            return batches[i];
    return MOST_TEST_BATCH;
}

/* Drawn in PyTorch's element order, so that no layout shows in the values. */
static void draw_tensor(const struct parameter *p, const struct draw_key *key, float *out)
{
    draw_uniform_fill(key, out, p->tensor.n);
    for (size_t i = 0; i < p->tensor.n; i++)
        out[i] = p->bound > 0 ? (2 * out[i] - 1) * p->bound : p->constant;
}

void model_init(const struct model *m, uint64_t seed, float *params, float *stats)
{
    struct draw_key key = {.seed = seed, .purpose = DRAW_INIT};
    float *drawn = need(m->params * sizeof *drawn);
    for (int i = 0; i < m->layers; i++) {
        const struct layer *l = &m->layer[i];
        const struct layer_op *op = l->row->op;
        for (int j = 0; j < l->tensors; j++, key.rank++) {
            const struct tensor *t = &l->own[j].tensor;
            draw_tensor(&l->own[j], &key, drawn);
            if (op->from_pytorch)
                op->from_pytorch(l, j, params + t->offset, drawn);
            else
                memcpy(params + t->offset, drawn, t->n * sizeof *drawn);
        }
        if (op->init_stats)
            op->init_stats(l, stats + l->stats_offset);
    }
    free(drawn);
}
