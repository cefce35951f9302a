/* Reads the value of output.trace: "all", "none" or "first N rounds". */
#include "sim/config/trace_limit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ROUNDS 1000000000

/* The text after `word` and at least one blank; NULL: the text does not begin with them. */
static const char *behind(const char *text, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(text, word, length) != 0 || !isblank((unsigned char)text[length]))
        return NULL;
    return text + length + strspn(text + length, " \t");
}

static bool first_rounds(const char *text, int64_t *rounds)
{
    const char *number = behind(text, "first");
    if (!number || !isdigit((unsigned char)*number))
        return false;
    char *end;
    long long n = strtoll(number, &end, 10); /* LLONG_MAX when the number is too large */
    const char *unit = end + strspn(end, " \t");
    if (unit == end || (strcmp(unit, "rounds") != 0 && strcmp(unit, "round") != 0))
        return false;
    *rounds = n;
    return n >= 1 && n <= MOST_ROUNDS;
}

bool trace_rounds(const char *text, int64_t *rounds)
{
    if (strcmp(text, "all") == 0)
        *rounds = INT64_MAX;
    else if (strcmp(text, "none") == 0)
        *rounds = 0;
    else
        return first_rounds(text, rounds);
    return true;
}
