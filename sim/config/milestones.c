/* Reads, prints and applies the milestones of output.at. A milestone has its own two kinds of numbers: both need a
 * unit, so that no text can be either. */
#include "sim/config/milestones.h"

#include "sim/base/text.h"
#include "sim/config/kinds.h"
#include "sim/time/vtime.h"

static const double longest = 2e9;    /* seconds: more than the virtual clock holds */
static const double largest = 0x1p62; /* bytes: more than the counters of a run hold */

const char *milestone_read(const char *text, struct milestone *milestone)
{
    const struct quantity *duration = key_quantity(&(struct config_key){.type = KEY_SECONDS});
    const char *why = quantity_read(duration, text, &milestone->at);
    milestone->bytes = why && !quantity_read(kinds_amount(), text, &milestone->at);
    if (why && !milestone->bytes)
        return why;
    if (!(milestone->at > 0))
        return "not above 0";
    return milestone->at > (milestone->bytes ? largest : longest) ? "too large a number" : NULL;
}

bool milestone_equal(const struct milestone *a, const struct milestone *b)
{
    return a->bytes == b->bytes && a->at == b->at;
}

void milestone_print(const struct milestone *milestone, FILE *out)
{
    const struct quantity *duration = key_quantity(&(struct config_key){.type = KEY_SECONDS});
    quantity_print(milestone->bytes ? kinds_amount() : duration, milestone->at, out);
}

void milestones_print(const struct milestones *milestones, FILE *out)
{
    for (int i = 0; i < milestones->n; i++) {
        fputs(i ? ", " : "", out);
        milestone_print(&milestones->at[i], out);
    }
}

char *milestones_text(const struct milestones *milestones)
{
    char *text;
    size_t size;
    FILE *out = text_begin(&text, &size);
    milestones_print(milestones, out);
    text_end(out, &text);
    return text;
}

bool milestone_includes(const struct milestone *milestone, int64_t ns, int64_t bytes)
{
    return milestone->bytes ? (double)bytes <= milestone->at : ns <= vtime_from_seconds(milestone->at, 0);
}

bool milestone_is_reached(const struct milestone *milestone, int64_t ns, int64_t bytes)
{
    return milestone->bytes ? (double)bytes >= milestone->at : ns >= vtime_from_seconds(milestone->at, 0);
}
