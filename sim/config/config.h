/* The whole configuration of a run, typed and checked. It is built once, from defaults, the ini file and
 * the command line, and is const afterwards. Every field except `traces` is a row of the table in
 * keys.c. */
#ifndef SIM_CONFIG_CONFIG_H
#define SIM_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "algorithms/schedule.h"
#include "models/augment.h"
#include "models/data/partition.h"
#include "models/kernels.h"
#include "models/optimizer.h"
#include "sim/config/key.h"
#include "sim/schema/quality.h"
#include "sim/time/compute.h"
#include "sim/time/network.h"
#include "sim/time/topology.h"

enum { LARGEST_CLUSTER = 32767 };
enum clock_kind { CLOCK_VIRTUAL, CLOCK_REAL };
enum stop_kind { STOP_BUDGET, STOP_TARGET };
enum tune_kind { TUNE_ACCURACY, TUNE_LOSS, TUNE_TARGET, TUNE_AT, TUNE_NONE };
enum retime_kind { RETIME_AUTO, RETIME_NO };
enum own_values { OWN_COMBINE, OWN_TRIALS, OWN_SETTINGS };
enum search_kind { SEARCH_GRID, SEARCH_RANDOM, SEARCH_HALVING };
enum pairs_kind { PAIRS_REFERENCE, PAIRS_ALL };
enum batchnorm_kind { BATCHNORM_RUNNING, BATCHNORM_PRECISE };

struct config {
    struct {        /* [experiment] */
        char *name; /* never NULL after config_finish: the ini file's name without .ini, or "default" */
        struct names algorithms;
        bool train; /* false: only times and bytes */
        /* The run ends at the first bound that it comes to; one at least is given, iterations or epochs but
         * not both. */
        int64_t iterations;  /* local iterations of all workers together; -1: no bound */
        double epochs;       /* NAN: no bound */
        double virtual_time; /* seconds; NAN: no bound */
        double bytes;        /* of all messages; NAN: no bound */
        int64_t seed;
        double target_accuracy; /* 0..1; NAN: no target */
        enum stop_kind stop;
        enum clock_kind clock;
    } experiment;
    struct {                      /* [data] */
        char *set, *path, *shape; /* path: may be NULL */
        enum partition partition;
        double beta;
        int64_t shards_per_worker;
        enum augment augment;
        int64_t train_samples, test_samples; /* the first ones; -1: all */
        double validation; /* of the training samples: a fraction below 1, or a number of them; 0: none */
        int64_t split_seed;
    } data;
    struct { /* [model] */
        char *name;
    } model;
    struct {                        /* [profile] */
        int64_t parameters, layers; /* -1: the file has them; layers -1: one */
        char *file;                 /* path, or NULL */
    } profile;
    struct {                       /* [train] */
        int64_t batch, accumulate; /* accumulate: batches in one local iteration */
        double learning_rate, momentum;
        char *optimizer;
        enum optimizer_at optimizer_at;
        double weight_decay, beta1, beta2, epsilon, clip_norm;
        enum weight_decay_on weight_decay_on;
        enum state_on_reset state_on_reset;
        enum schedule_form schedule;
        double warmup;        /* fraction of all iterations in which the rate rises linearly ... */
        double warmup_from;   /* ... from this fraction of itself */
        struct reals step_at; /* fractions of all iterations */
        double step_factor, power;
        struct reals list_at, list_factors; /* fractions of all iterations, and the factor from each on */
        bool dropout;
    } train;
    struct { /* [cluster] */
        int64_t workers, processes,
            clients; /* processes -1: one per worker; clients -1: as many as workers */
    } cluster;
    struct { /* [compute] */
        enum compute_model model;
        double seconds, device, overhead, jitter, spread;
        double encode_cost, decode_cost;                /* seconds per uncoded byte */
        double coding_factor;                           /* of all costs of coding */
        double straggler_probability, straggler_factor; /* factor: NAN when not given */
        int64_t straggler_duration;                     /* iterations */
        struct reals factor;                            /* one value or one per worker */
        char *trace;                                    /* path, or NULL */
        struct fraction forward; /* of an iteration before back-propagation; 0 <= it < 1 */
    } compute;
    struct { /* [network] */
        /* One value or one per worker; _up and _down: n = 0 when not given. */
        struct reals latency, bandwidth, bandwidth_up, bandwidth_down;
        /* _up and _down: NAN when not given. */
        double server_bandwidth, server_bandwidth_up, server_bandwidth_down;
        enum sharing sharing;
        double efficiency, jitter, latency_factor;
        char *trace, *server_trace; /* paths, or NULL */
        double tcp_window;          /* bytes; NAN: no limit */
        enum topology_kind topology;
        /* One whole number: that number of equal groups; more: the size of each; n = 0: not given. */
        struct reals groups;
        /* One value or one per group; _up and _down: n = 0 when not given. */
        struct reals group_bandwidth, group_bandwidth_up, group_bandwidth_down;
        struct reals group_latency, group_latency_up, group_latency_down;
        int64_t server_group;                /* 0 .. groups - 1; -1: the server is at the core */
        char *sites, *site_of, *server_site; /* a path, names, a name; or NULL */
        char *exchange;  /* a name of exchange_words; algorithms that cannot use it: server */
        bool all_gather; /* codes that do not add up are gathered; false: they travel as if they did */
        double chunk;    /* bytes of the smallest chunk of a tree or chain */
        double collective_overhead; /* seconds before a worker's first message of an exchange */
        int overlap;                /* enum overlap; algorithms that cannot: OVERLAP_NONE */
        double bucket,
            first_bucket; /* bytes of float32 in a bucket, at least; bucket 0: one bucket a layer */
        char *preset;     /* a name of --list networks, or NULL */
    } network;
    struct {                  /* [server] */
        double cost_per_byte; /* seconds of the PS per byte of a push on the wire */
        int64_t shards;       /* exchange = sharded; -1: one per worker */
        bool colocated;       /* shard j is at worker j */
    } server;
    struct {                                 /* [faults] of the simulated cluster */
        struct reals crash_at, crash_worker; /* crash i: seconds, worker; n = 0: no crashes */
        double crash_probability, loss_probability;
        double down_time, detection_time, retransmit_timeout; /* seconds; down_time may be INFINITY */
        struct reals server_crash_at;                         /* seconds; n = 0: no crashes */
        double server_down_time;                              /* seconds */
        int64_t server_checkpoint_every;                      /* updates */
    } faults;
    struct {                      /* [output] */
        char *path;               /* "results" */
        int64_t eval_every;       /* global iterations; -1: once per epoch */
        int64_t checkpoint_every; /* global iterations; 0: never */
        int64_t workers_every;    /* rounds; 1: every row */
        char *trace;              /* as trace_rounds() reads it */
        struct milestones at;     /* where the accuracy is compared; n = 0: nowhere */
        bool report;
        enum batchnorm_kind batchnorm;
        int64_t batchnorm_samples; /* -1: 2000, or all training samples where there are fewer */
        struct names quality;      /* quality_words; n = 0: accuracy and loss alone */
        int64_t gradient_samples;  /* quality has gradient_norm; -1: all training samples */
    } output;
    struct { /* [host] */
        /* Seconds of CPU time without progress after which the run counts as hung. */
        double patience;
        enum kernels kernels;
    } host;
    struct {            /* [sweep]; the rows of the grid: see config_sweep_rows */
        char *count_by; /* names of swept keys, or NULL */
        enum tune_kind tune;
        enum retime_kind retime;
        enum own_values own_values;
        int64_t halving; /* 0, or the factor of each rung */
    } sweep;
    struct {        /* [tune]; its rows: see config_tune_rows */
        int method; /* enum search_kind; -1: by the rows */
        int64_t trials, seeds, seed, eta;
        enum tune_kind by;
    } tune;
    struct { /* [compare] */
        int64_t seeds;
        char *reference; /* name of an algorithm, or NULL: the first */
        enum pairs_kind pairs;
        char *measures; /* names of measures, or NULL */
        double accuracy_resolution, time_resolution;
        double accuracy_margin, time_margin; /* NAN: none */
    } compare;
    struct { /* contents of the files that keys name, read by config_finish; NULL: none was given */
        struct trace *compute, *link, *server; /* (workers), (workers), (1) */
        struct sites *sites;                   /* sites_file.h; NULL: the topology is another one */
        struct profile *profile;               /* profile_file.h; NULL: the model is another one */
    } traces;
    struct { /* [algorithm.NAME], [codec.NAME]: config_params */
        int n;
        struct section_params *at; /* (n) */
    } plugins;
};

/* A section of an algorithm or a codec: its name ("algorithm.losp"), its rows (NULL: no rows), and the
 * size of the struct that the rows fill. */
struct config_section {
    const char *name;
    const struct config_key *keys;
    size_t params_size;
    const char
        *of; /* of a variant's section: the name of the section from which it has its keys; else NULL */
};

struct config_source; /* every key, with the origin of its value: default, file and line, or option */

/* Fills in the defaults, also of the plug-ins' sections (extra, n_extra; names and keys are kept by
 * pointer). Every configuration has its own parameters for each section. */
struct config_source *config_begin(struct config *cfg, const struct config_section *extra, int n_extra);

/* Each returns true, or false with one line in error: "file:line: key: expected ..., got ..." (for --set:
 * "--set: key: ..."). Read files first: the command line wins over all of them, a later file and a later
 * --set win over an earlier one. An empty value unsets a key that may be left out. Refused: unknown sections
 * and keys (with the nearest known one), repeated keys in a file, indented lines, lines longer than 64 KiB,
 * wrong units, values out of bounds. */
bool config_read_file(struct config_source *src, const char *path, char *error, size_t error_size);
/* The same for an ini that is in memory (ini.h). path: its name in messages. */
struct ini_text;
bool config_read_text(struct config_source *src, const char *path, const struct ini_text *text, char *error,
                      size_t error_size);
struct preset_file {
    const char *section, *path;
    int level; /* of the key that names the preset */
    char *
        given; /* out: "network.latency, network.bandwidth": keys of a lower level, which are given and win, though
                    the preset was named later; NULL: there are none. The caller frees. */
};

/* Takes the values of a file with one section for its keys that are at their defaults, after all files and
 * options; not for NAME_up and NAME_down where NAME is given. network.sites: the path from the file's folder. */
bool config_read_preset(struct config_source *src, struct preset_file *preset, char *error,
                        size_t error_size);
/* assignment: "section.key=value". */
bool config_set(struct config_source *src, const char *assignment, char *error, size_t error_size);
/* The same for an option that stands for one key ("--workers"); errors name the option. */
bool config_option(struct config_source *src, const char *option, const char *key, const char *value,
                   char *error, size_t error_size);
/* Declares the variants in the value of "section.key=value", where the key has names as its value. Call this for
 * all options, twice, before the first is taken: an option in front may set a key of a variant, and that key may
 * name a variant of a codec. */
bool config_declare(struct config_source *src, const char *option, const char *assignment, char *error,
                    size_t error_size);

/* A row of the grid: a line of [sweep] with any key, or --sweep. values is text; sim/sweep/grid.h checks
 * it. */
struct sweep_row {
    char *key;                    /* "network.bandwidth" */
    const struct config_key *row; /* the key's row in the table, which each value must fit */
    char *values;
    char *place; /* origin of the row: "x.ini:12", "--sweep" */
    int level, line;
};
const struct sweep_row *config_sweep_rows(const struct config_source *src, int *n); /* in the order given */
/* assignment: "section.key=values" of the command line. Replaces the file's row for the same key. */
bool config_sweep(struct config_source *src, const char *assignment, char *error, size_t error_size);
/* The rows of [tune] and of --tune, like those of the grid: "algorithm.NAME.KEY", or "algorithm.*.KEY", which has the row
 * of the first algorithm with this key. values is text; sim/tune/tune.h reads it. */
const struct sweep_row *config_tune_rows(const struct config_source *src, int *n);
bool config_tune(struct config_source *src, const char *assignment, char *error, size_t error_size);
void config_warn_untuned(const struct config_source *src); /* of keys of [tune] that no row uses */
/* The key "section.key" is one of a variant that the configuration does not use, or does not know. */
bool config_is_unused(const struct config_source *src, const char *key);
quality_set config_quality(const struct config *cfg); /* output.quality as bits */
/* Whether a model of this name needs a data set: a profile does not. */
bool config_reads_data(const char *model);
/* The keys that name a file, ended by NULL: "network.trace". The folder of a run has a copy of it, which has the name
 * of the key and .csv. */
extern const char *const config_files[];
/* The path of a file that a key names. If a relative path leads to no file from the working directory, it may from the
 * folder of an ini that has been read. The caller frees. */
char *config_find_file(const struct config_source *src, const char *path);
void config_drop_sweep(struct config_source *src); /* a point of the grid has no grid */

/* The configuration is of a comparison: it has a section [compare], an option gives a key of it, or [tune] has a row. */
bool config_compares(const struct config_source *src);
void config_compare(struct config_source *src); /* --compare: it is one */
/* Unsets the keys of [compare] and [tune], and drops the rows of [tune]: a stage of a comparison is a sweep like any
 * other. */
void config_drop_compare(struct config_source *src);

/* Checks what several keys together must fulfil: iterations and epochs exclude each other (the command
 * line wins over the file; both at one level are refused; neither: one epoch), lengths of lists fit the
 * workers, processes <= workers, step_at rises, compute.seconds and compute.straggler_factor are given
 * when needed, the experiment's name is fit for a folder, output.trace is well formed. Reads the trace
 * files. Call once, after all files and options. From then on until config_end, a message of die(EXIT_USAGE) that
 * begins with a key has the origin of its value in front. */
bool config_finish(struct config_source *src, char *error, size_t error_size);

/* Prints the resolved ini: every section and key with its value, and the rows of the grid. Reading this
 * ini gives the same configuration. with_origin adds "; from FILE:LINE" comments. */
void config_dump(const struct config_source *src, FILE *out, bool with_origin);
/* Prints every key with type, default, bounds and help, as a Markdown table per section (KEYS.md) or as
 * plain lines. */
void config_list_keys(const struct config_section *extra, int n_extra, FILE *out, bool markdown);
void config_end(struct config_source *src); /* frees every owned value in cfg as well */

/* The parameters of a plug-in's section, for instance of ("algorithm", "losp"); NULL: there is no such
 * section. They live as long as the configuration. */
const void *config_params(const struct config *cfg, const char *kind, const char *name);

/* Element i of a list with one value per worker, or one value for all workers. */
double reals_at(const struct reals *list, int64_t i);

#endif
