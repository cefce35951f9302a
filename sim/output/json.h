/* A JSON writer: objects, arrays, members in the order written. A file has two spaces of indentation; it is written
 * under a temporary name in the same folder and renamed when closed, so a file that is there is complete (fsync
 * before the rename). A line on standard output is written whole, so that lines of several processes do not mix. */
#ifndef SIM_OUTPUT_JSON_H
#define SIM_OUTPUT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"

struct json;

struct json *json_create(const char *path); /* the top level is an object */
struct json *json_line(void);               /* the same, for one line on standard output */
void json_close(struct json *json); /* closes it, syncs, renames over path, or writes the line at once */

/* The errno with which the first line of this process was lost; 0: none was. */
int json_lost(void);

/* key: NULL inside arrays. */
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_end(struct json *json);                                      /* of the innermost object or array */
void json_text(struct json *json, const char *key, const char *value); /* NULL value: null */
void json_int(struct json *json, const char *key, int64_t value);
void json_wide(struct json *json, const char *key, int128 value);
void json_real(struct json *json, const char *key, double value); /* %.17g; NaN and infinity: null */
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
