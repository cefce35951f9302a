/* Reads whole files and tokens of JSON. Files of a run may be damaged or hostile, so every length is
 * bounded. */
#include "sim/export/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/verify/table.h"

/* ---- files ---- */

/* Reads the whole file, but stops when there are more than `most` bytes. */
static char *read_bytes(FILE *file, size_t most, size_t *bytes)
{
    size_t room = 1 << 16, got;
    char *all = need(room);
    *bytes = 0;
    while (*bytes <= most && (got = fread(all + *bytes, 1, room - 1 - *bytes, file)) > 0) {
        *bytes += got;
        if (*bytes == room - 1) {
            all = need_more(all, *bytes, 2 * room);
            room *= 2;
        }
    }
    all[*bytes] = '\0';
    return all;
}

char *scan_file(const char *path, size_t most, size_t *bytes, struct findings *f)
{
    f->file = path;
    f->line = 0;
    errno = 0;
    FILE *file = fopen(path, "rbe");
    char *all = file ? read_bytes(file, most, bytes) : NULL;
    bool failed = !file || ferror(file);
    if (failed) {
        die_if_short("reading %s", path);
        finding(f, "cannot be read: %s", strerror(errno));
    } else if (*bytes > most) {
        finding(f, "expected at most %zu bytes", most);
        failed = true;
    }
    if (file)
        fclose(file);
    if (!failed)
        return all;
    free(all);
    return NULL;
}

/* ---- tokens ---- */

static void skip_blanks(struct scan *s)
{
    for (; *s->at && strchr(" \t\r\n", *s->at); s->at++)
        s->f->line += *s->at == '\n';
}

static bool refuse(const struct scan *s, const char *wanted)
{
    char got[32], quoted[48];
    snprintf(got, sizeof got, "%.*s", (int)strcspn(s->at, "\n"), s->at);
    finding(s->f, "expected %s, got %s", wanted,
            *s->at ? text_quote(quoted, sizeof quoted, got) : "the end of the file");
    return false;
}

bool scan_is(struct scan *s, char c)
{
    skip_blanks(s);
    bool is = *s->at == c;
    s->at += is;
    return is;
}

bool scan_want(struct scan *s, char c)
{
    char wanted[] = {'\'', c, '\'', '\0'};
    return scan_is(s, c) || refuse(s, wanted);
}

bool scan_text(struct scan *s, char *out, size_t size)
{
    skip_blanks(s);
    size_t length = *s->at == '"' ? strcspn(s->at + 1, "\"\\\n") : 0;
    if (*s->at != '"' || s->at[1 + length] != '"' || length >= size)
        return refuse(s, "a short text");
    memcpy(out, s->at + 1, length);
    out[length] = '\0';
    s->at += length + 2;
    return true;
}

bool scan_int(struct scan *s, int64_t *value)
{
    char *end;
    skip_blanks(s);
    errno = 0;
    *value = *s->at >= '0' && *s->at <= '9' ? strtoll(s->at, &end, 10) : -1;
    if (*value < 0 || errno || *value > LARGEST_CELL)
        return refuse(s, "a whole number");
    s->at = end;
    return true;
}
