/* Which keys may differ between a run and another one that has its numbers. The streams prove that numbers are the
 * same (compare.h); keys tell the user why they are not, before anything is played. */
#ifndef SIM_RETIME_KEYS_H
#define SIM_RETIME_KEYS_H

#include "sim/config/source.h"

/* The key says how long something takes, how exchanges are made, or what is shown: a model does not depend on it but by
 * the order of events. */
bool keys_may_differ(const struct slot *slot);

struct keys_pair {
    const struct config_source *there, *here; /* there: of the run that has trained, ... */
    const char *folder;                       /* ... in this folder */
};

/* The keys of this algorithm; NULL: those of no single one. false, with the first one that may not differ, but has
 * different values, in error. */
bool keys_agree(const struct keys_pair *pair, const char *algorithm, char *error, size_t size);

/* A number of the same keys that may not differ, with their values, that other values do not have. */
uint64_t keys_hash(const struct config_source *src, const char *algorithm);

#endif
