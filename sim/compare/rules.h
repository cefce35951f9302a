/* What the section [compare] asks for. */
#ifndef SIM_COMPARE_RULES_H
#define SIM_COMPARE_RULES_H

#include "sim/compare/verdict.h"

struct config_source;

/* Reads the rules of a finished configuration. false, with one line in error: a reference that does not run, a measure
 * that there is not, fewer than two algorithms, nothing that is trained, a row of [sweep] that a comparison cannot have
 * (the seed, or a key of one algorithm). */
bool rules_read(struct verdict_rules *rules, const struct config_source *src, char *error, size_t size);

/* When the final accuracy is measured: "after 60 s of virtual time". The caller frees. */
char *rules_after(const struct config_source *src);

#endif
