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

/* Bounds of K from the algorithm's section, whichever it has: [1, 2^61] where it has none. */
void settings_local_steps(struct settings *s, const char *algorithm, int64_t *least, int64_t *most);

/* Name i of experiment.algorithms; NULL after the last. Good until the next call. */
const char *settings_algorithm(struct settings *s, int i);

#endif
