#include "sim/runtime/tracing.h"

#include <assert.h>

#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/config/trace_limit.h"
#include "sim/output/timeline_messages.h"

struct timeline *tracing_open(const struct run *run, struct conductor *c)
{
    int64_t rounds;
    bool good = trace_rounds(run->cfg->output.trace, &rounds);
    assert(good);
    (void)good;
    if (rounds == 0)
        return NULL;
    const struct topology *t = run->conductor.exchange.topology;
    struct timeline *timeline = timeline_create(&(struct timeline_spec){.folder = run->folder,
                                                                        .workers = run->workers,
                                                                        .rounds = rounds,
                                                                        .messages = t,
                                                                        .shards = t ? t->shards : 1,
                                                                        .colocated = t && t->colocated});
    conductor_watch(c, &(struct probe){timeline_add, timeline});
    return timeline;
}

void tracing_close(const struct run *run, struct timeline *timeline)
{
    if (timeline_is_cut(timeline))
        warn("%s: the timeline has the first %d messages; output.trace = all keeps all of them", run->name,
             (int)TIMELINE_MESSAGES);
    timeline_close(timeline);
}
