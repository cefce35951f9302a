/* The value of one key: its field has the type that the row of the key gives. Reads, checks and prints
 * values. */
#ifndef SIM_CONFIG_VALUES_H
#define SIM_CONFIG_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/config/key.h"

/* Room for a field of any type. */
union field {
    int64_t integer;
    double real;
    struct fraction fraction;
    bool yes;
    int choice;
    char *text;
    struct reals reals;
    struct names names;
    struct milestones milestones;
};

/* Sets *field to "not given" without reading or freeing the old value. */
void value_unset(const struct config_key *key, void *field);

/* Reads text, without blanks around it, into *field, and frees the old value. Empty text unsets a key that
 * may be left out. false: *field keeps the old value, and error is "expected ..., got ...". */
bool value_read(const struct config_key *key, const char *text, void *field, char *error, size_t error_size);

/* Why an ini line cannot hold this text; NULL: it can. */
const char *value_unwritable(const char *text);

/* Frees what the field owns and unsets it. */
void value_free(const struct config_key *key, void *field);

bool value_given(const struct config_key *key, const void *field);

/* Prints the value as in an ini, so that it reads back to the same bits. Prints nothing for "not given". */
void value_print(const struct config_key *key, const void *field, FILE *out);
char *value_text(const struct config_key *key, const void *field); /* the same as a text; the caller frees */

/* Reading the text gives this value. */
bool value_is(const struct config_key *key, const void *field, const char *text);

/* Prints in words what the key accepts: "a duration > 0 such as 10ms or 1.5s". */
void value_describe(const struct config_key *key, FILE *out);

#endif
