/* A gate lets only as many processes of a run compute at once as there are cores, and one more, in the order in
 * which they come. So each computes for a while without being interrupted, and finds its model and its buffers in the
 * cache; the kernel would give each of many processes a few milliseconds.
 *
 *     gate_queue(gate, me);
 *     until gate_enter(gate, me, ...): sleep on the bell of this process
 *     compute
 *     gate_leave(gate, me);
 *
 * A process leaves the gate before it waits for anything else, so no process waits for ever.
 *
 * The last processes: where fewer than two processes for each core compute or queue, all of them may enter and
 * share the cores. In this way three processes on two cores are done after one and a half turns; if the third
 * waited for a core to itself, they would take two turns. */
#ifndef SIM_TRANSPORT_GATE_H
#define SIM_TRANSPORT_GATE_H

#include <stddef.h>

#include "sim/transport/bell.h"

struct gate;

size_t gate_bytes(int members);
/* bell: (members) of the processes that use the gate. room: zeroed, aligned to 64 bytes, in shared memory. */
struct gate *gate_create(void *room, int members, int cores, struct bell *const *bell);

void gate_queue(struct gate *gate, int member);
/* true: the process is inside. last: it may enter by the rule about the last processes. */
bool gate_enter(struct gate *gate, int member, bool last);
/* The rule about the last processes applies now. More processes may be on their way to the queue, so a process
 * that could enter by this rule sleeps for a moment first. */
bool gate_has_room(const struct gate *gate);

bool gate_inside(const struct gate *gate, int member);
bool gate_wanted(const struct gate *gate);      /* a process waits in the queue */
void gate_leave(struct gate *gate, int member); /* nothing, if the process is not inside */

#endif
