/* Everything that has a name: algorithms, models, data sets, codecs. Their folders have the lists; the registry
 * joins these with the configuration, so nothing else in sim/ knows a name. */
#ifndef SIM_REGISTRY_H
#define SIM_REGISTRY_H

#include "algorithms/algorithm.h"
#include "algorithms/codecs/codec.h"
#include "models/model.h"
#include "sim/config/config.h"
#include "sim/runtime/prepare.h"
#include "sim/verify/promises.h"

/* The ini sections of all algorithms and codecs. */
const struct config_section *registry_sections(int *n);

/* A codec's name may be that of a variant, "topk1: topk": then the parameters are the variant's.
 * Each ends the program with EXIT_USAGE and the nearest known name when there is none of that name. `key`
 * names the ini key. The parameters are those of this configuration. */
const struct algorithm *registry_algorithm(const struct config *cfg, const char *name, const void **params);
/* The same for name i of experiment.algorithms, with its names in the run. */
struct variant registry_variant(const struct config *cfg, int i);
const struct codec *registry_codec(const struct config *cfg, const char *key, const char *name,
                                   const void **params);
const struct model_def *registry_model(const char *name);

/* What algorithms and codecs promise to --verify. */
extern const struct promised_by registry_promises;

/* --list what, a word that options.c knows. On stdout, one line an entry: name, summary, source. */
void registry_list(const char *what);

#endif
