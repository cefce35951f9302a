/* Writes run.json at the start and at the end of a run. When algorithms of one run were made with different
 * kernels or versions (after --resume), a warning says that they cannot be compared bit for bit. */
#include "sim/commands/record.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/host.h"
#include "sim/report/runs.h"

enum { RUNNING = -1 }; /* no exit status yet */

static const int64_t NAP_NS = 2000000, PATIENCE_NS = 2000000000;

static void utc(char *out, size_t size)
{
    time_t t = time(NULL);
    struct tm tm;
    strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
}

const char *record_status(int exit_status)
{
    return exit_status == EXIT_DONE     ? "done"
           : exit_status == EXIT_RESTED ? "resting"
           : exit_status > 128          ? "interrupted"
                                        : "failed";
}

static void write_end(struct json *json, const struct record *r, int status)
{
    char ended[32];
    utc(ended, sizeof ended);
    json_text(json, "end", ended);
    json_text(json, "status", record_status(status));
    json_int(json, "exit_status", status == EXIT_RESTED ? EXIT_DONE : status);
    json_text(json, "ended_in", r->ended_in);
}

static void write_retimed(struct json *json, const struct retimed *retimed)
{
    char *hash = text_format("%016" PRIx64, retimed->hash);
    json_text(json, "retimed_from", retimed->from);
    json_text(json, "retimed_hash", hash);
    json_text(json, "retimed", retimed->algorithms);
    free(hash);
}

static void write_record(const struct record *r, int status)
{
    char *path = text_format("%s/run.json", r->folder);
    struct json *json = json_create(path);
    host_record(json);
    json_array(json, "argv");
    for (char **a = r->argv; *a; a++)
        json_text(json, NULL, *a);
    json_end(json);
    json_int(json, "seed", r->seed);
    json_text(json, "dataset", r->data->name);
    json_text(json, "dataset_origin", r->data->origin);
    json_bool(json, "synthetic", r->data->synthetic);
    json_int(json, "test_samples", r->data->test.n);
    if (!r->data->synthetic) {
        char *contents = text_format("%016" PRIx64, r->contents);
        json_text(json, "data_contents", contents);
        free(contents);
    }
    json_bool(json, "resumed", r->resumed);
    if (r->begun_with)
        json_text(json, "begun_with", r->begun_with);
    if (r->retimed.from)
        write_retimed(json, &r->retimed);
    if (r->rungs)
        json_text(json, "rungs", r->rungs);
    json_text(json, "start", r->started);
    if (status == RUNNING)
        json_text(json, "status", "running");
    else
        write_end(json, r, status);
    json_close(json);
    free(path);
}

/* Version, CPU and kernels in the run.json of a folder, as one text; "" if there is no run.json. The caller
 * frees. */
static char *made_with(const char *folder)
{
    static const char *const names[] = {"version", "cpu", "blas", "blas_core", "small_products", "compiler"};
    char *all = text_copy("");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *one = run_made_with(folder, names[i]);
        char *longer = text_format("%s%s%s", all, *all && *one ? ", " : "", one);
        free(all);
        free(one);
        all = longer;
    }
    return all;
}

/* The algorithms of one run are compared with each other. So the program warns if not all have the same
 * kernels. */
static void note_mixture(struct record *r, char *before)
{
    char *now = made_with(r->folder);
    if (*before && strcmp(before, now) != 0) {
        warn(
            "the run was begun with %s; the other algorithms run with something else, and cannot be compared "
            "bit for bit",
            before);
        if (!r->begun_with)
            r->begun_with = text_copy(before);
    }
    free(now);
    free(before);
}

/* run.json is written twice: the first one has the present kernels, which note_mixture reads back in the same
 * form as the earlier ones. */
static void start_mixture(struct record *r)
{
    char *before = made_with(r->folder), *begun = run_made_with(r->folder, "begun_with");
    write_record(r, RUNNING);
    if (*begun)
        r->begun_with = begun;
    else
        free(begun);
    note_mixture(r, before);
    if (r->begun_with)
        write_record(r, RUNNING);
}

void record_start(struct record *r)
{
    utc(r->started, sizeof r->started);
    if (r->mixes)
        start_mixture(r);
    else
        write_record(r, RUNNING);
}

/* Waits for the writer, but not longer than PATIENCE_NS: a disk that does not answer must not stop the
 * program from ending. */
static void wait_for(pid_t child)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    for (int64_t slept = 0; slept < PATIENCE_NS; slept += NAP_NS) {
        if (waitpid(child, NULL, WNOHANG) != 0)
            return;
        nanosleep(&nap, NULL);
    }
    warn("run.json is not written: its writer did not answer for %d s", (int)(PATIENCE_NS / 1000000000));
    kill(child, SIGKILL);
}

void record_end(const struct record *r, int exit_status)
{
    if (exit_status == EXIT_DONE) {
        write_record(r, exit_status);
        return;
    }
    pid_t child = fork(); /* a failure there changes neither messages nor status of this process */
    if (child == 0) {
        fclose(stderr);
        write_record(r, exit_status);
        _exit(EXIT_DONE);
    }
    if (child > 0)
        wait_for(child);
}
