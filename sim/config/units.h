/* Numbers with units. A decimal prefix is read as a shift of the decimal exponent and every other factor is a
 * power of two, so "1.7ms" is exactly the double nearest 0.0017, and what is printed reads back to the same
 * double. Independent of the locale. */
#ifndef SIM_CONFIG_UNITS_H
#define SIM_CONFIG_UNITS_H

#include <stdbool.h>
#include <stdio.h>

struct unit {
    const char *name;
    int exponent; /* of ten */
    double scale; /* a power of two */
};

struct quantity {
    const char *one, *many;   /* "a duration", "durations" */
    const char *examples;     /* "10ms or 1.5s"; NULL: none needed */
    const struct unit *units; /* ended by a NULL name, the preferred ones first; NULL: plain numbers */
    int shown;                /* values are printed in one of the first `shown` units */
    bool bare;                /* a number without unit is in base units */
    bool infinite;            /* "inf" is a value */
    bool bits;                /* bits are easily taken for bytes */
};

/* Reads all of text (no blanks around it) into *value, in base units. NULL, or why not: a hint, perhaps
 * empty. */
const char *quantity_read(const struct quantity *q, const char *text, double *value);

/* The shortest text that reads back to exactly value. */
void quantity_print(const struct quantity *q, double value, FILE *out);

#endif
