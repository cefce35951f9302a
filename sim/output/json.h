/* A JSON writer: objects, arrays, members in the order written. A file is indented by two spaces. It is
 * written under a temporary name in the same folder, synced, and renamed when closed, so a file with its
 * final name is complete. A line on standard output is written at once, so that lines of several processes
 * do not mix. */
#ifndef SIM_OUTPUT_JSON_H
#define SIM_OUTPUT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"

struct json;

struct json *json_create(const char *path); /* the top level is an object */
struct json *json_line(void);               /* the same, for one line on standard output */
/* Closes the object. A file is synced and renamed over its path; a line is written. */
void json_close(struct json *json);

/* The errno of this process's first line that could not be written; 0: every line was written. */
int json_lost(void);

/* key: NULL inside arrays. */
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_end(struct json *json); /* ends the innermost object or array */
void json_text(struct json *json, const char *key, const char *value); /* NULL value: null */
void json_int(struct json *json, const char *key, int64_t value);
void json_wide(struct json *json, const char *key, int128 value);
void json_real(struct json *json, const char *key, double value); /* %.17g; NaN and infinity: null */
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
