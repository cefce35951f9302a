/* Prints the value of a key as an ini has it, so that reading the text gives the same bits. */
#include "sim/config/values.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/fraction.h"
#include "sim/config/kinds.h"
#include "sim/config/milestones.h"

static void print_list(const struct quantity *q, const struct reals *list, FILE *out)
{
    for (int i = 0; i < list->n; i++) {
        fputs(i ? ", " : "", out);
        quantity_print(q, list->at[i], out);
    }
}

static void print_names(const struct names *names, FILE *out)
{
    for (int i = 0; i < names->n; i++)
        fprintf(out, "%s%s%s%s", i ? ", " : "", names->at[i], names->of[i] ? ": " : "",
                names->of[i] ? names->of[i] : "");
}

void value_print(const struct config_key *key, const void *field, FILE *out)
{
    if (!value_given(key, field))
        return;
    switch (key->type) {
    case KEY_INT:
        fprintf(out, "%lld", (long long)*(const int64_t *)field);
        break;
    case KEY_FRACTION:
        fraction_print(field, out);
        break;
    case KEY_BOOL:
        fputs(*(const bool *)field ? "yes" : "no", out);
        break;
    case KEY_TEXT:
    case KEY_NAME:
        fputs(*(char *const *)field, out);
        break;
    case KEY_CHOICE:
        fputs(key->choices[*(const int *)field], out);
        break;
    case KEY_NAMES:
        print_names(field, out);
        break;
    case KEY_MILESTONES:
        milestones_print(field, out);
        break;
    default:
        if (key_is_list(key))
            print_list(key_quantity(key), field, out);
        else
            quantity_print(key_quantity(key), *(const double *)field, out);
    }
}

char *value_text(const struct config_key *key, const void *field)
{
    char *text;
    size_t size;
    FILE *out = text_begin(&text, &size);
    value_print(key, field, out);
    text_end(out, &text);
    return text;
}

bool value_is(const struct config_key *key, const void *field, const char *text)
{
    union field read;
    char error[256];
    value_unset(key, &read);
    bool good = value_read(key, text, &read, error, sizeof error);
    char *is = value_text(key, field), *other = value_text(key, &read);
    bool same = good && strcmp(is, other) == 0;
    free(is);
    free(other);
    value_free(key, &read);
    return same;
}
