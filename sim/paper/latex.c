/* The table as LaTeX with booktabs: the tabular alone, with what a caption should say as comments above it. */
#include <string.h>

#include "sim/paper/style.h"

static const struct {
    char from;
    const char *to;
} special[] = {{'\\', "\\textbackslash{}"},
               {'{', "\\{"},
               {'}', "\\}"},
               {'$', "\\$"},
               {'&', "\\&"},
               {'#', "\\#"},
               {'_', "\\_"},
               {'%', "\\%"},
               {'^', "\\textasciicircum{}"},
               {'~', "\\textasciitilde{}"},
               {'<', "\\textless{}"},
               {'>', "\\textgreater{}"},
               {'|', "\\textbar{}"},
               {'`', "\\textasciigrave{}"}};

static const char *escape_of(char c)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (special[i].from == c)
            return special[i].to;
    return NULL;
}

static void put(FILE *out, const char *text)
{
    while (*text) {
        const char *escape = escape_of(*text);
        if (escape) {
            fputs(escape, out);
            text++;
        } else
            text += paper_character(out, text);
    }
}

static void put_comment(FILE *out, const char *text)
{
    fputs("% ", out);
    while (*text)
        text += paper_character(out, text);
    fputc('\n', out);
}

static const struct style latex = {.put = put,
                                   .begin = "",
                                   .between = " & ",
                                   .end = " \\\\\n",
                                   .sign = " $\\pm$ ",
                                   .minus = "$-$",
                                   .before = {"", "\\textbf{", "\\underline{", ""},
                                   .behind = {"", "}", "}", ""}};

void paper_latex(const struct paper *p, FILE *out)
{
    put_comment(out, "needs \\usepackage{booktabs}");
    put_comment(out, p->title);
    for (int i = 0; i < p->notes; i++)
        put_comment(out, p->note[i]);
    fputs("\\begin{tabular}{", out);
    for (int i = 0; i < paper_texts(p) + paper_numbers(p); i++)
        fputc(i < paper_texts(p) ? 'l' : 'r', out);
    fputs("}\n\\toprule\n", out);
    paper_head(p, &latex, out);
    for (int i = 0; i < p->rows; i++) {
        if (i == 0 || p->row[i].setting != p->row[i - 1].setting)
            fputs("\\midrule\n", out);
        paper_line(p, &latex, &p->row[i], out);
    }
    fputs("\\bottomrule\n\\end{tabular}\n", out);
}
