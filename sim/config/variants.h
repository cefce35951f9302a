/* Variants of algorithms and codecs: the sections that a value such as "topk1: bsp" adds. */
#ifndef SIM_CONFIG_VARIANTS_H
#define SIM_CONFIG_VARIANTS_H

#include "sim/config/source.h"

/* Adds the sections of the variants in a value, or in a list of values, of a key that has a kind (key.h); those
 * that are there already are not added again. Slots may move, fields do not. false, with the reason in error: a
 * wrong name, an unknown algorithm, a variant of a variant, of two algorithms, or with the name of an algorithm. */
bool variants_declare(struct config_source *src, const struct config_key *key, const char *text, char *error,
                      size_t size);

/* Case, hyphens and underscores of a bare name do not count: it becomes the name of the section. If it has been
 * declared as a variant, it is that variant. false, with the reason in error: a name is there twice. */
bool variants_resolve(const struct config_source *src, const struct config_key *key, void *field, char *error,
                      size_t size);

/* The text of a list of values of such a key, with each variant as declared: "none, topk1: topk". The caller
 * frees. */
char *variants_list(const struct config_source *src, const struct config_key *key, const char *text);

/* The section of a variant that experiment.algorithms does not name, or of a codec that no other section names:
 * resolved.ini leaves it out, since nothing in it would declare the variant. */
bool variants_unused(const struct config_source *src, const struct config_section *section);

void variants_end(struct config_source *src); /* frees what variants_declare made */

#endif
