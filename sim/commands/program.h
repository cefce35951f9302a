/* One call of the program: its options, its configuration and what it makes of them, in main.c; and sweeps, in sweeps.c,
 * which do the same once for every point. */
#ifndef SIM_COMMANDS_PROGRAM_H
#define SIM_COMMANDS_PROGRAM_H

#include "sim/config/ini.h"
#include "sim/config/options.h"
#include "sim/commands/record.h"
#include "sim/runtime/run.h"
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

/* Ends the program with EXIT_USAGE and this line unless ok. */
void need_ok(bool ok, const char *error);

void program_configure(
    struct program *p); /* from its options, its base and its point; config_end(p->source) */
void program_open(
    struct program *p); /* data (unless there are some already), model, runs prepared and checked */
void program_write_ini(const struct program *p,
                       const char *name); /* into its folder: the ini under that name, resolved.ini, traces */
void program_try_memory(
    const struct program *p); /* ends the program where its runs would find no shared memory */
int program_run(struct program *p,
                char **argv); /* in a new folder, or in that of --resume; the exit status */
void program_close(struct program *p);

/* The configuration has a grid: then sweep() does what the action says, ends the configuration and returns the exit status. */
bool sweeps(const struct program *p);
int sweep(struct program *p, char **argv);

int report(struct program *p); /* --report of a sweep or of runs; the exit status */

#endif
