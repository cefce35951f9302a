/* The progress line on a terminal: how far a run has come. It is drawn over itself a few times a second. */
#ifndef SIM_OUTPUT_PROGRESS_H
#define SIM_OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *name;
    double share; /* done, 0..1 */
    double epoch;
    double accuracy; /* 0..1; NAN: not known */
    int64_t virtual_ns;
    bool real; /* virtual_ns is real time: the run has the real clock */
    int64_t bytes;
    double images_per_s; /* on this machine; NAN: not known */
    double left_s;       /* seconds until the end, on this machine; NAN: not known */
};

/* How far a point of a sweep has come. In shared memory: the point's process writes, the sweep reads. */
struct progress_shared {
    _Atomic int run, runs;   /* the point's run number `run`, from 0, of `runs` */
    _Atomic double share;    /* of this run, 0..1 */
    _Atomic double accuracy; /* of its last evaluation; NAN: not known */
};

struct look {
    int columns; /* of the terminal; the line has at least one column less, so that it never wraps */
    bool blocks; /* the terminal reads UTF-8: the bar is drawn with block elements, in eighths */
    bool colour;
};

/* The line, without a newline. Parts that have no room are left out, the least important first. Returns
 * the columns that the line takes. */
int progress_format(char *out, size_t size, const struct look *look, const struct progress *p);

/* Whether standard error is a terminal that understands the escape sequences. */
bool progress_possible(void);

/* Parts of such lines: a bar of `columns` columns, and "12 s left" or "3 min left". Each is put behind the
 * text in out. */
void progress_bar(char *out, size_t size, const struct look *look, int columns, double share);
void progress_left(char *out, size_t size, double seconds);

/* From this call on, a message of this process or its children first erases the line. */
void progress_open(bool colour);
void progress_draw(const struct progress *p);
const struct look *progress_look(void); /* with the present number of columns */
void progress_show(const char *line,
                   int columns); /* draws a line of this many columns in place of the last */
void progress_erase(void);       /* before a line that stays */
void progress_close(void);       /* the last line drawn stays */

#endif
