/* What DGA, DaSGD and, except for the parameters, CoCoD have in common: workers push their models every
 * local_steps and merge the mean `delay` steps later. */
#ifndef ALGORITHMS_DELAYED_H
#define ALGORITHMS_DELAYED_H

#include "algorithms/periodic.h"

struct delayed {
    struct periodic periodic;
    int64_t delay;
};

extern const struct config_key delayed_keys[];

enum { DELAYED_SENT, DELAYED_MEAN }; /* vectors of a worker: what it pushed, and the reply */

extern const struct protocol delayed_protocol;
bool delayed_check(const void *params, int workers, char *error, size_t error_size);
enum next delayed_decide(const struct worker_view *w);
void delayed_predict(const void *params, const struct prediction_input *in, struct prediction *out);
void delayed_pack(struct worker_state *w);

#endif
