/* What a row of the key table says about its values, for reading (values.c) and for printing (show.c). */
#ifndef SIM_CONFIG_KINDS_H
#define SIM_CONFIG_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/config/key.h"
#include "sim/config/units.h"

/* The kind of the key's number, or of each number in its list; NULL: the key has no numbers. */
const struct quantity *key_quantity(const struct config_key *key);

/* Bytes that need a unit: a milestone is a time or such an amount. */
const struct quantity *kinds_amount(void);

bool key_is_list(const struct config_key *key); /* of numbers */
size_t key_field_size(const struct config_key *key);

bool key_bounded_below(const struct config_key *key);
bool key_bounded_above(const struct config_key *key);

#endif
