/* What all sections of a page are made of. */
#include "sim/report/page.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/texts.h"
#include "sim/report/html.h"
#include "sim/report/problems.h"

static void begin(struct page *p, const char *id, const char *title)
{
    size_t n = (size_t)p->sections++;
    p->section = need_more(p->section, n * sizeof *p->section, (n + 1) * sizeof *p->section);
    p->section[n] = (struct section_name){id, title};
    html_print(p->body, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

void page_section(struct page *p, const char *id, const char *title)
{
    if (p->part)
        html_print(p->body, "<h3>%s</h3>\n", title);
    else
        begin(p, id, title);
}

void page_part(struct page *p, const struct problem *part)
{
    bool mixed = false;
    for (int i = 0; i < p->problems->n; i++)
        mixed |= p->problems->at[i].synthetic != part->synthetic;
    p->marks_synthetic = mixed && part->synthetic;
    p->part = part;
    begin(p, part->id, part->name);
}

void page_values(FILE *out, const struct report_runs *runs, const char *key, const char *separator)
{
    const char *before = "";
    struct texts seen = {0};
    for (int i = 0; i < runs->n; i++) {
        const char *value = run_value(&runs->run[i], key);
        int *known = texts_number(&seen, text_copy(value));
        if (*known > 0 || !key_is_used(&runs->run[i], key))
            continue;
        *known = 1;
        html_print(out, "%s%s", before, *value ? value : "(left out)");
        before = separator;
    }
    texts_free(&seen);
}

void page_warning(FILE *out, const char *text, const char *detail)
{
    html_print(out, "<p class=\"warning\">%s%s</p>\n", text, detail);
}

void fact_write(FILE *out, const char *what, const char *is)
{
    if (*is)
        html_print(out, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", what, is);
}
