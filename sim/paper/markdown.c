/* The table as Markdown (GitHub's), with what a caption should say below it. Markdown has no underline: <u> is HTML, which
 * it allows. */
#include <string.h>

#include "sim/paper/style.h"

/* Every sign that means something to Markdown or HTML gets a backslash. */
static void put(FILE *out, const char *text)
{
    while (*text) {
        fputs(strchr("\\`*_[]<>#|&~", *text) ? "\\" : "", out);
        text += paper_character(out, text);
    }
}

static const struct style markdown = {.put = put,
                                      .begin = "| ",
                                      .between = " | ",
                                      .end = " |\n",
                                      .sign = " ± ",
                                      .minus = "-",
                                      .before = {"", "**", "<u>", ""},
                                      .behind = {"", "**", "</u>", ""}};

void paper_markdown(const struct paper *p, FILE *out)
{
    paper_head(p, &markdown, out);
    for (int i = 0; i < paper_texts(p) + paper_numbers(p); i++)
        fputs(i < paper_texts(p) ? "|---" : "|---:", out);
    fputs("|\n", out);
    for (int i = 0; i < p->rows; i++)
        paper_line(p, &markdown, &p->row[i], out);
    fputc('\n', out);
    put(out, p->title);
    fputc('.', out);
    for (int i = 0; i < p->notes; i++) {
        fputc(' ', out);
        put(out, p->note[i]);
    }
    fputc('\n', out);
}
