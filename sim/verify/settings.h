/* What resolved.ini promises of a run's files. */
#ifndef SIM_VERIFY_SETTINGS_H
#define SIM_VERIFY_SETTINGS_H

#include "sim/verify/finding.h"

struct settings; /* every key with its text */

struct settings *settings_read(const char *path, struct findings *f); /* NULL: with a finding */
void settings_free(struct settings *s);

/* false, with a finding: the key is missing or its value is no such thing. */
bool settings_workers(struct settings *s, int64_t *workers);
bool settings_trained(struct settings *s, bool *trained);
/* output.workers_every and faults.server_checkpoint_every; 1 without that key. */
bool settings_every(struct settings *s, int64_t *every);
bool settings_server_every(struct settings *s, int64_t *every);
int64_t settings_eval_every(struct settings *s); /* local iterations; 0: left out */

/* What the keys of an algorithm's section promise, whichever it has. */
struct limits {
    int64_t least_k, most_k; /* local iterations in a push; 1 and 2^61 without such keys */
    int64_t group;           /* pushes in an update (key k); 0: it has no such key */
    int64_t slack;           /* iterations that a worker may be ahead; -1: it has no such key */
    /* Pushes of a worker in an update, of which the last has the iterations; 1: it has no such key. */
    int64_t exchanges;
    /* Pushes of a worker that may be out at a time: its fragments, where the delay is more than their distance; else 1. */
    int64_t out;
    bool sizes_differ; /* of replies: there are exchanges, or its codec (its key warmup) says more at first */
};
struct limits settings_limits(struct settings *s, const char *algorithm);

/* Name i of experiment.algorithms; NULL after the last. Good until the next call. */
const char *settings_algorithm(struct settings *s, int i);

#endif
