#include "sim/config/profile_file.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/table_file.h"

enum { LONGEST_TENSOR = 63 }; /* bytes of a name: struct tensor has room for them */

struct cells {
    char *tensor, *shape;
    int64_t parameters, operations;
    double forward, backward;
};

enum { TENSOR, PARAMETERS, SHAPE, OPERATIONS, FORWARD, BACKWARD, COLUMNS };

static const struct config_key columns[COLUMNS] = {
    {"tensor", KEY_TEXT, offsetof(struct cells, tensor), .preset = "?"},
    {"parameters", KEY_INT, offsetof(struct cells, parameters), "1", .min = 1, .max = MOST_PARAMETERS},
    {"shape", KEY_TEXT, offsetof(struct cells, shape), .preset = "?"},
    {"operations", KEY_INT, offsetof(struct cells, operations), "1", .min = 0, .max = MOST_OPERATIONS},
    {"forward_share", KEY_REAL, offsetof(struct cells, forward), "1", .min = 0, .max = 1e18},
    {"backward_share", KEY_REAL, offsetof(struct cells, backward), "1", .min = 0, .max = 1e18}};

struct reader {
    struct profile *profile;
    int64_t parameters;
    double forward, backward;                /* sums */
    bool shares, forward_shares, operations; /* the file has them */
};

static bool has_columns(void *context, unsigned seen)
{
    const unsigned needed = 1u << TENSOR | 1u << PARAMETERS;
    struct reader *r = context;
    r->shares = (seen & 1u << BACKWARD) != 0;
    r->forward_shares = (seen & 1u << FORWARD) != 0;
    r->operations = (seen & 1u << OPERATIONS) != 0;
    return (seen & needed) == needed && (r->shares || !r->forward_shares);
}

/* "64x3x7x7" */
static bool read_shape(struct profile_tensor *t, const char *shape, char *why, size_t size)
{
    const int most = (int)(sizeof t->dim / sizeof *t->dim);
    int64_t n = 1, d;
    int used;
    const char *rest = shape;
    for (bool more = true; more; rest += used + more) {
        if (t->dims == most || !isdigit((unsigned char)*rest) ||
            sscanf(rest, "%9" SCNd64 "%n", &d, &used) != 1 || d < 1 || !strchr("x", rest[used])) {
            snprintf(why, size, "shape: expected 1 to %d dimensions, such as 64x3x7x7, got %s", most, shape);
            return false;
        }
        t->dim[t->dims++] = (int)d;
        n = n > MOST_PARAMETERS / d ? MOST_PARAMETERS + 1 : n * d;
        more = rest[used] == 'x';
    }
    if (n != t->parameters)
        snprintf(why, size, "shape: expected dimensions with the product %" PRId64 " (parameters), got %s",
                 t->parameters, shape);
    return n == t->parameters;
}

static bool append(struct reader *r, const struct cells *cells, char *why, size_t size)
{
    struct profile *p = r->profile;
    struct profile_tensor t = {.parameters = cells->parameters, .operations = cells->operations};
    double weight = (double)(r->operations ? cells->operations : cells->parameters);
    t.forward = r->forward_shares ? cells->forward : r->shares ? cells->backward : weight;
    t.backward = r->shares ? cells->backward : weight;
    if (cells->shape && !read_shape(&t, cells->shape, why, size))
        return false;
    t.name = text_copy(cells->tensor);
    p->at = need_one_more(p->at, (size_t)p->n, sizeof *p->at);
    p->at[p->n++] = t;
    p->operations += t.operations;
    r->forward += t.forward;
    r->backward += t.backward;
    return true;
}

static bool add(void *context, const void *row, char *why, size_t size)
{
    struct reader *r = context;
    const struct cells *cells = row;
    struct profile *p = r->profile;
    r->parameters += cells->parameters; /* at most MOST_TENSORS times MOST_PARAMETERS: no overflow */
    if (r->parameters > MOST_PARAMETERS)
        snprintf(why, size, "parameters: expected at most %.0e of all tensors together, got %" PRId64,
                 (double)MOST_PARAMETERS, r->parameters);
    else if (p->n == MOST_TENSORS)
        snprintf(why, size, "expected at most %d tensors", MOST_TENSORS);
    else if (strlen(cells->tensor) > LONGEST_TENSOR)
        snprintf(why, size, "tensor: expected at most %d bytes, got %zu", LONGEST_TENSOR,
                 strlen(cells->tensor));
    else if (cells->operations > MOST_OPERATIONS - p->operations)
        snprintf(why, size, "operations: expected at most %.0e of all tensors together, got more",
                 (double)MOST_OPERATIONS);
    else
        return append(r, cells, why, size);
    return false;
}

struct profile *profile_read(const char *path, char *error, size_t error_size)
{
    struct reader r = {.profile = need(sizeof *r.profile)};
    const struct table_file table = {.column = columns,
                                     .columns = COLUMNS,
                                     .row_size = sizeof(struct cells),
                                     .expected = "tensor,parameters and perhaps shape, operations, "
                                                 "backward_share, with this forward_share",
                                     .has_columns = has_columns,
                                     .add = add,
                                     .context = &r};
    bool good = table_read(&table, path, error, error_size);
    if (good && !(r.forward > 0 && r.backward > 0)) {
        snprintf(error, error_size, "%s: %s: expected a %s above 0, found none", path,
                 !r.shares        ? "operations"
                 : r.backward > 0 ? "forward_share"
                                  : "backward_share",
                 r.shares ? "share" : "number");
        good = false;
    }
    if (!good) {
        profile_free(r.profile);
        return NULL;
    }
    return r.profile;
}

struct profile *profile_of_layers(int64_t parameters, int64_t layers)
{
    struct profile *p = need(sizeof *p);
    p->n = (int)layers;
    p->at = need((size_t)layers * sizeof *p->at);
    for (int i = 0; i < p->n; i++)
        p->at[i] = (struct profile_tensor){.name = text_format("layer%d", i),
                                           .parameters = parameters / layers + (i < parameters % layers),
                                           .forward = 1,
                                           .backward = 1};
    return p;
}

void profile_free(struct profile *profile)
{
    for (int i = 0; profile && i < profile->n; i++)
        free(profile->at[i].name);
    free(profile ? profile->at : NULL);
    free(profile);
}
