/* Writes HTML. The page stays valid whatever characters come from outside. */
#include "sim/report/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "sim/base/text.h"

/* Number of bytes of the character at text, if HTML allows it; else 0. Not allowed: control characters,
 * U+FFFE and U+FFFF, invalid UTF-8. */
static size_t character(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    bool control = c[0] == 0x7F || (c[0] < ' ' && c[0] != '\t' && c[0] != '\n');
    bool no_character = c[0] == 0xEF && c[1] == 0xBF && c[2] >= 0xBE;
    return control || no_character ? 0 : text_character(text);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void html_text(FILE *out, const char *text)
{
    while (*text) {
        size_t n = character(text);
        const char *name = entity(*text);
        if (n == 0)
            fputs(TEXT_REPLACEMENT, out);
        else if (name)
            fputs(name, out);
        else
            fwrite(text, 1, n, out);
        text += n ? n : 1;
    }
}

void html_print(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *c = format; *c; c++) {
        if (*c != '%') {
            putc(*c, out);
            continue;
        }
        c++;
        assert(*c == 's' || *c == 'd' || *c == '%');
        if (*c == 's')
            html_text(out, va_arg(args, const char *));
        else if (*c == 'd')
            fprintf(out, "%d", va_arg(args, int));
        else
            putc('%', out);
    }
    va_end(args);
}
