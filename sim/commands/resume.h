/* Resumes a run that was interrupted, by what its folder says. An algorithm with a summary.json is complete. One
 * without goes on from its checkpoint; where there is none, its run starts again. */
#ifndef SIM_COMMANDS_RESUME_H
#define SIM_COMMANDS_RESUME_H

#include "models/data/dataset.h"
#include "sim/config/config.h"
#include "sim/runtime/run.h"

/* The configuration of the run in the folder, with the traces that lie beside it. false and one line: see config.h. */
bool resume_configure(struct config_source *src, const char *folder, char *error, size_t size);

/* What marks every checkpoint of a run as its own, but for the algorithm's name. After the folder has been filled. */
struct identity resume_identity(const char *folder, const struct dataset *data);

/* Parts of it: of the file's bytes, and a number of the samples that other samples do not have. */
uint64_t resume_hash_file(const char *path, uint64_t seed);
uint64_t resume_hash_data(const struct dataset *data);

/* Which are complete, with their summaries; returns how many there are. One before them may have come to no end. */
int resume_summaries(struct summary *summary, bool *complete, const struct run *run, int runs,
                     const char *folder);

/* Of one algorithm that is not complete: its folder and its newest checkpoint, if they are there. Ends the program with
 * EXIT_DATA when its checkpoints are damaged. Then what is left in that folder and will be written again is removed. */
void resume_open(struct run *run, const char *folder);
void resume_clear(const struct run *run);
/* Of one that is complete: checkpoints that outlived it, as a run may be killed after it has written the summary. */
void resume_clear_complete(const struct run *run, const char *folder);
void resume_clear_end(const char *folder); /* likewise what all algorithms share */

#endif
