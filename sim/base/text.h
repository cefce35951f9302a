/* Words and numbers for people: nearest known name, sizes, durations. Knows nothing of the simulator. */
#ifndef SIM_BASE_TEXT_H
#define SIM_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The name nearest to `word` (Levenshtein distance at most a third of its length + 1), or NULL.
 * name(context, i) gives candidate i, NULL after the last. */
const char *text_nearest(const char *word, const char *(*name)(const void *context, size_t i),
                         const void *context);

/* Short human forms, written into a buffer the caller gives and returned: "9.43 MiB", "12.4 s", "350 ms". */
char *text_bytes(char *out, size_t size, uint64_t bytes);
char *text_duration(char *out, size_t size, int64_t ns);
/* Likewise, of any size: an estimate or a sum may be more than an integer holds. Bytes: not below 0. */
char *text_bytes_real(char *out, size_t size, double bytes);
char *text_duration_real(char *out, size_t size, double ns);

/* 'text' in quotes for a one-line message: control characters become '?', a long text ends in "..."; size
 * is at least 6. */
char *text_quote(char *out, size_t size, const char *text);

/* Control characters become '?': a message stays one line, whatever is in a path. */
void text_one_line(char *text);

/* Bytes of the UTF-8 character that text begins with, 0: it begins with none. Text from outside may hold any bytes:
 * what reads a file of ours as UTF-8 gets TEXT_REPLACEMENT, U+FFFD, for each that is in no character. */
size_t text_character(const char *text);
#define TEXT_REPLACEMENT "\xEF\xBF\xBD"

/* Cuts blanks off the end, in place; returns where the text begins behind those before it. */
char *text_trim(char *text);

/* printf into fresh memory; the caller frees. Ends the program when there is no memory. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_copy(const char *text);

#endif
