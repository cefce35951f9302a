/* What the commands on a comparison share: its stages, which are sweeps, and the verdict from the files of these. */
#ifndef SIM_COMMANDS_COMPARISON_H
#define SIM_COMMANDS_COMPARISON_H

#include "sim/commands/past_sweep.h"
#include "sim/commands/program.h"
#include "sim/compare/profiles.h"
#include "sim/tune/tuning.h"

enum stage { STAGE_TUNE, STAGE_FINAL, STAGES };
extern const char *const stage_names[]; /* of the ini and of the folder: "tune", "final" */
extern const char *const stage_words[]; /* "tuning", "final runs" */

struct plan { /* of a comparison, from its configuration */
    const struct program *all;
    struct verdict_rules rules;
    struct tuning tuning; /* without keys there is no STAGE_TUNE */
};

/* Ends the program with EXIT_USAGE where no comparison can be made. */
void plan_read(struct plan *plan, const struct program *all);
void plan_free(struct plan *plan);
bool plan_has(const struct plan *plan, enum stage stage);

/* ---- compare_stage.c: a stage is a sweep, of an ini that the program writes ---- */

/* Makes the configuration of a stage from that of the comparison. tuned: the results of the tuning, for STAGE_FINAL;
 * NULL: there are none yet, or nothing is tuned. false, with one line in error: an algorithm has no best trial. The
 * caller ends p->source with config_end() in each case. */
bool stage_configure(struct program *p, const struct plan *plan, enum stage stage,
                     const struct results *tuned, char *error, size_t size);

/* Checks all points of a stage, from the ini that the user has given; with --check also prints them. */
struct work stage_try(const struct plan *plan, enum stage stage);

/* Writes FOLDER/final.ini, unless it is there. */
void stage_write(const struct plan *plan, enum stage stage, const struct results *tuned);

/* Runs FOLDER/final.ini into FOLDER/final, or goes on there. Returns the exit status. */
int stage_run(const struct plan *plan, enum stage stage, char **argv);

/* ---- comparison.c: what the stages say ---- */

struct opened { /* a stage that has begun */
    char *folder;
    struct program program; /* its configuration */
    struct past_sweep past;
    struct results *results; /* the values are chosen where all points are over */
    int missing;             /* points that are not over */
};

bool stage_has_begun(const char *folder, enum stage stage); /* FOLDER/final is there */
void stage_open(struct opened *o, const char *folder, enum stage stage, const struct options *options);
void stage_close(struct opened *o);

struct comparison {
    const char *folder;
    struct program base; /* its configuration */
    struct plan plan;
    struct opened stage[STAGES];        /* folder NULL: there is none, or it has not begun */
    struct tuned *tuned;                /* (algorithms) for the verdict */
    int missing;                        /* points of the final runs that are not over */
    struct comparison_verdict *verdict; /* NULL: some are missing, or some of the tuning */
};

/* Reads the folder of a comparison. options: those of the program, where --set may change keys of [compare]
 * (--report). */
void comparison_open(struct comparison *c, const char *folder, const struct options *options);
/* Nothing is tuned, or all points of that are over: a user may have removed tune/, or a point of it. */
bool comparison_is_tuned(const struct comparison *c);
/* "tune/ is not there": why there is no verdict; NULL: there is one. The caller frees. */
char *comparison_lacks(const struct comparison *c);
void comparison_expect(const struct comparison *c,
                       const char *option); /* ends the program without a verdict */
void comparison_close(struct comparison *c);
/* Writes what follows from the results of the stages: the verdict, tune.csv, and the tables of pictures. */
void comparison_write_files(const struct comparison *c, const char *folder);
const char **comparison_files(void); /* the names of all these files; ended by NULL */
struct compared comparison_shown(const struct comparison *c); /* for pictures; it borrows from c */

#endif
