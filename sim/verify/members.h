/* Reads the top-level members of a JSON file that sim/output/json.c wrote: one member a line, indented by two
 * blanks. Members of nested objects are passed over. */
#ifndef SIM_VERIFY_MEMBERS_H
#define SIM_VERIFY_MEMBERS_H

#include "sim/schema/columns.h"
#include "sim/verify/finding.h"

struct members;

/* Reads the file. NULL: the file cannot be read or is cut off; a finding says so. path is kept by pointer.
 * This call and every later call for a member set file and line of the findings to the place in this file. */
struct members *members_read(const char *path, struct findings *f);
void members_free(struct members *m);

/* Each reads one member. false, with a finding: there is no such member, or its value has another kind. */
bool members_int(struct members *m, const char *name, int64_t *value);
bool members_wide(struct members *m, const char *name, int128 *value); /* a sum over workers */
bool members_real(struct members *m, const char *name, double *value); /* null: NAN */
bool members_bool(struct members *m, const char *name, bool *value);

/* Reads every member of the table into the row's struct. false, with a finding: a required member is
 * missing. Texts stay as they are, and so do members that may be null and are. faults: the
 * members WITH_FAULTS are required too. */
bool members_take(struct members *m, const struct columns *columns, bool faults, void *row);

/* The member's text without its quotes, escapes as they are; NULL, without a finding: there is none. The caller frees. */
char *members_text(struct members *m, const char *name);

/* Whether the member is a text and equals the word. Adds no finding. */
bool members_has(struct members *m, const char *name); /* no finding */
bool members_is(struct members *m, const char *name, const char *word);

#endif
