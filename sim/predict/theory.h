/* What theory predicts for a run: the algorithm's closed forms (algorithms/predict.h), fed with the closed
 * form of its exchange (sim/time/closed_form.h). Reads the conductor's specification, and does not run the
 * conductor. Where the run differs from the prediction, the cause is jitter, contention or unequal
 * workers, which no closed form covers. */
#ifndef SIM_PREDICT_THEORY_H
#define SIM_PREDICT_THEORY_H

#include "algorithms/predict.h"
#include "sim/engine/conductor.h"
#include "sim/time/closed_form.h"

/* The exchange of one round: all pushes and all replies. Where a step of the model takes several
 * exchanges: their sum. up = NAN: there is no closed form. */
struct closed_form theory_exchange(const struct conductor_spec *spec);
/* The same of pushes that leave in buckets while their last local iteration is computed, from the end of that iteration;
 * without network.overlap they are all others. */
struct closed_form theory_early(const struct conductor_spec *spec);

struct
    round_bytes { /* that the workers send, that the PS sends; where a step takes several exchanges: means over them */
    double up, down;
};
struct round_bytes theory_round_bytes(const struct conductor_spec *spec);

/* What coding takes in a step of the model, in ns: a worker's part; that of the PS, or of a shard. */
struct theory_coding {
    double encode, decode, server_decode, server_encode;
    int shards;
    bool gathers; /* a worker decodes the codes of all others */
};
struct theory_coding theory_coding(const struct conductor_spec *spec);

/* false: the algorithm has no closed form, or a codec warms up. */
bool theory_predict(const struct conductor_spec *spec, struct prediction *out);
/* Why the run may not take exactly as long as the closed form says; NULL: it does. With unequal workers the closed
 * form may be longer. */
const char *theory_doubt(const struct conductor_spec *spec);
/* The virtual time of the run by the closed form, in ns; -1: not known. With unequal workers the closed
 * form may give more than the run takes. */
int64_t theory_ns(const struct conductor_spec *spec);

#endif
