/* Formats the progress line and draws it on the terminal. progress_format is pure: numbers in, text out.
 * progress_draw writes the text over the line before. sim/runtime/display.c gives the numbers.
 *
 *   losp            ########--------   42 %  epoch   1.26  acc 91.20 %   1.2 s virtual  ...  12 s left
 *   NAME            BAR             PERCENT  EPOCH         ACCURACY      TIME         BYTES SPEED LEFT */
#define _GNU_SOURCE /* strcasestr */
#include "sim/output/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/part.h"
#include "sim/base/text.h"

enum { LEAST_BAR = 8, MOST_BAR = 32, FIELD = 48 };

#define ERASE "\r\033[K" /* ECMA-48: to the start of the line, erase to its end */

/* ---- the line ---- */

enum { NAME, BAR, PERCENT, EPOCH, ACCURACY, TIME, BYTES, SPEED, LEFT, PARTS };

/* On a narrow terminal the parts are left out in this order. */
static const int least_important[] = {SPEED, BYTES, EPOCH, LEFT, TIME, BAR, ACCURACY};

struct parts {
    char text[PARTS][FIELD]; /* "": left out */
};

void progress_left(char *out, size_t size, double seconds)
{
    char number[32];
    size_t used = strlen(out);
    if (seconds < 120)
        snprintf(out + used, size - used, "%d s left", (int)ceil(seconds));
    else
        snprintf(out + used, size - used, "%s left",
                 text_duration_real(number, sizeof number, seconds * 1e9));
}

/* Every part has the width of its longest text, even without a value, so that no part moves between two
 * drawings. */
static void fill(struct parts *f, const struct progress *p)
{
    char number[32], accuracy[FIELD] = "", time[FIELD], speed[FIELD] = "", left[FIELD] = "";
    if (!isnan(p->accuracy))
        snprintf(accuracy, sizeof accuracy, "acc %5.2f %%", 100 * p->accuracy);
    if (!isnan(p->images_per_s))
        snprintf(speed, sizeof speed, "%.0f img/s", p->images_per_s);
    if (!isnan(p->left_s))
        progress_left(left, sizeof left, p->left_s);
    snprintf(time, sizeof time, "%s %s", text_duration(number, sizeof number, p->virtual_ns),
             p->real ? "real" : "virtual");
    snprintf(f->text[NAME], FIELD, "%-14s", p->name);
    strcpy(f->text[BAR], "bar");
    snprintf(f->text[PERCENT], FIELD, "%3d %%", (int)part_of(p->share, 100));
    snprintf(f->text[EPOCH], FIELD, "epoch %6.2f", p->epoch);
    snprintf(f->text[ACCURACY], FIELD, "%-11s", accuracy);
    snprintf(f->text[TIME], FIELD, "%16s", time);
    snprintf(f->text[BYTES], FIELD, "%8s", text_bytes(number, sizeof number, (uint64_t)p->bytes));
    snprintf(f->text[SPEED], FIELD, "%11s", speed);
    snprintf(f->text[LEFT], FIELD, "%14s", left);
}

/* Columns that the line takes with a bar of `bar` columns. Two spaces separate the parts. */
static int width(const struct parts *f, int bar)
{
    int columns = 0;
    for (int i = 0; i < PARTS; i++)
        if (*f->text[i])
            columns += (columns ? 2 : 0) + (i == BAR ? bar : (int)strlen(f->text[i]));
    return columns;
}

static void put(char *out, size_t size, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s", text);
}

/* With block elements the last block of the bar shows eighths: U+2588 is a whole block, U+258F an eighth. */
void progress_bar(char *out, size_t size, const struct look *look, int columns, double share)
{
    int eighths = (int)part_of(share, (uint64_t)(8 * columns));
    if (look->colour)
        put(out, size, "\033[36m");
    for (int i = 0; i < columns; i++, eighths -= 8) {
        char block[] = {'\xE2', '\x96', (char)(0x90 - (eighths > 8 ? 8 : eighths)), '\0'};
        if (eighths <= 0)
            put(out, size, look->blocks ? "\xC2\xB7" : "."); /* U+00B7 */
        else
            put(out, size, look->blocks ? block : eighths >= 8 ? "#" : "-");
    }
    if (look->colour)
        put(out, size, "\033[0m");
}

int progress_format(char *out, size_t size, const struct look *look, const struct progress *p)
{
    struct parts f = {0};
    int room = look->columns - 1;
    size_t gone = 0;
    fill(&f, p);
    while (width(&f, LEAST_BAR) > room && gone < sizeof least_important / sizeof *least_important)
        *f.text[least_important[gone++]] = '\0';
    int bar = LEAST_BAR + room - width(&f, LEAST_BAR);
    bar = bar < MOST_BAR ? bar : MOST_BAR;
    *out = '\0';
    for (int i = 0; i < PARTS; i++) {
        if (!*f.text[i])
            continue;
        if (*out)
            put(out, size, "  ");
        if (i == BAR)
            progress_bar(out, size, look, bar, p->share);
        else
            put(out, size, f.text[i]);
    }
    int columns = width(&f, bar);
    if (columns <= room)
        return columns;
    out[room > 0 ? room : 0] = '\0'; /* the bar is left out: the line is ASCII, and cuts no character */
    return room;
}

/* ---- the terminal ---- */

static struct {
    struct look look;
    int drawn; /* columns of the line on the screen; 0: none */
} screen;

static int columns_now(void)
{
    struct winsize w;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* The first variable that is set decides, as in setlocale(). setlocale() itself is not called: it could
 * change the decimal point of every number that the program writes. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

bool progress_possible(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

void progress_open(bool colour)
{
    screen.look = (struct look){.blocks = locale_is_utf8(), .colour = colour};
    screen.drawn = 0;
    fail_over(ERASE);
}

/* A terminal that has become narrower has wrapped the line: how many rows above the cursor the line
 * begins. */
static int rows_above(void)
{
    return screen.drawn > screen.look.columns ? (screen.drawn - 1) / screen.look.columns : 0;
}

const struct look *progress_look(void)
{
    screen.look.columns = columns_now();
    return &screen.look;
}

void progress_show(const char *line, int columns)
{
    char up[24] = "";
    int above = rows_above();
    if (above > 0)
        snprintf(up, sizeof up, "\033[%dA\033[J", above);
    screen.drawn = columns;
    fprintf(stderr, "%s" ERASE "%s", up, line); /* one write: no flicker */
}

void progress_draw(const struct progress *p)
{
    char line[1024];
    int columns = progress_format(line, sizeof line, progress_look(), p);
    progress_show(line, columns);
}

void progress_erase(void)
{
    if (screen.drawn > 0)
        fputs(ERASE, stderr);
    screen.drawn = 0;
}

void progress_close(void)
{
    if (screen.drawn > 0)
        fputc('\n', stderr);
    fail_over("");
}
