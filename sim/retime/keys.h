/* Which keys may differ between a run and another one that has its numbers. The streams prove that numbers are the
 * same (compare.h); keys tell the user why they are not, before anything is played. */
#ifndef SIM_RETIME_KEYS_H
#define SIM_RETIME_KEYS_H

#include "sim/config/source.h"

/* The key says how long something takes, how exchanges are made, or what is shown: a model does not depend on it but by
 * the order of events. */
bool keys_may_differ(const struct slot *slot);

/* false, with the first other key that has different values in error. there: of the run that has trained, in this
 * folder. */
bool keys_agree(const struct config_source *there, const struct config_source *here, const char *folder,
                char *error, size_t size);

/* A number of the keys that may not differ, with their values, that other values do not have. */
uint64_t keys_hash(const struct config_source *src);

#endif
