/* Rows and keys of [sweep] that the program itself gives. */
#ifndef SIM_TUNE_TRIALS_H
#define SIM_TUNE_TRIALS_H

#include "sim/tune/tuning.h"

bool trials_set(struct config_source *src, const char *key, const char *value, char *error, size_t size);

/* Adds a row with these values, or sets the key where a row could not say that there is one value. */
bool trials_add(struct config_source *src, const char *key, char *const *value, int n, char *error,
                size_t size);

#endif
