/* What the messages of a run carry: their spans, their codecs, and their sizes on the wire. */
#ifndef SIM_RUNTIME_MESSAGE_LAYOUT_H
#define SIM_RUNTIME_MESSAGE_LAYOUT_H

#include "sim/runtime/prepare.h"

/* Fills run->plain and makes it the run's protocol; fills both codings, the layouts of push, reply and
 * snapshot, and the sizes in run->conductor. Errors are handled as by run_prepare(). */
void message_layouts_prepare(struct run *run, const struct setting *setting);

#endif
