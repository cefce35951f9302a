/* What the program can be asked for by name: algorithms, models, data sets, codecs. The lists belong to their
 * folders; this joins them with the configuration, so that nothing else in sim/ knows a name. */
#ifndef SIM_REGISTRY_H
#define SIM_REGISTRY_H

#include "algorithms/algorithm.h"
#include "algorithms/codecs/codec.h"
#include "models/model.h"
#include "sim/config/config.h"

/* The ini sections of all algorithms and codecs, with room for their parameters. */
const struct config_section *catalogue_sections(int *n);

/* Each ends the program with EXIT_USAGE and the nearest known name when there is none of that name. `key`
 * names the ini key. */
const struct algorithm *catalogue_algorithm(const char *name, const void **params);
const struct codec *catalogue_codec(const char *key, const char *name, const void **params);
const struct model_def *catalogue_model(const char *name);
void catalogue_check_dataset(const char *name);

/* --list what; unknown: EXIT_USAGE. On stdout, one line an entry: name, summary, source. */
void catalogue_list(const char *what);

#endif
