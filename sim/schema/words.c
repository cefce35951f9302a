/* A blank between number and unit. */
#include "sim/schema/words.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"

char *quantity_words(const char *quantity, int length)
{
    size_t number = strspn(quantity, "0123456789.");
    if (quantity[number] == 'e' && strchr("+-0123456789", quantity[number + 1]))
        number += 1 + strspn(quantity + number + 1, "+-0123456789");
    return text_format("%.*s %.*s", (int)number, quantity, length - (int)number, quantity + number);
}

char *budget_words(const char *bounds)
{
    static const char between[] = ", ";
    char *words = text_copy("");
    for (bounds += strspn(bounds, between); *bounds; bounds += strspn(bounds, between)) {
        int length = (int)strcspn(bounds, between);
        char *one = quantity_words(bounds, length);
        char *longer = text_format("%s%s%s", words, *words ? " or " : "", one);
        free(one);
        free(words);
        words = longer;
        bounds += length;
    }
    return words;
}
