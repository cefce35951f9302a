/* One call of the program: its options, its configuration and what the program makes of them. A sweep does the same
 * once for every point. */
#ifndef SIM_COMMANDS_PROGRAM_H
#define SIM_COMMANDS_PROGRAM_H

#include "models/data/partition.h"
#include "models/model.h"
#include "sim/config/config.h"
#include "sim/config/ini.h"
#include "sim/config/options.h"
#include "sim/commands/record.h"
#include "sim/runtime/prepare.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/shared.h"
#include "sim/sweep/grid.h"

struct program {
    struct options options;
    const struct ini_text *given; /* the bytes of options.file, read once */
    struct config cfg;
    struct config_source *source;
    const struct dataset *data;
    struct model *model;
    float *first_params, *first_stats;
    struct shares *shares;
    struct setting setting;
    int runs;
    struct run *run;         /* (runs) one for each algorithm */
    struct summary *summary; /* (runs) */
    bool *ended;             /* (runs) by itself: the summary is complete ... */
    int complete;            /* ... and how many are */
    char *folder;
    struct record record;
    const struct grid *grid;   /* of the sweep that it is a point of */
    const struct point *point; /* NULL: it is none */
    const char *base;          /* the sweep's folder, from which it is configured; NULL: it is not made yet */
};

/* ---- program.c, given.c: the steps that commands share ---- */

/* Ends the program with EXIT_USAGE and this line unless ok. */
void need_ok(bool ok, const char *error);

/* From its options, its base and its point; config_end(p->source). */
void program_configure(struct program *p);
/* Data (unless there are some already), model, runs: prepared and checked. */
void program_open(struct program *p);
void program_close(struct program *p);
/* On stdout: model, data set, workers, seed. */
void program_print(const struct program *p);
/* Into its folder: the ini under that name, resolved.ini, traces. */
void program_write_ini(const struct program *p, const char *name);
/* Asks for the shared memory of each run once, and ends the program where there is too little: before anything is
 * written, so that a lack of memory leaves nothing behind. */
void program_try_memory(const struct program *p);

/* ---- the commands, one file each; they return the exit status ---- */

int experiment(struct program *p, char **argv);  /* FILE, --resume: one of the next four */
int program_run(struct program *p, char **argv); /* run.c: in a new folder, or in that of --resume */
int check(const struct program *p);              /* --check: EXIT_STUCK where a run would come to no end */
void explain(const struct program *p);           /* --explain */
/* sweep.c. The configuration has a grid: then sweep() does what the action says. */
bool sweeps(const struct program *p);
int sweep(struct program *p, char **argv);
int report(struct program *p); /* --report */

#endif
