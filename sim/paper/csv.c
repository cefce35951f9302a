/* The table as CSV (RFC 4180): numbers without units (seconds, bytes, shares), a mean with the ends of its interval, the
 * number of runs that have one, and how the cell looks in words. */
#include <math.h>
#include <string.h>

#include "sim/paper/paper.h"

static void put(FILE *out, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n");
    fputs(quoted ? "\"" : "", out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputs(quoted ? "\"" : "", out);
}

static void put_number(FILE *out, double x)
{
    if (isnan(x))
        fputs(",NaN", out);
    else
        fprintf(out, ",%.9g", x);
}

static void put_cell(FILE *out, const struct paper_cell *cell)
{
    static const char *const words[] = {[LOOK_PLAIN] = "apart",
                                        [LOOK_BEST] = "best",
                                        [LOOK_NOT_TOLD_APART] = "not_told_apart",
                                        [LOOK_UNKNOWN] = ""};
    put_number(out, cell->mean.mean);
    put_number(out, cell->mean.low);
    put_number(out, cell->mean.high);
    fprintf(out, ",%d,%s", cell->n, words[cell->look]);
}

static void put_claim(FILE *out, const struct paper_claim *claim)
{
    put_number(out, claim->standing ? claim->effect : NAN);
    put_number(out, claim->standing ? claim->low : NAN);
    put_number(out, claim->standing ? claim->high : NAN);
    fprintf(out, ",%s", claim->standing ? claim->standing : "");
}

void paper_csv(const struct paper *p, FILE *out)
{
    fputs("problem", out);
    for (int i = 0; i < p->keys; i++) {
        fputc(',', out);
        put(out, p->key[i]);
    }
    fputs(",algorithm,with,synthetic,seeds", out);
    for (int m = 0; m < p->measures; m++) {
        const char *name = p->measure[m].column;
        fprintf(out, ",%s_mean,%s_low,%s_high,%s_n,%s_look", name, name, name, name, name);
    }
    for (int i = 0; i < p->effects; i++) {
        const char *name = p->effect[i].column;
        fprintf(out, ",%s,%s_low,%s_high,%s_standing", name, name, name, name);
    }
    fputc('\n', out);
    for (int i = 0; i < p->rows; i++) {
        const struct paper_row *row = &p->row[i];
        put(out, p->title);
        for (int k = 0; k < p->keys; k++) {
            fputc(',', out);
            put(out, p->setting[row->setting][k]);
        }
        fputc(',', out);
        put(out, row->name);
        fputc(',', out);
        put(out, row->with);
        fprintf(out, ",%d,%d", p->synthetic, row->runs);
        for (int m = 0; m < p->measures; m++)
            put_cell(out, &row->cell[m]);
        for (int e = 0; e < p->effects; e++)
            put_claim(out, &row->claim[e]);
        fputc('\n', out);
    }
}
