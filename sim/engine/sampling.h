/* More clients than workers: in every round each worker acts for another client, with the client's share
 * of the data and the vectors that the algorithm declares as the client's (vectors_client()), and keeps
 * nothing else from the round before. The clients of a round are drawn without repetition, and all sets
 * are equally probable. The draw depends only on the seed and the round, so every process gets the same
 * answer, in any order of rounds. */
#ifndef SIM_ENGINE_SAMPLING_H
#define SIM_ENGINE_SAMPLING_H

#include <stdint.h>

struct sampling; /* keeps the rounds last asked for */

struct sampling *sampling_create(uint64_t seed, int workers, int clients); /* workers <= clients */
void sampling_free(struct sampling *s);                                    /* NULL: nothing */

/* The client of a worker in a round. round: the version of the model with which the round starts. All clients of
 * a round are drawn at once: a process with workers in the same round, or in two rounds in a row,
 * draws each round once. */
int sampling_client(struct sampling *s, int64_t round, int worker);

#endif
