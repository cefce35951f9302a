/* The table of configuration keys. */
#ifndef SIM_CONFIG_KEYS_H
#define SIM_CONFIG_KEYS_H

#include "sim/config/config.h"

/* The sections of the program itself, ended by a NULL name. Offsets count from the start of struct config;
 * params_size is 0. */
extern const struct config_section config_sections[];

extern const char keys_sweep[]; /* Markdown text for KEYS.md: the rows of the grid in [sweep] */
extern const char keys_tune[];  /* the same: the rows of [tune] */

#endif
