/* server: every worker pushes to the PS, and the PS replies. Li et al., OSDI 2014.
 *
 *      worker 0 --push--> PS --reply--> worker 0          over a star: hub.c
 *      worker 1 --push--> PS --reply--> worker 1          over a graph: two nodes, so each worker has one ordered
 *      worker 2 --push--> PS --reply--> worker 2          pair for its pushes and one for its replies
 */
#include "sim/exchange/kind.h"

static void push(struct exchange *x, int worker, int64_t number, uint64_t payload)
{
    int ps = topology_server(exchange_spec_of(x)->topology, 0);
    wire_send(x, &(struct exchange_message){
                     .exchange = number, .from = worker, .to = ps, .bytes = payload, .phase = PHASE_PUSH});
}

static void reply(struct exchange *x, int worker, int64_t number, uint64_t payload)
{
    int ps = topology_server(exchange_spec_of(x)->topology, 0);
    wire_send(x, &(struct exchange_message){
                     .exchange = number, .from = ps, .to = worker, .bytes = payload, .phase = PHASE_REPLY});
}

static void arrives(struct exchange *x, const struct exchange_message *m)
{
    if (m->phase == PHASE_PUSH)
        wire_event(x, EXCHANGE_PUSH, m->from);
    else
        wire_result(x, m->to);
}

extern const struct exchange_kind
    exchange_sharded; /* of one shard, which answers a bucket when it has all of them */
const struct exchange_kind exchange_server = {
    .name = "server",
    .label = "parameter server",
    .summary = "every worker pushes to the parameter server, which replies",
    .source = "Li et al., OSDI 2014",
    .at_server = true,
    .least_workers = 1,
    .in_buckets = &exchange_sharded,
    .push = push,
    .reply = reply,
    .arrives = arrives,
};
