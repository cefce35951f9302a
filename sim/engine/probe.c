#include "sim/engine/probe.h"

static void tell(const struct probe *to, const struct timeline_event *n)
{
    if (to->take)
        to->take(to->context, n);
}

static enum timeline_kind kind_of(enum doing doing)
{
    if (doing == COMPUTING)
        return TIMELINE_COMPUTE;
    if (doing == CODING)
        return TIMELINE_CODING;
    return doing == DOWN ? TIMELINE_DOWN : TIMELINE_WAITING;
}

/* Activities that have lasted no time are not shown. */
void probe_activity(const struct probe *to, const struct sim_worker *w, vtime now)
{
    if (w->since < now)
        tell(to, &(struct timeline_event){.kind = kind_of(w->doing),
                                          .worker = w->view.id,
                                          .begin = w->since,
                                          .end = now,
                                          .version = w->view.version});
}

void probe_coding(const struct probe *to, const struct sim_worker *w, vtime begin, vtime end)
{
    tell(to, &(struct timeline_event){.kind = TIMELINE_CODING,
                                      .worker = w->view.id,
                                      .begin = begin,
                                      .end = end,
                                      .version = w->view.version});
}

void probe_push_departs(const struct probe *to, const struct push_header *h, vtime now, uint64_t bytes)
{
    tell(to, &(struct timeline_event){.kind = TIMELINE_PUSH_DEPARTS,
                                      .worker = h->worker,
                                      .begin = now,
                                      .version = h->base,
                                      .bytes = (int64_t)bytes,
                                      .k = h->k});
}

void probe_push_arrives(const struct probe *to, int worker, vtime now)
{
    tell(to, &(struct timeline_event){.kind = TIMELINE_PUSH_ARRIVES, .worker = worker, .begin = now});
}

void probe_reply_departs(const struct probe *to, int worker, const struct delivery *d, uint64_t bytes)
{
    tell(to, &(struct timeline_event){.kind = TIMELINE_REPLY_DEPARTS,
                                      .worker = worker,
                                      .begin = d->depart,
                                      .version = d->version,
                                      .bytes = (int64_t)bytes});
}

void probe_reply_arrives(const struct probe *to, int worker, vtime now)
{
    tell(to, &(struct timeline_event){.kind = TIMELINE_REPLY_ARRIVES, .worker = worker, .begin = now});
}

static void tell_message(const struct probe *to, enum timeline_kind kind, int worker,
                         const struct exchange_message *m, int bucket)
{
    if (to->take) /* exchanges may have millions of messages */
        tell(to, &(struct timeline_event){.kind = kind,
                                          .worker = worker,
                                          .begin = m->depart,
                                          .end = kind == TIMELINE_MESSAGE_ARRIVES ? m->arrive : m->depart,
                                          .bytes = (int64_t)m->bytes,
                                          .from = m->from,
                                          .to = m->to,
                                          .phase = exchange_phase_words[m->phase],
                                          .step = m->step,
                                          .exchange = m->exchange,
                                          .bucket = bucket});
}

void probe_message_departs(const struct probe *to, int worker, const struct exchange_message *m, int bucket)
{
    tell_message(to, TIMELINE_MESSAGE_DEPARTS, worker, m, bucket);
}

void probe_message_arrives(const struct probe *to, int worker, const struct exchange_message *m, int bucket)
{
    tell_message(to, TIMELINE_MESSAGE_ARRIVES, worker, m, bucket);
}

void probe_service(const struct probe *to, int worker, vtime begin, vtime end, int64_t version)
{
    tell(to, &(struct timeline_event){
                 .kind = TIMELINE_SERVICE, .worker = worker, .begin = begin, .end = end, .version = version});
}

void probe_reply_coding(const struct probe *to, int worker, vtime begin, vtime end, int64_t version)
{
    tell(
        to,
        &(struct timeline_event){
            .kind = TIMELINE_REPLY_CODING, .worker = worker, .begin = begin, .end = end, .version = version});
}

void probe_fold(const struct probe *to, const struct push_row *row, vtime now)
{
    tell(to, &(struct timeline_event){.kind = TIMELINE_FOLD,
                                      .worker = (int)row->worker,
                                      .begin = now,
                                      .version = row->round,
                                      .staleness = row->staleness});
}

void probe_update(const struct probe *to, int64_t version, vtime now)
{
    tell(to,
         &(struct timeline_event){.kind = TIMELINE_UPDATE, .worker = -1, .begin = now, .version = version});
}

void probe_outage(const struct probe *to, vtime begin, vtime end, int64_t version)
{
    tell(to, &(struct timeline_event){
                 .kind = TIMELINE_OUTAGE, .worker = -1, .begin = begin, .end = end, .version = version});
}
