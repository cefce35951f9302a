/* Writes trace.json for timeline.c. Events gather in memory; a flush writes them over the closing brackets
 * of the flush before, and new brackets behind them:
 *
 *   file    {... "traceEvents":[ event, event            ]}
 *                                            ^ written: the next flush begins here
 *   memory                                    , event, event ]} */
#define _GNU_SOURCE /* open_memstream */
#include "sim/output/chrome.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"

/* displayTimeUnit is "ms": some releases of Perfetto read all times in this unit, and "ns" would make
 * every time a thousand times too short. */
#define OPENING "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"clock\":\"virtual\"},\"traceEvents\":["
#define CLOSING "\n]}\n"

struct chrome {
    char *path;
    int file;
    off_t written; /* bytes in the file, without the closing brackets */
    FILE *text;    /* events that are not in the file yet */
    char *bytes;   /* the buffer of `text`, valid after fflush */
    size_t size;
    bool any; /* there is an event: the next event needs a comma before it */
};

struct chrome *chrome_create(const char *path)
{
    struct chrome *c = need(sizeof *c);
    c->path = text_copy(path);
    disk_begin();
    c->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    disk_end();
    c->text = open_memstream(&c->bytes, &c->size);
    if (c->file < 0 || !c->text)
        die_errno(EXIT_RESOURCE, "making %s", path);
    fputs(OPENING, c->text);
    chrome_flush(c);
    return c;
}

static void write_all(struct chrome *c)
{
    disk_begin();
    for (size_t done = 0; done < c->size;) {
        ssize_t n = pwrite(c->file, c->bytes + done, c->size - done, c->written + (off_t)done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            die_errno(EXIT_RESOURCE, "writing %s", c->path);
    }
    disk_end();
}

void chrome_flush(struct chrome *c)
{
    if (ftello(c->text) == 0)
        return;
    fputs(CLOSING, c->text);
    if (fflush(c->text) || ferror(c->text))
        die_errno(EXIT_RESOURCE, "writing %s", c->path);
    write_all(c);
    c->written += (off_t)(c->size - strlen(CLOSING));
    rewind(c->text);
}

void chrome_close(struct chrome *c)
{
    chrome_flush(c);
    fclose(c->text);
    disk_begin();
    if (close(c->file))
        die_errno(EXIT_RESOURCE, "writing %s", c->path);
    disk_end();
    free(c->bytes);
    free(c->path);
    free(c);
}

/* ---- events, one a line ---- */

/* Microseconds with three decimals: every nanosecond is kept. */
static void put_us(struct chrome *c, const char *key, int64_t ns)
{
    fprintf(c->text, ",\"%s\":%" PRId64 ".%03d", key, ns / 1000, (int)(ns % 1000));
}

static void begin_event(struct chrome *c, char phase, struct lane lane, const char *name)
{
    fprintf(c->text, "%s\n{\"ph\":\"%c\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\"", c->any ? "," : "", phase,
            lane.pid, lane.tid, name);
    c->any = true;
}

static void end_event(struct chrome *c, const struct member *args)
{
    fputs(",\"args\":{", c->text);
    for (int i = 0; args[i].name; i++)
        fprintf(c->text, "%s\"%s\":%" PRId64, i ? "," : "", args[i].name, args[i].value);
    fputs("}}", c->text);
}

/* Metadata: a name and a place in the order of display. */
static void describe(struct chrome *c, struct lane lane, const char *what, const char *name, int place)
{
    char event[32];
    snprintf(event, sizeof event, "%s_name", what);
    begin_event(c, 'M', lane, event);
    fprintf(c->text, ",\"args\":{\"name\":\"%s\"}}", name);
    snprintf(event, sizeof event, "%s_sort_index", what);
    begin_event(c, 'M', lane, event);
    end_event(c, (const struct member[]){{"sort_index", place}, {0}});
}

void chrome_process(struct chrome *c, struct lane lane, const char *name)
{
    describe(c, lane, "process", name, lane.pid);
}

void chrome_lane(struct chrome *c, struct lane lane, const char *name)
{
    chrome_lane_at(c, lane, name, lane.tid);
}

void chrome_lane_at(struct chrome *c, struct lane lane, const char *name, int place)
{
    describe(c, lane, "thread", name, place);
}

void chrome_slice(struct chrome *c, const struct slice *s)
{
    begin_event(c, 'X', s->lane, s->name);
    fprintf(c->text, ",\"cat\":\"%s\"", s->category);
    put_us(c, "ts", s->begin);
    put_us(c, "dur", s->end - s->begin);
    end_event(c, s->args);
}

static void end_of_arrow(struct chrome *c, char phase, struct lane lane, int64_t at, int64_t id)
{
    begin_event(c, phase, lane, "message");
    fprintf(c->text, ",\"cat\":\"flow\",\"id\":%" PRId64 "%s", id, phase == 'f' ? ",\"bp\":\"e\"" : "");
    put_us(c, "ts", at);
    fputs("}", c->text);
}

void chrome_arrow(struct chrome *c, const struct arrow *a)
{
    end_of_arrow(c, 's', a->from, a->left, a->id);
    end_of_arrow(c, 'f', a->to, a->came, a->id);
}

void chrome_mark(struct chrome *c, struct lane lane, int64_t at, const char *name)
{
    begin_event(c, 'i', lane, name);
    fputs(",\"s\":\"g\"", c->text);
    put_us(c, "ts", at);
    fputs("}", c->text);
}

void chrome_counter(struct chrome *c, struct lane lane, int64_t at, const char *name,
                    const struct member *values)
{
    begin_event(c, 'C', lane, name);
    put_us(c, "ts", at);
    end_event(c, values);
}
