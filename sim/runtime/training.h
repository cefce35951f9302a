/* What [train] and the algorithm's own keys say about optimiser and learning rate, brought together: the own key
 * counts where it is given. */
#ifndef SIM_RUNTIME_TRAINING_H
#define SIM_RUNTIME_TRAINING_H

#include "sim/runtime/run.h"

void training_prepare(struct run *run); /* fills run->training */
/* params: of the algorithm. */
struct schedule training_rate(const struct config *cfg, const void *params);
/* Says which settings have no effect in this run; called once the codings are known. */
void training_say(const struct run *run);

#endif
