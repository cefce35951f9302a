/* Fractions of whole numbers, which no double could hold: a third is 1/3. */
#ifndef SIM_CONFIG_FRACTION_H
#define SIM_CONFIG_FRACTION_H

#include <stdio.h>

#include "sim/config/key.h"

/* Reads "1/3" or "0.25" into *out, in lowest terms. Returns NULL, or, for an error, a hint that may be empty. */
const char *fraction_read(const char *text, struct fraction *out);

/* A decimal where one is exact: 0.25; otherwise 1/3. */
void fraction_print(const struct fraction *fraction, FILE *out);

double fraction_value(const struct fraction *fraction);

#endif
