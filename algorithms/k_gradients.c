#include "algorithms/k_gradients.h"

#include <inttypes.h>
#include <stdio.h>

const struct config_key k_keys[] = {{"k", KEY_INT, offsetof(struct k_params, k), "4", .min = 1, .max = 32767,
                                     .help = "gradients in an update; at most the number of workers"},
                                    {NULL}};

const struct promises k_promises = {.update_pushes = offsetof(struct k_params, k)};

bool k_check(const void *params, int workers, char *error, size_t error_size)
{
    const struct k_params *p = params;
    if (p->k <= workers)
        return true;
    snprintf(error, error_size, "k: expected at most cluster.workers = %d, got %" PRId64, workers, p->k);
    return false;
}

bool k_complete(const struct server_view *s)
{
    return s->held == ((const struct k_params *)s->params)->k;
}

void k_admit_sync(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    v->drop = push->base < s->version;
    if (v->drop || !k_complete(s))
        return;
    v->combine = v->cancel = v->answer_all = true;
}
