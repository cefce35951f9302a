/* One value of the configuration: a field of the type its row says, read from text, checked, printed. */
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
    bool yes;
    int choice;
    char *text;
    struct reals reals;
    struct names names;
};

/* Makes *field "not given" without looking at what was there. */
void value_unset(const struct config_key *key, void *field);

/* Reads text (blanks around it do not count) into *field and frees what was there; empty text unsets a key
 * that may be left out. false: *field is as it was and error says "expected ..., got ...". */
bool value_read(const struct config_key *key, const char *text, void *field, char *error, size_t error_size);

/* Why an ini line could not carry this text; NULL: it can. */
const char *value_unwritable(const char *text);

/* Frees what the field owns and unsets it. */
void value_free(const struct config_key *key, void *field);

bool value_given(const struct config_key *key, const void *field);

/* As it would be written in an ini, and so that it reads back to the same bits; nothing for "not given". */
void value_print(const struct config_key *key, const void *field, FILE *out);

/* What is accepted, for people: "a duration > 0 such as 10ms or 1.5s". */
void value_describe(const struct config_key *key, FILE *out);

#endif
