/* Text for human readers: the nearest known name, sizes, durations, quotes. Knows nothing of the
 * simulator. */
#ifndef SIM_BASE_TEXT_H
#define SIM_BASE_TEXT_H

#include <stdio.h>
#include <stddef.h>
#include <stdint.h>

/* The number of the word (words ended by NULL) that equals `text`, or else of the only one that equals it but
 * for case, hyphens and underscores: "CIFAR-10" is "cifar10". -1: there is none. */
int text_find(const char *const *words, const char *text);

/* The name nearest to `word`: with a Levenshtein distance of at most a third of the word's length + 1, or else
 * the first one that begins with the word, with which the word begins ("batch_size": "batch"), or that the word
 * abbreviates ("lr": "learning_rate"). NULL: there is none. Case does not count. name(context, i) returns candidate i, and
 * NULL after the last. */
const char *text_nearest(const char *word, const char *(*name)(const void *context, size_t i),
                         const void *context);

/* Short forms: "9.43 MiB", "12.4 s", "350 ms". They are written into the caller's buffer, which is
 * returned. */
char *text_bytes(char *out, size_t size, uint64_t bytes);
char *text_duration(char *out, size_t size, int64_t ns);
/* The same for doubles: an estimate or a sum may be larger than an integer. bytes >= 0. */
char *text_bytes_real(char *out, size_t size, double bytes);
char *text_duration_real(char *out, size_t size, double ns);

/* 'text' in quotes for a message of one line. Control characters become '?', and a text that is too long ends
 * in "...". size is at least 6. */
char *text_quote(char *out, size_t size, const char *text);

/* Replaces control characters by '?', so that a message stays one line whatever a path contains. */
void text_one_line(char *text);

/* Number of bytes of the UTF-8 character at the beginning of text; 0: there is no valid character. Text from
 * outside may contain any bytes. Files that this program writes as UTF-8 have TEXT_REPLACEMENT, U+FFFD, for
 * each byte that is in no valid character. */
size_t text_character(const char *text);
#define TEXT_REPLACEMENT "\xEF\xBF\xBD"

/* Removes blanks at the end, in place, and returns a pointer behind the blanks at the beginning. */
char *text_trim(char *text);

/* printf into fresh memory, and a copy. The caller frees. Without memory the program ends. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_copy(const char *text);
/* The three texts one behind the other. The caller frees. */
char *text_join(const char *a, const char *b, const char *c);

/* A stream that writes a text in memory. text_end() closes the stream; the text then belongs to the caller, who
 * frees it. A lack of memory ends the program: a text with a part missing is never returned. */
FILE *text_begin(char **text, size_t *size);
void text_end(FILE *out, char *const *text);

#endif
