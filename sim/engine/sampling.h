/* Many clients on few workers: in every round each worker plays another client, with that client's share of the
 * data and nothing else of its own but the vectors that an algorithm declares as such (shared_client). Which ones
 * is drawn without repetition, all sets equally probable, from the seed and the round alone: every process draws
 * the same. */
#ifndef SIM_ENGINE_SAMPLING_H
#define SIM_ENGINE_SAMPLING_H

#include <stdint.h>

struct sampling;

struct sampling *sampling_create(uint64_t seed, int workers, int clients); /* workers <= clients */
void sampling_free(struct sampling *c);                                    /* NULL: nothing */

/* round: the version of the model that it starts from. Costs workers^2 steps where the round is another than before. */
int sampling_client(struct sampling *c, int64_t round, int worker);

#endif
