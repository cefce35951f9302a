/* Text for messages and tables. All results go into buffers of the caller or into fresh memory; the
 * environment's locale plays no part. */
#define _GNU_SOURCE /* vasprintf, open_memstream */
#include "sim/base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/base/fail.h"

enum { WORD_MAX = 63 }; /* no known name is longer, so no name is near a longer word */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return (char)tolower((unsigned char)c);
}

/* a and b are equal but for case, hyphens and underscores. */
static bool alike(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, "-_");
        b += strspn(b, "-_");
        if (lower(*a) != lower(*b))
            return false;
        if (!*a)
            return true;
    }
}

int text_find(const char *const *words, const char *text)
{
    int found = -1, n = 0;
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
        if (alike(words[i], text)) {
            found = i;
            n++;
        }
    }
    return n == 1 ? found : -1;
}

/* Levenshtein distance by dynamic programming, one row of the table at a time (Wagner and Fischer). */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], n = strlen(b);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j];
            size_t changed = corner + (lower(a[i - 1]) != lower(b[j - 1]));
            row[j] = least(changed, least(above, row[j - 1]) + 1);
            corner = above;
        }
    }
    return row[n];
}

/* The word is made of the first letters of the name's parts: "lr" of "learning_rate". */
static bool are_initials(const char *word, const char *name)
{
    for (char before = '_'; *name; before = *name++)
        if (before == '_' && lower(*name) != lower(*word++))
            return false;
    return !*word;
}

/* Two letters may be initials. Of longer words one begins with the other: "batch_size" and "batch". */
static bool is_short_for(const char *word, const char *name)
{
    size_t length = strlen(word), its = strlen(name), least_length = least(length, its);
    if (length >= 2 && strchr(name, '_') && are_initials(word, name))
        return true;
    return least_length >= 3 && strncasecmp(word, name, least_length) == 0 &&
           (length < its || word[its] == '_' || word[its] == '-');
}

/* The first name that the word may stand for. */
static const char *first_longer(const char *word, const char *(*name)(const void *context, size_t i),
                                const void *context)
{
    const char *candidate;
    for (size_t i = 0; (candidate = name(context, i)); i++)
        if (is_short_for(word, candidate))
            break;
    return candidate;
}

const char *text_nearest(const char *word, const char *(*name)(const void *context, size_t i),
                         const void *context)
{
    size_t length = strlen(word);
    if (length > WORD_MAX)
        return NULL;
    const char *nearest = NULL;
    size_t best = length / 3 + 2; /* one more than the largest distance that counts as near */
    const char *candidate;
    for (size_t i = 0; (candidate = name(context, i)); i++) {
        size_t its = strlen(candidate), least_changes = its > length ? its - length : length - its;
        if (its > WORD_MAX || least_changes >= best)
            continue;
        size_t d = distance(word, candidate);
        if (d < best) {
            best = d;
            nearest = candidate;
        }
    }
    return nearest ? nearest : first_longer(word, name, context);
}

/* Decimals that make three significant digits. The caller has scaled x to below 1023.5 or 999.5. */
static int decimals(double x)
{
    return x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
}

char *text_bytes(char *out, size_t size, uint64_t bytes)
{
    static const char *const unit[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        snprintf(out, size, "%d B", (int)bytes);
        return out;
    }
    double x = (double)bytes / 1024;
    size_t i = 0;
    for (; x >= 1023.5; i++) /* 1023.5 would be shown as 1024 */
        x /= 1024;
    snprintf(out, size, "%.*f %s", decimals(x), x, unit[i]);
    return out;
}

static void long_duration(char *out, size_t size, int64_t seconds)
{
    if (seconds < 3600)
        snprintf(out, size, "%d min %d s", (int)(seconds / 60), (int)(seconds % 60));
    else
        snprintf(out, size, "%lld h %d min", (long long)(seconds / 3600), (int)(seconds / 60 % 60));
}

char *text_duration(char *out, size_t size, int64_t ns)
{
    static const char *const unit[] = {"us", "ms", "s"};
    const int64_t second = 1000000000, longest = 120 * second;
    if (ns < 0 && size > 1) {
        out[0] = '-';
        text_duration(out + 1, size - 1, ns == INT64_MIN ? INT64_MAX : -ns);
        return out;
    }
    if (ns >= longest) {
        long_duration(out, size, ns / second + (ns % second >= second / 2));
        return out;
    }
    if (ns < 1000) {
        snprintf(out, size, "%d ns", (int)ns);
        return out;
    }
    double x = (double)ns / 1000;
    size_t i = 0;
    for (; i < 2 && x >= 999.5; i++)
        x /= 1000;
    snprintf(out, size, "%.*f %s", decimals(x), x, unit[i]);
    return out;
}

#define BEYOND 0x1p62 /* larger values do not fit the integer forms above */

char *text_bytes_real(char *out, size_t size, double bytes)
{
    if (bytes < BEYOND)
        return text_bytes(out, size, (uint64_t)bytes);
    snprintf(out, size, "%.12g EiB", round(bytes / 0x1p60));
    return out;
}

char *text_duration_real(char *out, size_t size, double ns)
{
    if (fabs(ns) < BEYOND)
        return text_duration(out, size, (int64_t)round(ns));
    snprintf(out, size, "%.12g h", round(ns / 3600e9));
    return out;
}

/* Steps back from the middle of a UTF-8 character to its start. */
static size_t character_start(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* The lead byte tells the length. Refused are continuation bytes as lead, overlong forms, surrogates, and
 * values above U+10FFFF. */
size_t text_character(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t n = c[0] < 0x80 ? 1 : c[0] >= 0xC2 && c[0] < 0xE0 ? 2 : (c[0] & 0xF0) == 0xE0 ? 3 : 4;
    if (n == 4 && (c[0] < 0xF0 || c[0] > 0xF4))
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xF0 && c[1] < 0x90);
    bool beyond = (c[0] == 0xED && c[1] >= 0xA0) || (c[0] == 0xF4 && c[1] >= 0x90);
    return overlong || beyond ? 0 : n;
}

char *text_quote(char *out, size_t size, const char *text)
{
    size_t room = size - sizeof "'...'", length = strlen(text);
    bool cut = length > room;
    if (cut)
        length = character_start(text, room);
    snprintf(out, size, "'%.*s%s'", (int)length, text, cut ? "..." : "");
    text_one_line(out);
    return out;
}

char *text_format(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        die(EXIT_RESOURCE, "no memory for a line of text");
    return text;
}

char *text_copy(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        die(EXIT_RESOURCE, "no memory for a line of text");
    return copy;
}

char *text_join(const char *a, const char *b, const char *c)
{
    size_t first = strlen(a), second = strlen(b), third = strlen(c);
    char *text = need(first + second + third + 1);
    memcpy(text, a, first);
    memcpy(text + first, b, second);
    memcpy(text + first + second, c, third);
    return text;
}

char *text_trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return text;
}

FILE *text_begin(char **text, size_t *size)
{
    FILE *out = open_memstream(text, size);
    if (!out)
        die_errno(EXIT_RESOURCE, "open_memstream");
    return out;
}

void text_end(FILE *out, char *const *text)
{
    if (ferror(out) | fclose(out) || !*text)
        die(EXIT_RESOURCE, "no memory for a text");
}
