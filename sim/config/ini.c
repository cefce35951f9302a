/* Reads an ini file through inih. next_line hands the lines to inih and checks each: what inih would
 * accept silently but change (cut, join, skip) is refused here, with path and line.
 *
 *   file --next_line: checks--> inih --on_key--> visitor of the caller */
#include "sim/config/ini.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

enum {
    LINE_MAX_BYTES = 65536,
    SECTION_MAX = 49, /* inih cuts longer names */
    LINE_END = 3,     /* bytes inih keeps for "\r\n" and NUL */
    FIRST_BYTES = 65536,
    MOST_BYTES = 16 << 20,
    NO_MEMORY = -2 /* ini_parse_stream returns this without memory */
};

/* Debian's inih takes its limits from these variables. Weak, because other builds of it lack them: there a
 * line may be as long as the buffer that inih hands to the reader. */
extern bool ini_use_stack __attribute__((weak));
extern int ini_initial_alloc __attribute__((weak));
extern int ini_max_line __attribute__((weak));

struct reader {
    FILE *file;
    const char *path;
    ini_visitor *visit;
    void *user;
    int line;
    bool in_section, failed;
    char *error;
    size_t error_size;
};

static bool refuse(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct reader *r, const char *format, ...)
{
    char why[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    snprintf(r->error, r->error_size, "%s:%d: %s", r->path, r->line, why);
    r->failed = true;
    return false;
}

static bool tell(struct reader *r, const char *section, const char *key, const char *value)
{
    struct ini_entry entry = {r->line, section, key, value};
    char why[1024] = "";
    bool good = r->visit(r->user, &entry, why, sizeof why);
    if (!good)
        refuse(r, "%s", why);
    return good;
}

/* The visitor gets a section's header from here and not from inih, which never reports an empty section. */
static bool check_header(struct reader *r, const char *line)
{
    char name[SECTION_MAX + 1];
    const char *end = strchr(line, ']');
    if (!end)
        return refuse(r, "'[' without ']'");
    if (end[1 + strspn(end + 1, " \t\r")])
        return refuse(r, "unexpected text behind ']' (a comment there starts with ' ;')");
    size_t length = (size_t)(end - line) - 1;
    if (length > SECTION_MAX)
        return refuse(r, "section name longer than %d characters", SECTION_MAX);
    snprintf(name, sizeof name, "%.*s", (int)length, line + 1);
    r->in_section = true;
    return tell(r, name, NULL, NULL);
}

static bool check_key(struct reader *r, const char *line)
{
    char quoted[80];
    size_t name = strcspn(line, "=:"); /* inih would split at a colon, too */
    if (line[name] != '=')
        return refuse(r, "expected 'key = value', got %s", text_quote(quoted, sizeof quoted, line));
    if (name == 0)
        return refuse(r, "no key in front of '='");
    if (!r->in_section)
        return refuse(r, "key in front of the first [section]");
    return true;
}

static void cut_comment(char *line)
{
    for (char *c = line + 1; *c; c++)
        if (*c == ';' && isspace((unsigned char)c[-1])) {
            *c = '\0';
            return;
        }
}

static bool check_line(struct reader *r, char *line)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (r->line == 1 && strncmp(line, mark, strlen(mark)) == 0)
        memmove(line, line + strlen(mark), strlen(line) - strlen(mark) + 1);
    const char *text = line;
    while (isspace((unsigned char)*text))
        text++;
    if (*text == ';' || *text == '#' || !*text) {
        *line = '\0';
        return true;
    }
    if (text > line)
        return refuse(r, "indented line: keys and sections start in the first column");
    cut_comment(line);
    return *line == '[' ? check_header(r, line) : check_key(r, line);
}

/* false: an error, or the end of the file. */
static bool read_line(struct reader *r, char *line, int room)
{
    int c, n = 0;
    r->line++;
    while ((c = getc_unlocked(r->file)) != EOF && c != '\n') {
        if (c == '\0')
            return refuse(r, "NUL byte: this is not a text file");
        if (n == room)
            return refuse(r, "line longer than %d bytes", room);
        line[n++] = (char)c;
    }
    line[n] = '\0';
    if (ferror(r->file))
        return refuse(r, "%s", strerror(errno));
    return c != EOF || n > 0;
}

/* inih calls this function instead of fgets. */
static char *next_line(char *line, int size, void *user)
{
    struct reader *r = user;
    int room = size - LINE_END < LINE_MAX_BYTES ? size - LINE_END : LINE_MAX_BYTES;
    return !r->failed && read_line(r, line, room) && check_line(r, line) ? line : NULL;
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
    return tell(user, section, key, value);
}

static bool is_folder(FILE *file)
{
    struct stat status;
    return fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode);
}

/* NULL: `error` says why the file cannot be read. */
static FILE *open_ini(const char *path, char *error, size_t error_size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        die_if_short("opening %s", path);
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        return NULL;
    }
    if (is_folder(file)) {
        fclose(file);
        snprintf(error, error_size, "%s: expected an ini file, got a folder", path);
        return NULL;
    }
    return file;
}

static bool parse(struct reader *r)
{
    bool limits = &ini_use_stack && &ini_initial_alloc && &ini_max_line; /* GCOVR_EXCL_BR_LINE */
    if (limits) {              /* GCOVR_EXCL_BR_LINE: always here, other builds of inih have none */
        ini_use_stack = false; /* on the heap, and long enough for every line at once */
        ini_initial_alloc = ini_max_line = LINE_MAX_BYTES + LINE_END;
    }
    int status = ini_parse_stream(next_line, r, on_key, r);
    if (status == NO_MEMORY)
        die(EXIT_RESOURCE, "no memory to read %s", r->path);
    if (status && !r->failed)
        refuse(r, "inih cannot read this (its status is %d)", status);
    fclose(r->file);
    return !r->failed;
}

bool ini_visit(const char *path, ini_visitor *visit, void *user, char *error, size_t error_size)
{
    struct reader r = {.path = path, .visit = visit, .user = user, .error = error, .error_size = error_size};
    r.file = open_ini(path, error, error_size);
    return r.file && parse(&r);
}

bool ini_visit_text(const char *path, const struct ini_text *text, ini_visitor *visit, void *user,
                    char *error, size_t error_size)
{
    struct reader r = {.path = path, .visit = visit, .user = user, .error = error, .error_size = error_size};
    r.file = fmemopen(text->bytes, text->n, "r");
    if (!r.file)
        die_errno(EXIT_RESOURCE, "no memory to read %s", path);
    return parse(&r);
}

/* ---- reading the bytes of an ini into memory ---- */

static int lines_in(const struct ini_text *text)
{
    int lines = 1;
    for (size_t i = 0; i < text->n; i++)
        lines += text->bytes[i] == '\n';
    return lines;
}

/* Why the bytes read last are not the bytes of an ini; NULL: they may be. */
static const char *why_not(const struct ini_text *text, size_t got, FILE *file)
{
    if (ferror(file))
        return strerror(errno);
    if (got > 0 && memchr(text->bytes + text->n - got, '\0', got))
        return "NUL byte: this is not a text file";
    return text->n > MOST_BYTES ? "expected an ini file, got more than 16 MiB" : NULL;
}

bool ini_read(struct ini_text *text, const char *path, char *error, size_t error_size)
{
    FILE *file = open_ini(path, error, error_size);
    const char *why = NULL;
    size_t got = 1;
    if (!file)
        return false;
    *text = (struct ini_text){.bytes = need(1)};
    for (size_t room = 0; got > 0 && !why;) {
        if (text->n == room) {
            room = room ? 2 * room : FIRST_BYTES;
            text->bytes = need_more(text->bytes, text->n, room);
        }
        got = fread(text->bytes + text->n, 1, room - text->n, file);
        text->n += got;
        why = why_not(text, got, file);
    }
    if (why)
        snprintf(error, error_size, "%s:%d: %s", path, lines_in(text), why);
    fclose(file);
    return !why;
}
