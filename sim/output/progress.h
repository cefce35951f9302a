/* The line on a terminal that says how far a run has come: drawn over itself a few times a second. */
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
    bool real; /* those are real ones */
    int64_t bytes;
    double images_per_s; /* on this machine; NAN: not known */
    double left_s;       /* likewise */
};

struct look {
    int columns; /* of the terminal: a line has at least one less, so that it never wraps */
    bool blocks; /* UTF-8: the bar is drawn with block elements, in eighths */
    bool colour;
};

/* The line without an end. What has no room is left out, the least important first. Returns the columns that it takes. */
int progress_format(char *out, size_t size, const struct look *look, const struct progress *p);

/* Standard error is a terminal that can be drawn on. */
bool progress_possible(void);

/* From here on, messages of this process and its children do not end up behind the line. */
void progress_open(bool colour);
void progress_draw(const struct progress *p);
void progress_close(void); /* the last line drawn stays */

#endif
