/* The names of models and data sets, for the table of the configuration's keys. */
#ifndef MODELS_WORDS_H
#define MODELS_WORDS_H

#include <stdbool.h>

extern const char *const model_words[];   /* zoo/list.c; ended by NULL */
extern const char *const dataset_words[]; /* data/list.c; likewise */

bool dataset_is_own(const char *name);       /* dataset_def.own of one of these */
bool model_name_has_sizes(const char *name); /* model_def.sizes of one of these */

#endif
