/* Why a candidate is worth trying, and why others are not, in words with figures. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/advise/advise.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"

/* "topk1: bsp" -> "topk1". The caller frees. */
static char *short_name(const struct candidate *c)
{
    char *name = text_copy(c->name);
    name[strcspn(name, ":")] = '\0';
    return name;
}

static void write_speed(const struct advice *a, const struct candidate *c, const char *reference, FILE *out)
{
    const struct figures *r = &a->at[a->reference].is;
    char own[32], its[32];
    double factor = r->ns / c->is.ns;
    text_duration_real(own, sizeof own, c->is.ns);
    text_duration_real(its, sizeof its, r->ns);
    if (factor >= 1)
        fprintf(out, "   %.2f times as fast as %s: %.0f samples take %s instead of %s\n", factor, reference,
                a->samples, own, its);
    else
        fprintf(out, "   slower than %s: %.0f samples take %s instead of %s\n", reference, a->samples, own,
                its);
    fprintf(out, "   workers compute %.0f %% of the time and wait %.0f %% (%s: %.0f %% and %.0f %%)\n",
            100 * c->is.busy, 100 * c->is.waiting, reference, 100 * r->busy, 100 * r->waiting);
}

static void write_bytes(const struct advice *a, const struct candidate *c, const char *reference, FILE *out)
{
    char own[32];
    double share = c->is.bytes / a->at[a->reference].is.bytes;
    text_bytes_real(own, sizeof own, c->is.bytes);
    fprintf(out, "   %s on the wire, %.3g %% of the bytes of %s\n", own, 100 * share, reference);
}

/* What may cost accuracy. */
static void write_price(const struct candidate *c, FILE *out)
{
    const char *before = "   it pays with ";
    if (c->is.steps > 1.005) {
        fprintf(out, "%s%.3g local iterations between two exchanges", before, c->is.steps);
        before = ", ";
    }
    if (c->is.most_stale > 0) {
        fprintf(out, "%spushes that are %.3g updates old (at most %.0f)", before, c->is.staleness,
                c->is.most_stale);
        before = ", ";
    }
    if (c->is.compression > 1.005) {
        fprintf(out, "%scodes of 1/%.3g of the size", before, c->is.compression);
        before = ", ";
    }
    if (c->is.wasted > 0.05) {
        fprintf(out, "%s%.0f %% of the local iterations in no update", before, 100 * c->is.wasted);
        before = ", ";
    }
    fputs(*before == ','
              ? ": what that costs in accuracy, only training shows\n"
              : "   it pays with nothing: its updates are those of one exchange after each iteration\n",
          out);
}

/* What other numbers of local steps would bring. */
static void write_steps(const struct advice *a, const struct candidate *c, FILE *out)
{
    const struct candidate *less = NULL, *most = NULL;
    for (int i = 0; i < a->n; i++) {
        const struct candidate *o = &a->at[i];
        if (o->standing != NOT_CHOSEN || &a->at[o->by] != c)
            continue;
        if (o->steps < c->steps && (!less || o->steps > less->steps))
            less = o;
        if (o->steps > c->steps && (!most || o->steps > most->steps))
            most = o;
    }
    if (less)
        fprintf(out, "   with %s = %lld it would take %.2f times as long\n", c->key, (long long)less->steps,
                less->is.ns / c->is.ns);
    if (most)
        fprintf(out, "   more local iterations would save %.0f %% of the time (%s = %lld)\n",
                fmax(0, 100 * (1 - most->is.ns / c->is.ns)), c->key, (long long)most->steps);
}

static void write_twins(const struct advice *a, const struct candidate *c, const char *begin, FILE *out)
{
    const char *before = begin;
    for (int i = 0; i < a->n; i++) {
        if (a->at[i].standing != TWIN || &a->at[a->at[i].by] != c)
            continue;
        char *name = short_name(&a->at[i]), *with = candidate_with(&a->at[i]);
        fprintf(out, "%s%s%s%s%s", before, name, *with ? " (" : "", with, *with ? ")" : "");
        before = ", ";
        free(name);
        free(with);
    }
    fputs(before != begin ? ", with other updates\n" : "", out);
}

void reasons_write(const struct advice *a, const struct candidate *c, FILE *out)
{
    char *name = short_name(c), *with = candidate_with(c), *reference = short_name(&a->at[a->reference]);
    fprintf(out, "%d. %s%s%s\n", c->rank, name, *with ? ", " : "", with);
    write_speed(a, c, reference, out);
    write_bytes(a, c, reference, out);
    write_steps(a, c, out);
    write_price(c, out);
    write_twins(a, c, "   the same times and bytes: ", out);
    free(name);
    free(with);
    free(reference);
}

/* ---- the others ---- */

static void write_beaten(const struct advice *a, FILE *out)
{
    const char *before =
        "not tried first, as another one is no worse in time, bytes, staleness and compression: ";
    for (int i = 0; i < a->n; i++) {
        const struct candidate *c = &a->at[i], *for_both = c->standing == TWIN ? &a->at[c->by] : c;
        if (for_both->standing != BEATEN)
            continue;
        char *name = short_name(c), *by = short_name(&a->at[for_both->by]);
        fprintf(out, "%s%s (%s)", before, name, by);
        before = ", ";
        free(name);
        free(by);
    }
    fputs(*before == ',' ? "\n" : "", out);
}

static void write_costly(const struct advice *a, const char *reference, FILE *out)
{
    const char *before = "slower, or as fast with no fewer bytes: ";
    char time[32];
    for (int i = 0; i < a->n; i++) {
        if (a->at[i].standing != COSTS_MORE)
            continue;
        char *name = short_name(&a->at[i]);
        fprintf(out, "%s%s (%s)", before, name, text_duration_real(time, sizeof time, a->at[i].is.ns));
        before = ", ";
        free(name);
    }
    if (*before == ',')
        fprintf(out, "; %s takes %s\n", reference,
                text_duration_real(time, sizeof time, a->at[a->reference].is.ns));
}

/* ---- what does not run ---- */

static bool is_part(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The refusal with NAME in place of the candidate's name, so that those of several algorithms may be equal. The caller
 * frees. */
static char *reason_of(const struct candidate *c)
{
    char *name = short_name(c), *text = NULL;
    size_t size, length = strlen(name);
    FILE *out = text_begin(&text, &size);
    for (const char *at = c->refusal; *at;) {
        bool is_name =
            strncmp(at, name, length) == 0 && !is_part(at[length]) && (at == c->refusal || !is_part(at[-1]));
        fputs(is_name ? "NAME" : (char[]){*at, '\0'}, out);
        at += is_name ? length : 1;
    }
    text_end(out, &text);
    free(name);
    return text;
}

/* The last refusal of an algorithm, with its most local steps, which never runs. */
static bool never_runs(const struct advice *a, int i)
{
    for (int j = 0; j < a->n; j++)
        if ((j > i || !a->at[j].refusal) && strcmp(a->at[j].name, a->at[i].name) == 0)
            return false;
    return a->at[i].refusal;
}

static void write_refused(const struct advice *a, FILE *out)
{
    char **reason = need((size_t)a->n * sizeof *reason);
    for (int i = 0; i < a->n; i++)
        reason[i] = never_runs(a, i) ? reason_of(&a->at[i]) : NULL;
    for (int i = 0; i < a->n; i++) {
        const char *before = "not possible here: ";
        char *text = reason[i];
        for (int j = i; text && j < a->n; j++) {
            if (!reason[j] || strcmp(reason[j], text) != 0)
                continue;
            char *name = short_name(&a->at[j]);
            fprintf(out, "%s%s", before, name);
            before = ", ";
            free(name);
            if (j > i)
                free(reason[j]);
            reason[j] = NULL;
        }
        if (text)
            fprintf(out, " (%s)\n", text);
        free(text);
    }
    free(reason);
}

void others_write(const struct advice *a, FILE *out)
{
    char *reference = short_name(&a->at[a->reference]),
         *begin = text_format("as %s in times and bytes: ", reference);
    write_twins(a, &a->at[a->reference], begin, out);
    write_beaten(a, out);
    write_costly(a, reference, out);
    write_refused(a, out);
    free(reference);
    free(begin);
}
