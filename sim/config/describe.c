/* Describes in words what a key accepts, from its row: for messages, --list keys and KEYS.md. */
#include "sim/config/kinds.h"
#include "sim/config/milestones.h"
#include "sim/config/values.h"

static void print_bound(const char *relation, const struct quantity *q, double bound, FILE *out)
{
    fprintf(out, " %s ", relation);
    if (bound == 0)
        fputc('0', out); /* no unit needed */
    else
        quantity_print(q, bound, out);
}

static void print_bounds(const struct config_key *key, FILE *out)
{
    const struct quantity *q = key_quantity(key);
    bool below = key_bounded_below(key), above = key_bounded_above(key);
    bool from_to = below && above && !key->above_min && !key->below_max;
    if (below)
        print_bound(from_to ? "from" : key->above_min ? ">" : ">=", q, key->min, out);
    if (below && above && !from_to)
        fputs(" and", out);
    if (above)
        print_bound(from_to ? "to" : key->below_max ? "<" : "<=", q, key->max, out);
}

static void describe_choices(const char *const *choices, const char *before, FILE *out)
{
    for (int i = 0; choices[i]; i++)
        fprintf(out, "%s%s", i ? ", " : before, choices[i]);
}

void value_describe(const struct config_key *key, FILE *out)
{
    const struct quantity *q = key_quantity(key);
    if (key->choice) {
        fputs(key->choice, out);
    } else if (key->choices) {
        describe_choices(key->choices, key->type == KEY_NAMES ? "different ones of " : "one of ", out);
        fputs(key->type == KEY_NAMES ? " separated by commas" : "", out);
    } else if (key->type == KEY_BOOL) {
        fputs("yes or no", out);
    } else if (key->type == KEY_TEXT) {
        fputs("text", out);
    } else if (key->type == KEY_NAME) {
        fputs(key->kind ? "a name, or NAME: NAME for a variant of the second" : "a name", out);
    } else if (key->type == KEY_NAMES) {
        fputs("different names separated by commas", out);
        fputs(key->kind ? "; NAME: NAME is a variant of the second" : "", out);
    } else if (key->type == KEY_MILESTONES) {
        fprintf(out, "up to %d different times and amounts of bytes, such as 60s, 10GiB", MILESTONES_MOST);
    } else {
        bool list = key_is_list(key);
        fputs(list ? q->many : q->one, out);
        print_bounds(key, out);
        fputs(list ? " separated by commas" : "", out);
        if (q->examples)
            fprintf(out, " such as %s", q->examples);
    }
}
