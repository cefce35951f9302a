/* Reads the top-level members of a JSON file as sim/output/json.c writes it: one a line, indented by two.
 * What lies deeper is passed over. */
#ifndef SIM_VERIFY_MEMBERS_H
#define SIM_VERIFY_MEMBERS_H

#include "sim/schema/columns.h"
#include "sim/verify/finding.h"

struct members;

/* NULL: it cannot be read, or is not whole; a finding says so. path is kept by pointer; file and line of the
 * findings become its own here and with every member asked for. */
struct members *members_read(const char *path, struct findings *f);
void members_free(struct members *m);

/* false, with a finding: there is no such member, or it is of another kind. */
bool members_int(struct members *m, const char *name, int64_t *value);
bool members_wide(struct members *m, const char *name, int128 *value); /* a sum over workers */
bool members_real(struct members *m, const char *name, double *value); /* null: NAN */
bool members_bool(struct members *m, const char *name, bool *value);

/* All of them into the row's struct, by the table; false, with a finding, when one that must be there is
 * not. Texts and hashes stay as they are, and so does what may be null and is. faults: members WITH_FAULTS
 * are expected too. */
bool members_take(struct members *m, const struct columns *columns, bool faults, void *row);

bool members_is(struct members *m, const char *name, const char *word); /* a text; no finding */

#endif
