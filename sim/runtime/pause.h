/* A pause of the run: the PS and all worker processes stop, what lies on rings is taken off, every process
 * writes its section of a checkpoint; then the run goes on, or ends.
 *
 *   asked for   by the launcher (a signal: the run ends with the checkpoint) or by the PS (output.checkpoint_every)
 *   a process    looks before every order or task, and before each waits only for what that needs to be played to its end.
 *               So it stops at the next boundary, a worker after one local iteration at most, and none stops in the middle
 *               of a message; processes that have stopped go on emptying full rings, so that the others get to their boundary.
 *   all joined  none writes to a ring any more: every process empties its own; the PS waits for the results of the evaluator
 *   in turn     shared segment (0), PS (1), worker processes (2 ..) append their sections to the file
 *   the PS      makes the file good, and says how it goes on */
#ifndef SIM_RUNTIME_PAUSE_H
#define SIM_RUNTIME_PAUSE_H

#include "sim/runtime/run.h"

enum pause { PAUSE_NONE, PAUSE_TO_GO_ON, PAUSE_TO_END };

enum { SECTION_STAGE, SECTION_SERVER, SECTION_PROCESSES }; /* the last: of process 0; the others follow */

uint32_t pause_sections(const struct run *run);

void pause_ask(const struct run *run, enum pause pause); /* any process; only if run_can_checkpoint() */
bool pause_wanted(const struct run *run);

/* Worker process: takes part, from the boundary to the moment at which it may go on. */
void pause_attend(const struct run *run, int process, struct inbox *replies, const struct waiter *me,
                  const struct persistent *persistent);

/* PS: the same, in three parts. */
void pause_join(const struct run *run, const struct waiter *me);
bool pause_save(const struct run *run, const struct waiter *me,
                const struct persistent *persistent);           /* all sections */
void pause_end(const struct run *run, const struct rows *rows); /* does not return if that ends the run */

#endif
