/* What all sections of a page are made of. */
#include "sim/report/page.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/report/html.h"

void page_section(struct page *p, const char *id, const char *title)
{
    if (p->sections < MOST_SECTIONS) {
        p->section[p->sections].id = id;
        p->section[p->sections++].title = title;
    }
    html_print(p->body, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

/* Each different value of a key, in the order of the runs. */
void page_values(FILE *out, const struct report_runs *runs, const char *key, const char *separator)
{
    const char *before = "", **values = need((size_t)runs->n * sizeof *values);
    int n = 0;
    for (int i = 0; i < runs->n; i++) {
        const char *value = run_value(&runs->run[i], key);
        bool seen = false;
        for (int j = 0; j < n && !seen; j++)
            seen = strcmp(values[j], value) == 0;
        if (seen)
            continue;
        values[n++] = value;
        html_print(out, "%s%s", before, *value ? value : "(left out)");
        before = separator;
    }
    free(values);
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
