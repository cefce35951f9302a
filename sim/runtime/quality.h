/* What output.quality asks of a run, and what the evaluator finds of it:
 *
 *   evaluator   tallies of the test and the validation set, norm of the gradient --.
 *                                                  struct evaluation, shared memory |
 *   workers     distance of each local model; struct shared.compare ----------------+--> PS --> quality.csv, classes.csv
 *
 * The accuracies of labels, and with them those of clients, are the PS's work (server/quality.c). */
#ifndef SIM_RUNTIME_QUALITY_H
#define SIM_RUNTIME_QUALITY_H

#include "models/model.h"
#include "sim/runtime/run.h"
#include "sim/schema/quality.h"

/* Evaluations in the shared segment: result number i is in place i % EVALUATIONS. More than the ring of results has
 * room for, and the one being made and the one being read. */
enum { RESULT_SLOTS = 16, EVALUATIONS = RESULT_SLOTS + 2 };

struct evaluation {
    struct tally tally[JUDGED_SETS];
    double gradient_norm;
};

/* What is asked for, and whether it has a meaning here; otherwise the program ends with EXIT_USAGE. */
void quality_prepare(struct run *run);

bool quality_of_evaluator(const struct run *run); /* the evaluator has more to find than accuracy and loss */
bool quality_tallies(const struct run *run);      /* it counts by labels */

/* Where the evaluator leaves what it finds for result `number`; NULL: nothing is asked of it. */
struct evaluation *quality_evaluation(const struct run *run, int64_t number);

/* The split of the set; NULL: there is none. */
const struct split *quality_split(const struct run *run, enum judged_set set);

/* ---- the norm of the gradient ---- */

struct gradient_norm;

struct gradient_norm *gradient_norm_open(const struct run *run);
void gradient_norm_close(struct gradient_norm *g);
/* l2 norm of the gradient of the mean training loss at params. stats: BatchNorm's; they stay as they are. */
double gradient_norm_of(struct gradient_norm *g, struct waiter *me, const float *params, const float *stats);
/* Its memory, beside a workspace for training. */
size_t gradient_norm_bytes(const struct run *run);

#endif
