/* What the commands on a comparison share: its phases as programs, and the verdict from the files of the final runs. */
#ifndef SIM_COMMANDS_COMPARISON_H
#define SIM_COMMANDS_COMPARISON_H

#include "sim/commands/program.h"
#include "sim/compare/verdict.h"
#include "sim/sweep/sweep.h"

/* ---- compare_phase.c: a phase is a sweep, of an ini that the program writes ---- */

/* Makes the configuration of the final runs from that of the comparison (all): the seeds become a row of the grid. The
 * caller ends it with config_end(p->source). */
void phase_configure(struct program *p, const struct program *all);

/* Checks all points of the final runs, from the ini that the user has given; with --check also prints. */
void phase_try(const struct program *all, struct work *work);

/* Writes FOLDER/final.ini, unless it is there. */
void phase_write(const struct program *all);

/* Runs FOLDER/final.ini into FOLDER/final, or goes on there. Returns the exit status. */
int phase_run(const struct program *all, char **argv);

/* ---- comparison.c: what the final runs say ---- */

struct comparison {
    const char *folder;
    struct program base, final; /* the configurations of FOLDER and of FOLDER/final */
    struct sweep sweep;
    struct results *results;
    struct comparison_verdict *verdict; /* NULL: `missing` points are not over */
    int missing;
};

bool comparison_has_final(const char *folder); /* FOLDER/final is there: its points may have begun */

/* Reads the folder, which has FOLDER/final. options: those of the program, where --set may change keys of [compare] (--report). */
void comparison_open(struct comparison *c, const char *folder, const struct options *options);
void comparison_close(struct comparison *c);

#endif
