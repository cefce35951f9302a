/* What messages of a run carry: through which codec, and how many bytes that is on the wire. */
#ifndef SIM_RUNTIME_MESSAGE_LAYOUT_H
#define SIM_RUNTIME_MESSAGE_LAYOUT_H

#include "sim/runtime/prepare.h"

/* run->plain, which is its protocol then, both codings, push, reply and snapshot, and the sizes that its
 * conductor reckons with. Errors as run_prepare(). */
void message_layouts_prepare(struct run *run, const struct setting *setting);

#endif
