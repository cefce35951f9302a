/* Writes JSON: summary.json, run.json, parameters.json, and the lines of --json. A file is written as
 * FILE.tmp, synced and renamed; a line gathers in memory and leaves in one write. */
#include "sim/output/json.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"

enum { DEPTH = 32 };

struct json {
    FILE *file;
    char *path, *temporary; /* NULL: a line on standard output */
    char *line;             /* gathers the line */
    size_t length;
    int depth;          /* number of open objects and arrays */
    char close[DEPTH];  /* (depth) '}' or ']' */
    bool filled[DEPTH]; /* (depth) has a value: the next value needs a comma before it */
};

static _Noreturn void failed(const struct json *json)
{
    int reason = errno;
    unlink(json->temporary);
    errno = reason;
    die_errno(EXIT_RESOURCE, "writing %s", json->path);
}

static void open_level(struct json *json, char open, char close)
{
    assert(json->depth < DEPTH);
    putc(open, json->file);
    json->close[json->depth] = close;
    json->filled[json->depth] = false;
    json->depth++;
}

static void new_line(struct json *json)
{
    if (json->path)
        fprintf(json->file, "\n%*s", 2 * json->depth, "");
}

static void close_level(struct json *json)
{
    json->depth--;
    if (json->filled[json->depth])
        new_line(json);
    putc(json->close[json->depth], json->file);
}

struct json *json_create(const char *path)
{
    struct json *json = need(sizeof *json);
    json->path = text_copy(path);
    json->temporary = text_format("%s.tmp", path);
    disk_begin();
    json->file = fopen(json->temporary, "we");
    if (!json->file)
        die_errno(EXIT_RESOURCE, "making %s", json->temporary);
    disk_end();
    open_level(json, '{', '}');
    return json;
}

struct json *json_line(void)
{
    struct json *json = need(sizeof *json);
    json->file = open_memstream(&json->line, &json->length);
    if (!json->file)
        die_errno(EXIT_RESOURCE, "no memory for a line");
    open_level(json, '{', '}');
    return json;
}

static int lost; /* errno of the first line that could not be written; 0: every line was written */

int json_lost(void)
{
    return lost;
}

static void put_line(const struct json *json)
{
    if (fclose(json->file))
        die_errno(EXIT_RESOURCE, "no memory for a line");
    fwrite(json->line, 1, json->length, stdout);
    if (fflush(stdout) && lost == 0)
        lost = errno; /* the run goes on; the program reports the loss at its end */
    free(json->line);
}

/* The sync comes before the rename: a file with its final name is complete, even after a crash of the
 * machine. */
static void put_file(const struct json *json)
{
    if (fflush(json->file) || ferror(json->file) || !disk_sync(fileno(json->file)))
        failed(json);
    if (fclose(json->file))
        failed(json);
    if (rename(json->temporary, json->path))
        die_errno(EXIT_RESOURCE, "renaming %s to %s", json->temporary, json->path);
}

void json_close(struct json *json)
{
    assert(json->depth == 1);
    close_level(json);
    putc('\n', json->file);
    disk_begin();
    if (json->path)
        put_file(json);
    else
        put_line(json);
    disk_end();
    free(json->path);
    free(json->temporary);
    free(json);
}

/* Escapes control characters, quotes and backslashes. JSON is UTF-8, so a byte that belongs to no
 * character becomes U+FFFD (bytes = 0). */
static void put_character(FILE *file, const char *text, size_t bytes)
{
    if (bytes == 0)
        fputs(TEXT_REPLACEMENT, file);
    else if (*text == '"' || *text == '\\')
        fprintf(file, "\\%c", *text);
    else if (*text == '\n' || *text == '\t')
        fputs(*text == '\n' ? "\\n" : "\\t", file);
    else if ((unsigned char)*text < 0x20)
        fprintf(file, "\\u%04x", (unsigned)*text);
    else
        fwrite(text, 1, bytes, file);
}

static void put_string(FILE *file, const char *text)
{
    putc('"', file);
    while (*text) {
        size_t bytes = text_character(text);
        put_character(file, text, bytes);
        text += bytes ? bytes : 1;
    }
    putc('"', file);
}

/* Writes what comes before a value: the comma, the new line and the key. */
static void begin_value(struct json *json, const char *key)
{
    int top = json->depth - 1;
    assert((key == NULL) == (json->close[top] == ']'));
    if (json->filled[top])
        putc(',', json->file);
    json->filled[top] = true;
    new_line(json);
    if (key) {
        put_string(json->file, key);
        fputs(": ", json->file);
    }
}

void json_object(struct json *json, const char *key)
{
    begin_value(json, key);
    open_level(json, '{', '}');
}

void json_array(struct json *json, const char *key)
{
    begin_value(json, key);
    open_level(json, '[', ']');
}

void json_end(struct json *json)
{
    assert(json->depth > 1); /* json_close ends the outermost object */
    close_level(json);
}

void json_text(struct json *json, const char *key, const char *value)
{
    begin_value(json, key);
    if (value)
        put_string(json->file, value);
    else
        fputs("null", json->file);
}

void json_int(struct json *json, const char *key, int64_t value)
{
    begin_value(json, key);
    fprintf(json->file, "%" PRId64, value);
}

void json_wide(struct json *json, const char *key, int128 value)
{
    char digits[WIDE_DIGITS];
    begin_value(json, key);
    fputs(wide_text(digits, value), json->file);
}

void json_real(struct json *json, const char *key, double value)
{
    begin_value(json, key);
    if (isfinite(value))
        fprintf(json->file, "%.17g", value);
    else /* JSON has no word for NaN and infinity */
        fputs("null", json->file);
}

void json_bool(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    fputs(value ? "true" : "false", json->file);
}

void json_null(struct json *json, const char *key)
{
    begin_value(json, key);
    fputs("null", json->file);
}
