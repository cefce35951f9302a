/* One call of the program: options, configuration, data, model and runs. A sweep makes a struct program for
 * every point. */
#ifndef SIM_COMMANDS_PROGRAM_H
#define SIM_COMMANDS_PROGRAM_H

#include "models/data/partition.h"
#include "models/model.h"
#include "sim/base/fail.h"
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
    struct first_test *first_test; /* NULL: nothing is trained */
    struct shares *shares;
    struct setting setting;
    int runs;
    struct run *run;         /* (runs) one for each algorithm */
    struct summary *summary; /* (runs) */
    bool *ended;             /* (runs) true: the run has ended by itself, and its summary is complete */
    int complete;            /* number of runs that have ended by themselves */
    char *folder;
    struct record record;
    struct retimed retimed;

    /* For a point of a sweep: the grid and the point (NULL: not a point). base is the sweep's folder, which
     * has the configuration; NULL while the folder does not exist yet. */
    const struct grid *grid;
    const struct point *point;
    const char *base;
    const int *leader; /* (points) of a sweep, as in struct sweep; NULL: none follows another */
    struct progress_shared *published; /* for the sweep; NULL: not a point */
    const struct rests *rests;         /* of a sweep: where its points stop; NULL: at their ends */
    char *rungs;                       /* of a halved point, for run.json; NULL: not halved */

    /* For a sweep that is a stage of a comparison: the comparison's folder (NULL: it is none); `tried`: its points are
     * configured and checked, and none runs; work (or NULL): what they are. */
    const char *whole;
    bool tried;
    struct work *work;
};

struct work { /* of a sweep, by --check */
    int runs;
    double wall; /* seconds on this machine, of all points one after the other; 0: unknown */
};

/* ---- program.c, given.c: the steps that commands share ---- */

/* Ends the program with EXIT_USAGE and this line unless ok. */
static inline void need_ok(bool ok, const char *error)
{
    if (!ok)
        die(EXIT_USAGE, "%s", error);
}

/* Makes the configuration from options, base and point. The caller ends it with config_end(p->source). */
void program_configure(struct program *p);

/* Opens the data (unless p->data is set), builds the model, and prepares and checks all runs. */
void program_open(struct program *p);
void program_close(struct program *p);

bool program_coloured(const struct options *o); /* the progress bar has colour */

/* effects.c: given settings that have no effect; some are refused. A call may have many programs (the points
 * of a sweep): note each of them (*counts: NULL at first), then say with the configuration that the user
 * gave. effects_say() frees counts. */
enum counts { NOT_CONCERNED, COUNTS_NOT, COUNTS };
void effects_note(const struct program *p, enum counts **counts);
void effects_say(const struct config_source *source, enum counts *counts);

/* Prints model, data set, workers and seed on stdout. */
void program_print(const struct program *p);

/* Writes the given ini under this name, resolved.ini and the traces into the folder. */
void program_write_ini(const struct program *p, const char *name);

/* Makes the folder of a sweep or a comparison (kind, which also names the file with the given ini: "sweep.ini") from
 * its configuration and the tables that rows of the grid name, and locks it: p->folder. With --index several jobs may
 * make it. */
void program_make_folder(struct program *p, const struct grid *grid, const char *kind);

/* Reserves the shared memory of each run once, and ends the program if there is too little. Call before
 * anything is written, so that a lack of memory leaves nothing behind. */
void program_try_memory(const struct program *p);

/* ---- the commands, one file each; they return the exit status ---- */

int experiment(struct program *p, char **argv); /* FILE or --resume: calls one of the commands below */
int program_run(struct program *p,
                char **argv);          /* run.c: into a new folder, or into the folder of --resume */
int check(const struct program *p);    /* --check; EXIT_STUCK if a run would have no end */
void explain(const struct program *p); /* --explain */

/* sweep.c. sweeps: the configuration has a grid, and the action uses it. sweep then runs or checks all
 * points. */
bool sweeps(const struct program *p);
int sweep(struct program *p, char **argv);
/* compare.c: likewise for a comparison. */
bool compares(const struct program *p);
int compare(struct program *p, char **argv);
/* Ends the program if --set of --report or --table is about another kind of folder: compare.KEY of a sweep, sweep.KEY of a
 * comparison. */
void comparison_check_set(const struct options *o);
int report(struct program *p);                    /* --report */
int table(struct program *p);                     /* --table */
int advise(const struct program *p, char **argv); /* --advise */
int verify_folders(const struct options *o);      /* verify.c: --verify */
#endif
