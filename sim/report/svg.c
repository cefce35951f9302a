/* Copies gnuplot's SVG into the page in one pass. On the way colours become CSS variables, ids get a prefix,
 * and text that the page does not need is left out. */
#include "sim/report/svg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/html.h"

/* The colours of plots/style.gp, and the page's variables for them. */
static const struct {
    unsigned char r, g, b;
    const char *name;
} colours[] = {{0, 0, 0, "ink"},         {77, 77, 77, "axis"},    {221, 221, 221, "pale"},
               {255, 255, 255, "paper"}, {153, 153, 153, "grey"}, {213, 94, 0, "orange"},
               {0, 114, 178, "blue"},    {0, 158, 115, "green"},  {230, 159, 0, "amber"},
               {86, 180, 233, "sky"},    {204, 121, 167, "pink"}, {240, 228, 66, "yellow"}};

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Reads whole numbers, one for each character of `ends`; that character must follow the number. Returns the
 * text behind them, or NULL. */
static const char *take_numbers(const char *text, const char *ends, long *number)
{
    for (; *ends; ends++) {
        char *end;
        *number++ = strtol(text, &end, 10);
        if (end == text || *end != *ends)
            return NULL;
        text = end + 1;
    }
    return text;
}

/* "rgb(  0, 114, 178)": writes the variable and returns the text behind; NULL: no known colour. */
static const char *put_colour(FILE *out, const char *text)
{
    static const char begin[] = "rgb(";
    long n[3];
    const char *end = starts(text, begin) ? take_numbers(text + strlen(begin), ",,)", n) : NULL;
    for (size_t i = 0; end && i < sizeof colours / sizeof *colours; i++)
        if (colours[i].r == n[0] && colours[i].g == n[1] && colours[i].b == n[2]) {
            fprintf(out, "var(--%s)", colours[i].name);
            return end;
        }
    return NULL;
}

/* Replacements for what gnuplot writes. %d is the number of the figure. Attributes with default values go
 * away. */
static const struct {
    const char *from, *to;
} words[] = {{"xlink:href='#", "href='#f%d-"},
             {"url(#", "url(#f%d-"},
             {"id='", "id='f%d-"},
             {"id=\"", "id=\"f%d-"},
             {"\"black\"", "\"var(--ink)\""},
             {"\"white\"", "\"var(--paper)\""},
             {" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", ""}};

static const char *put_word(FILE *out, const char *text, int number)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!starts(text, words[i].from))
            continue;
        const char *mark = strstr(words[i].to, "%d");
        if (mark)
            fprintf(out, "%.*s%d%s", (int)(mark - words[i].to), words[i].to, number, mark + strlen("%d"));
        else
            fputs(words[i].to, out);
        return text + strlen(words[i].from);
    }
    return NULL;
}

static void put_tag(FILE *out, const char *text, const char *end, int number)
{
    while (text < end) {
        const char *next = *text == 'r' ? put_colour(out, text) : put_word(out, text, number);
        if (!next)
            putc(*text++, out);
        else
            text = next;
    }
}

/* The text behind an element that the page does not need: texts about gnuplot, and filters that no element
 * uses. */
static const char *skip_element(const char *text)
{
    static const char *const unwanted[][2] = {
        {"<title>", "</title>"}, {"<desc>", "</desc>"}, {"<filter ", "</filter>"}};
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
        const char *end = starts(text, unwanted[i][0]) ? strstr(text, unwanted[i][1]) : NULL;
        if (end)
            return end + strlen(unwanted[i][1]);
    }
    return NULL;
}

/* The text behind an empty group. gnuplot writes hundreds of them. */
static const char *skip_empty_group(const char *text)
{
    const char *end = starts(text, "<g ") ? strchr(text, '>') : NULL;
    if (!end)
        return NULL;
    end++;
    end += strspn(end, " \t\n");
    return starts(end, "</g>") ? end + strlen("</g>") : NULL;
}

/* Copies text without blank lines and indentation. */
static const char *put_content(FILE *out, const char *text)
{
    size_t blank = strspn(text, " \t\n");
    if (blank > 0 && memchr(text, '\n', blank))
        putc('\n', out);
    else
        fwrite(text, 1, blank, out);
    text += blank;
    size_t length = strcspn(text, "< \t\n");
    fwrite(text, 1, length, out);
    return text + length;
}

static void put_elements(FILE *out, const char *text, int number)
{
    while (*text) {
        const char *next = skip_element(text);
        if (!next)
            next = skip_empty_group(text);
        const char *end = *text == '<' ? strchr(text, '>') : NULL;
        if (next) {
            text = next;
        } else if (end) {
            put_tag(out, text, end, number);
            text = end;
            putc(*text++, out);
        } else if (*text == '<') {
            return; /* cut off */
        } else {
            text = put_content(out, text);
        }
    }
}

void svg_write(FILE *out, const char *text, const char *label, int number)
{
    static const char box[] = "viewBox=\"0 0 ";
    long size[2]; /* width, height */
    const char *at = strstr(text, box), *end = at ? strchr(at, '>') : NULL;
    if (!end || !take_numbers(at + strlen(box), " \"", size))
        return;
    fprintf(out, "<svg viewBox=\"0 0 %ld %ld\" role=\"img\"", size[0], size[1]);
    html_print(out, " aria-label=\"%s\">", label);
    put_elements(out, end + 1, number);
}
