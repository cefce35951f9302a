/* Formats cells and prints a table on stdout: for --check, --explain, the comparison of algorithms and the
 * results of a sweep. */
#include "sim/output/table.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/text.h"

static char *next_cell(struct table_line *line)
{
    assert(line->cells < TABLE_COLUMNS);
    return line->cell[line->cells++];
}

void table_text(struct table_line *line, const char *text)
{
    snprintf(next_cell(line), TABLE_CELL, "%s", text ? text : "-");
}

void table_texts(struct table_line *line, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        table_text(line, texts[i]);
}

void table_int(struct table_line *line, int64_t value)
{
    snprintf(next_cell(line), TABLE_CELL, "%" PRId64, value);
}

void table_real(struct table_line *line, const char *format, double value)
{
    if (isnan(value))
        table_text(line, NULL);
    else
        snprintf(next_cell(line), TABLE_CELL, format, value);
}

void table_percent(struct table_line *line, double share)
{
    table_real(line, "%.2f %%", 100 * share);
}

void table_time(struct table_line *line, double ns)
{
    if (ns >= 0)
        text_duration_real(next_cell(line), TABLE_CELL, ns);
    else
        table_text(line, NULL);
}

void table_bytes(struct table_line *line, double bytes)
{
    if (bytes >= 0)
        text_bytes_real(next_cell(line), TABLE_CELL, bytes);
    else
        table_text(line, NULL);
}

/* The number of UTF-8 characters: every byte counts except continuation bytes. */
static int width_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

void table_print(const struct table_line *lines, int n)
{
    int width[TABLE_COLUMNS] = {0};
    for (int i = 0; i < n; i++)
        for (int c = 0; c < lines[i].cells; c++)
            if (width_of(lines[i].cell[c]) > width[c])
                width[c] = width_of(lines[i].cell[c]);
    for (int i = 0; i < n; i++) {
        printf("%s%*s", lines[i].cell[0], width[0] - width_of(lines[i].cell[0]), "");
        for (int c = 1; c < lines[i].cells; c++)
            printf("  %*s%s", width[c] - width_of(lines[i].cell[c]), "", lines[i].cell[c]);
        putchar('\n');
    }
}
