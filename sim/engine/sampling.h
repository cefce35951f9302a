/* Many clients on few workers: in every round each worker acts for another client, with that client's share
 * of the data and the vectors that the algorithm declares as the client's (vectors_client()), and nothing else
 * from the round before. The clients of a round are drawn without repetition, all sets being equally
 * probable, from the seed and the round alone. Pure: every process that asks gets the same answer, in any
 * order of rounds. */
#ifndef SIM_ENGINE_SAMPLING_H
#define SIM_ENGINE_SAMPLING_H

#include <stdint.h>

struct sampling; /* never changes */

struct sampling *sampling_create(uint64_t seed, int workers, int clients); /* workers <= clients */
void sampling_free(struct sampling *s);                                    /* NULL: nothing */

/* round: the version of the model that it starts from. The clients of all workers, for one that asks about
 * many: */
void sampling_round(const struct sampling *s, int64_t round, int *client /* (workers) */);
/* ... and of one worker; this costs as many draws as the worker's rank. */
int sampling_client(const struct sampling *s, int64_t round, int worker);

#endif
