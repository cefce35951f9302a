/* What resolved.ini promises about a run's files. */
#ifndef SIM_VERIFY_SETTINGS_H
#define SIM_VERIFY_SETTINGS_H

#include "sim/schema/quality.h"
#include "sim/verify/finding.h"
#include "sim/verify/promises.h"

struct settings; /* every key with its text */

/* NULL, with a finding: the file cannot be read. path is kept by pointer. */
struct settings *settings_read(const char *path, struct findings *f);
void settings_free(struct settings *s);

/* false, with a finding: the key is missing, or its value has the wrong kind. */
bool settings_workers(struct settings *s, int64_t *workers);
bool settings_trained(struct settings *s, bool *trained);
/* output.workers_every and faults.server_checkpoint_every; 1 when the key is missing. */
bool settings_every(struct settings *s, int64_t *every);
bool settings_server_every(struct settings *s, int64_t *every);
int64_t settings_eval_every(struct settings *s); /* local iterations; 0: left out */

const char *settings_milestones(struct settings *s); /* output.at; "" when it is left out */

quality_set settings_quality(struct settings *s); /* output.quality; none when it is left out */

/* The bounds that an algorithm promises, as the keys of its section set them. */
struct limits {
    int64_t least_k, most_k; /* local iterations in a push; 1 and 2^61 without a promise */
    int64_t group;           /* pushes in an update; 0: no promise */
    int64_t slack;           /* iterations that a worker may be ahead of the slowest; -1: no promise */
    int64_t exchanges;       /* pushes of a worker in a step of the model; only the last has iterations */
    int64_t out;             /* pushes of a worker in flight at a time, when its fragments overlap; else 1 */
    bool pushes_differ; /* pushes differ in size: exchanges, compress_after, fragments, a codec's warm-up */
    bool sizes_differ;  /* replies differ in size: exchanges, compress_after, a codec's warm-up */
};
struct limits settings_limits(struct settings *s, const struct promised_by *by, const char *algorithm);

/* Where a run ends: at the first update at or past one of these. */
struct ends {
    int64_t iterations, ns, bytes; /* 0: no such bound */
    double epochs;                 /* 0: no such bound */
    bool at_target;                /* experiment.stop = target */
    bool drains;                   /* the algorithm pushes what is left after the end */
};
struct ends settings_ends(struct settings *s, const char *algorithm);

double settings_target(struct settings *s); /* experiment.target_accuracy, 0 .. 1; 0: left out */
/* sweep.halving of a sweep, and whether sweep.tune is loss. false: it is not halved. */
bool settings_halving(struct settings *s, int64_t *eta, bool *by_loss);
bool settings_validates(struct settings *s); /* data.validation is above 0 */

/* The exchange that the algorithm asks for: its exchange_by, or network.exchange; "server" when they are left out. own:
 * whether the algorithm itself does. */
const char *settings_exchange(struct settings *s, const char *algorithm, bool *own);
bool settings_colocated(struct settings *s); /* server.colocated */
/* Whether the algorithm asks for overlap with back-propagation. own: its own key does. */
bool settings_overlap(struct settings *s, const char *algorithm, bool *own);
bool settings_codes(struct settings *s); /* a cost of encoding or decoding is above 0 */

/* Name i of experiment.algorithms; NULL after the last. Good until the next call. */
const char *settings_algorithm(struct settings *s, int i);

#endif
