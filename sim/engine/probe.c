#include "sim/engine/probe.h"

static void tell(const struct notes *to, const struct note *n)
{
    if (to->take)
        to->take(to->context, n);
}

void notes_turn(const struct notes *to, const struct sim_worker *w, vtime now)
{
    if (w->since < now)
        tell(to, &(struct note){.kind = w->doing == COMPUTING ? NOTE_COMPUTE
                                        : w->doing == AWAY    ? NOTE_DOWN
                                                              : NOTE_WAITING,
                                .worker = w->view.id,
                                .begin = w->since,
                                .end = now,
                                .version = w->view.version});
}

void notes_push_departs(const struct notes *to, const struct push_header *h, vtime now, uint64_t bytes)
{
    tell(to, &(struct note){.kind = NOTE_PUSH_DEPARTS,
                            .worker = h->worker,
                            .begin = now,
                            .version = h->base,
                            .bytes = (int64_t)bytes,
                            .k = h->k});
}

void notes_push_arrives(const struct notes *to, int worker, vtime now)
{
    tell(to, &(struct note){.kind = NOTE_PUSH_ARRIVES, .worker = worker, .begin = now});
}

void notes_reply_departs(const struct notes *to, int worker, const struct delivery *d, uint64_t bytes)
{
    tell(to, &(struct note){.kind = NOTE_REPLY_DEPARTS,
                            .worker = worker,
                            .begin = d->depart,
                            .version = d->version,
                            .bytes = (int64_t)bytes});
}

void notes_reply_arrives(const struct notes *to, int worker, vtime now)
{
    tell(to, &(struct note){.kind = NOTE_REPLY_ARRIVES, .worker = worker, .begin = now});
}

void notes_service(const struct notes *to, int worker, vtime begin, vtime end, int64_t version)
{
    tell(to, &(struct note){
                 .kind = NOTE_SERVICE, .worker = worker, .begin = begin, .end = end, .version = version});
}

void notes_fold(const struct notes *to, const struct push_row *row, vtime now)
{
    tell(to, &(struct note){.kind = NOTE_FOLD,
                            .worker = row->worker,
                            .begin = now,
                            .version = row->round,
                            .staleness = row->staleness});
}

void notes_update(const struct notes *to, int64_t version, vtime now)
{
    tell(to, &(struct note){.kind = NOTE_UPDATE, .worker = -1, .begin = now, .version = version});
}

void notes_outage(const struct notes *to, vtime begin, vtime end, int64_t version)
{
    tell(to,
         &(struct note){.kind = NOTE_OUTAGE, .worker = -1, .begin = begin, .end = end, .version = version});
}
