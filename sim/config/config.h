/* The whole configuration of a run, typed and checked: built once from defaults, the ini file and the command
 * line, const after that. Every field but the traces is a row of the table in keys.c. */
#ifndef SIM_CONFIG_CONFIG_H
#define SIM_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "algorithms/schedule.h"
#include "models/augment.h"
#include "models/data/partition.h"
#include "models/kernels.h"
#include "sim/config/key.h"
#include "sim/time/compute.h"
#include "sim/time/network.h"

enum clock_kind { CLOCK_VIRTUAL, CLOCK_REAL };
enum tune_kind { TUNE_ACCURACY, TUNE_LOSS, TUNE_TARGET };
enum batchnorm_kind { BATCHNORM_RUNNING, BATCHNORM_PRECISE };
enum state_on_reset { STATE_KEEP, STATE_ZERO };

struct config {
    struct {        /* [experiment] */
        char *name; /* never NULL after config_finish: the ini file's name without .ini, or "default" */
        struct names algorithms;
        bool train;         /* false: timing alone */
        int64_t iterations; /* local iterations of all workers together; -1: from epochs */
        double epochs;      /* NAN: from iterations; the two exclude each other, the command line wins */
        int64_t seed;
        double target_accuracy; /* 0..1; NAN: none */
        enum clock_kind clock;
    } experiment;
    struct {                      /* [data] */
        char *set, *path, *shape; /* path: may be NULL */
        enum partition partition;
        double beta;
        int64_t shards_per_worker;
        enum augment augment;
        int64_t train_samples, test_samples; /* the first ones; -1: all */
    } data;
    struct { /* [model] */
        char *name;
    } model;
    struct { /* [train] */
        int64_t batch;
        double learning_rate, momentum;
        char *optimizer;
        double weight_decay, beta1, beta2, epsilon, clip_norm;
        enum state_on_reset state_on_reset;
        enum schedule_form schedule;
        double warmup;        /* fraction of all iterations that the rate rises linearly from 0 */
        struct reals step_at; /* fractions of all iterations */
        double step_factor;
        bool dropout;
    } train;
    struct {                                 /* [cluster] */
        int64_t workers, processes, clients; /* processes: -1: one per worker; clients: -1: the workers */
    } cluster;
    struct { /* [compute] */
        enum compute_model model;
        double seconds, device, overhead, jitter, spread;
        double straggler_probability, straggler_factor; /* factor: NAN when not given */
        int64_t straggler_duration;                     /* iterations */
        struct reals factor;                            /* one value or one per worker */
        char *trace;                                    /* path, or NULL */
    } compute;
    struct { /* [network] */
        struct reals latency, bandwidth, bandwidth_up,
            bandwidth_down; /* one value or one per worker; _up/_down: n = 0 when not given */
        double server_bandwidth, server_bandwidth_up,
            server_bandwidth_down; /* NAN when not given (_up/_down) */
        enum sharing sharing;
        double efficiency, jitter, latency_factor;
        char *trace, *server_trace; /* paths, or NULL */
        double tcp_window;          /* bytes; NAN: no limit */
    } network;
    struct {                  /* [server] */
        double cost_per_byte; /* seconds of the PS per byte of a push on the wire */
    } server;
    struct {                                 /* [faults] of the simulated cluster */
        struct reals crash_at, crash_worker; /* seconds and workers, pairwise; n = 0: none */
        double crash_probability, loss_probability;
        double down_time, detection_time, retransmit_timeout; /* seconds; down_time may be INFINITY */
        struct reals server_crash_at;                         /* seconds; n = 0: none */
        double server_down_time;                              /* seconds */
        int64_t server_checkpoint_every;                      /* updates */
    } faults;
    struct {                      /* [output] */
        char *path;               /* "results" */
        int64_t eval_every;       /* global iterations; -1: once per epoch */
        int64_t checkpoint_every; /* global iterations; 0: never */
        int64_t workers_every;    /* rounds; 1: every row */
        char *trace;              /* as trace_rounds() reads it */
        bool report;
        enum batchnorm_kind batchnorm;
        int64_t batchnorm_samples; /* -1: 2000, or all training samples where there are fewer */
    } output;
    struct {             /* [host] */
        double patience; /* seconds of CPU time of the whole run without progress after which it counts as
                            hung */
        enum kernels kernels;
    } host;
    struct { /* [sweep], beside the rows of its grid: see config_sweep_rows */
        enum tune_kind tune;
    } sweep;
    struct { /* what config_finish read from the files of the keys; NULL: none was given */
        struct trace *compute, *link, *server; /* (workers), (workers), (1) */
    } traces;
    struct { /* [algorithm.NAME], [codec.NAME]: config_params */
        int n;
        struct section_params *at; /* (n) */
    } plugins;
};

/* A section of an algorithm or a codec: "algorithm.losp", its rows (NULL: none), and the size of the struct
 * that they fill. */
struct config_section {
    const char *name;
    const struct config_key *keys;
    size_t params_size;
};

struct config_source; /* everything that was given: files, --set; remembers where each value came from */

/* Defaults, also of the plug-ins' sections (`extra`, n_extra; names and keys are kept by pointer). Every
 * configuration has its own parameters for each section. */
struct config_source *config_begin(struct config *cfg, const struct config_section *extra, int n_extra);

/* Each returns true, or false with one line in error: "file:line: key: expected ..., got ..." (for --set:
 * "--set: key: ..."). Read files first: the command line wins over all of them, a later file and a later
 * --set win over an earlier one. An empty value unsets a key that may be left out. Refused: unknown sections
 * and keys (with the nearest known one), repeated keys in a file, indented lines, lines longer than 64 KiB,
 * wrong units, values out of bounds. */
bool config_read_file(struct config_source *src, const char *path, char *error, size_t error_size);
/* The same of an ini that has been read already (ini.h); path is its name for messages. */
struct ini_text;
bool config_read_text(struct config_source *src, const char *path, const struct ini_text *text, char *error,
                      size_t error_size);
bool config_set(struct config_source *src, const char *assignment, char *error,
                size_t error_size); /* "section.key=value" */
/* As config_set, for an option of its own ("--workers"): named so in errors. */
bool config_option(struct config_source *src, const char *option, const char *key, const char *value,
                   char *error, size_t error_size);

/* A row of the grid: a line of [sweep] with any key, or --sweep. Its values are the text, not checked yet
 * (see sim/sweep/grid.h). */
struct sweep_row {
    char *key;                    /* "network.bandwidth" */
    const struct config_key *row; /* what each of its values must be */
    char *values;
    char *place; /* where it was given: "x.ini:12", "--sweep" */
    int level, line;
};
const struct sweep_row *config_sweep_rows(const struct config_source *src, int *n); /* in the order given */
/* "section.key=values" of the command line; replaces the file's row for that key, if there is one. */
bool config_sweep(struct config_source *src, const char *assignment, char *error, size_t error_size);
void config_drop_sweep(struct config_source *src); /* a point of the grid has none */

/* Checks what no single key can tell: iterations against epochs (the command line wins over the file; both
 * at one level are refused; neither: one epoch), list lengths against workers, processes <= workers, step_at
 * rising, compute.seconds and compute.straggler_factor given when needed, the experiment's name fit for a
 * folder, output.trace well formed. Reads the trace files. Call once, after everything was read. */
bool config_finish(struct config_source *src, char *error, size_t error_size);

/* The resolved ini: every section and key with its value, and the rows of the grid. Reading it gives the same
 * configuration. with_origin adds "; from FILE:LINE" comments. */
void config_dump(const struct config_source *src, FILE *out, bool with_origin);
/* Every key: name, type, default, bounds, help, as a Markdown table per section (KEYS.md), or as plain
 * lines. */
void config_list_keys(const struct config_section *extra, int n_extra, FILE *out, bool markdown);
void config_end(struct config_source *src); /* frees every owned value in cfg as well */

/* The parameters of a plug-in's section: ("algorithm", "losp"); NULL: there is no such section. They live as
 * long as the configuration. */
const void *config_params(const struct config *cfg, const char *kind, const char *name);

/* Element i of a per-worker list that may have one value for all. */
double reals_at(const struct reals *list, int64_t i);

#endif
