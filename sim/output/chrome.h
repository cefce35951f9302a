/* A file in the Chrome Trace Event format, which Perfetto and chrome://tracing open. Times are ns; the
 * file has microseconds with three decimals, so nothing is lost. The file is complete JSON after every
 * flush: a flush ends with the closing brackets, and the next flush overwrites these brackets. So a run
 * that dies leaves a file that opens. A failed write ends the program with EXIT_RESOURCE. A name must not
 * need escapes. */
#ifndef SIM_OUTPUT_CHROME_H
#define SIM_OUTPUT_CHROME_H

#include <stdint.h>

struct chrome;

/* A lane is a row of the picture: a thread of a process, for the viewer. No pid or tid is 0, and every tid
 * differs from all other tids and from every pid: Perfetto takes 0 for the idle task, and finds a thread's
 * name by its tid alone. */
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
void chrome_flush(struct chrome *c);            /* without new events: does nothing */
void chrome_close(struct chrome *c);

/* Names a process, by any of its lanes, and a lane. The viewer shows processes in the order of pids, and
 * the lanes of a process in the order of tids. */
void chrome_process(struct chrome *c, struct lane lane, const char *name);
void chrome_lane(struct chrome *c, struct lane lane, const char *name);
void chrome_lane_at(struct chrome *c, struct lane lane, const char *name,
                    int place); /* among them, like a tid */

void chrome_slice(struct chrome *c, const struct slice *s);

/* An arrow between two slices that have been written: from the slice of lane `from` that begins at `left`
 * to the slice of lane `to` that begins at `came`. */
struct arrow {
    struct lane from, to;
    int64_t left, came;
    int64_t id;
};
void chrome_arrow(struct chrome *c, const struct arrow *a);

/* A mark through all lanes at a moment. */
void chrome_mark(struct chrome *c, struct lane lane, int64_t at, const char *name);

/* From `at` on the curves of the counter have these values. values: ended by a NULL name. */
void chrome_counter(struct chrome *c, struct lane lane, int64_t at, const char *name,
                    const struct member *values);

#endif
