/* A file in the Chrome Trace Event format, which Perfetto and chrome://tracing open. Times are ns and written
 * as microseconds with three decimals, so nothing is lost. The file is complete JSON after every flush: each
 * one ends with the closing brackets, and the next begins in their place. So a run that dies leaves a file
 * that opens. A failed write ends the program with EXIT_RESOURCE. Names must need no escapes. */
#ifndef SIM_OUTPUT_CHROME_H
#define SIM_OUTPUT_CHROME_H

#include <stdint.h>

struct chrome;

/* A row of the picture. No pid or tid is 0, and every tid differs from all others and from every pid: Perfetto
 * takes 0 for the idle task and finds a thread's name by its tid alone. */
struct lane {
    int pid, tid;
};

struct member { /* "name": value */
    const char *name;
    int64_t value;
};

#define MOST_ARGS 4

struct slice {
    struct lane lane; /* slices of one lane must not overlap */
    const char *category, *name;
    int64_t begin, end;
    struct member args[MOST_ARGS + 1]; /* ended by a NULL name */
};

struct chrome *chrome_create(const char *path); /* refuses to overwrite */
void chrome_flush(struct chrome *c);            /* costs nothing when nothing is new */
void chrome_close(struct chrome *c);

/* Shown in the order of pids, and of tids within a process. A process is named on any of its lanes. */
void chrome_process(struct chrome *c, struct lane lane, const char *name);
void chrome_lane(struct chrome *c, struct lane lane, const char *name);

void chrome_slice(struct chrome *c, const struct slice *s);

/* An arrow between two slices that have been written: from the one of lane `from` that begins at `left` to
 * the one of lane `to` that begins at `came`. */
struct arrow {
    struct lane from, to;
    int64_t left, came;
    int64_t id;
};
void chrome_arrow(struct chrome *c, const struct arrow *a);

/* From `at` on the counter's curves have these values; ended by a NULL name. */
void chrome_counter(struct chrome *c, struct lane lane, int64_t at, const char *name,
                    const struct member *values);

#endif
