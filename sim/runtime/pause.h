/* A pause of the run: the PS and all worker processes stop, the rings are emptied, and every process
 * writes its section of a checkpoint. Then the run goes on, or ends.
 *
 *   asked for   by the launcher (after a signal: the run ends with the checkpoint) or by the PS
 *               (output.checkpoint_every: the run goes on; run->rests_after: it ends with the checkpoint, to be resumed)
 *   boundary    A process looks for a pause before every order or task, and starts an order or task only
 *               when it can be played to its end. So a process stops at the next boundary, a worker after at
 *               most one local iteration, and never in the middle of a message. A process that has stopped
 *               goes on emptying its full rings, so that other processes get to their boundary.
 *   all joined  No process writes to a ring. Every process empties its rings; the PS waits for the results
 *               of the evaluator.
 *   turns       The shared segment (0), the PS (1) and the worker processes (2 ..) append their sections.
 *   the end     The PS commits the file, and says whether the run goes on. */
#ifndef SIM_RUNTIME_PAUSE_H
#define SIM_RUNTIME_PAUSE_H

#include "sim/runtime/run.h"

enum pause { PAUSE_NONE, PAUSE_TO_GO_ON, PAUSE_TO_REST, PAUSE_TO_END };

/* Sections of a checkpoint: the shared segment, the PS, and from SECTION_PROCESSES on the worker
 * processes. */
enum { SECTION_SHARED, SECTION_SERVER, SECTION_PROCESSES };

uint32_t pause_sections(const struct run *run);

void pause_ask(const struct run *run, enum pause pause); /* in any process; only if run_can_checkpoint() */
bool pause_wanted(const struct run *run);

/* Worker process: takes part in the pause, from its boundary until the run goes on. */
void pause_attend(const struct run *run, int process, struct inbox *replies, const struct waiter *me,
                  const struct persistent *persistent);

/* PS: takes part in three steps. pause_save returns when all sections are written. pause_end does not
 * return if the run ends. */
void pause_join(const struct run *run, const struct waiter *me);
bool pause_save(const struct run *run, const struct waiter *me, const struct persistent *persistent);
void pause_end(const struct run *run, const struct rows *rows);

#endif
