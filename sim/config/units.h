/* Numbers with units. A decimal prefix shifts the decimal exponent, and every other factor is a power of
 * two. So "1.7ms" is exactly the double nearest to 0.0017, and a printed number reads back to the same
 * double. Independent of the locale. */
#ifndef SIM_CONFIG_UNITS_H
#define SIM_CONFIG_UNITS_H

#include <stdbool.h>
#include <stdio.h>

struct unit {
    const char *name;
    int exponent; /* power of ten */
    double scale; /* a power of two, which multiplies */
};

struct quantity {
    const char *one, *many;   /* "a duration", "durations" */
    const char *examples;     /* "10ms or 1.5s"; NULL: no examples */
    const struct unit *units; /* ended by a NULL name, preferred units first; NULL: plain numbers */
    int shown;                /* values are printed in one of the first `shown` units */
    bool bare;                /* a number without unit is in base units */
    bool infinite;            /* "inf" is a value */
    bool bits;                /* a unit of bits can be mistaken for bytes: hints explain it */
};

/* Reads the whole text, without blanks around it, into *value, in base units. Returns NULL, or, for an
 * error, a hint that may be empty. */
const char *quantity_read(const struct quantity *q, const char *text, double *value);

/* Prints the shortest text that reads back to exactly value. */
void quantity_print(const struct quantity *q, double value, FILE *out);

#endif
