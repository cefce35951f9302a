#include "sim/output/metrics.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/csv.h"

struct metrics {
    struct csv *eval, *workers, *totals;
    struct csv *faults; /* NULL: there are none */
    int64_t every;      /* rounds: rows of pushes in between are left out */
};

#define EVAL    "eval.csv"
#define WORKERS "workers.csv"
#define TOTALS  "totals.csv"
#define FAULTS  "faults.csv"

static const char *const fault_names[FAULT_KINDS] = {
    /* as in faults.csv */
    [FAULT_CRASH] = "crash",
    [FAULT_BACK] = "back",
    [FAULT_PUSH_LOST] = "push_lost",
    [FAULT_PUSH_RESENT] = "push_resent",
    [FAULT_REPLY_LOST] = "reply_lost",
    [FAULT_REPLY_RESENT] = "reply_resent",
    [FAULT_MODEL_LOST] = "model_lost",
    [FAULT_MODEL_RESENT] = "model_resent",
    [FAULT_SERVER_CRASH] = "server_crash",
    [FAULT_SERVER_BACK] = "server_back",
};

static struct csv *table(const char *folder, const char *name, const char *header, const int64_t *end)
{
    char *path = text_format("%s/%s", folder, name);
    struct csv *csv = end ? csv_reopen(path, header, *end) : csv_create(path, header);
    free(path);
    return csv;
}

struct metrics *metrics_open(const char *folder, const struct rows *rows, int64_t every, bool faults)
{
    struct metrics *m = need(sizeof *m);
    m->every = every;
    m->eval = table(folder, EVAL,
                    "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down",
                    rows ? &rows->eval : NULL);
    m->workers = table(folder, WORKERS,
                       "worker,round,k,train_loss,depart_ns,arrive_ns,reply_ns,accept_ns,compute_ns,"
                       "communication_ns,waiting_ns,bytes_up,bytes_down,staleness",
                       rows ? &rows->workers : NULL);
    m->totals = table(
        folder, TOTALS,
        faults
            ? "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns,crashes,down_ns"
            : "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns",
        rows ? &rows->totals : NULL);
    if (faults)
        m->faults = table(folder, FAULTS, "virtual_ns,worker,what,bytes", rows ? &rows->faults : NULL);
    return m;
}

static bool reaches(const char *folder, const char *name, int64_t end)
{
    struct stat st;
    char *path = text_format("%s/%s", folder, name);
    bool good = stat(path, &st) == 0 && st.st_size >= end;
    free(path);
    return good;
}

bool metrics_reach(const char *folder, const struct rows *rows)
{
    return reaches(folder, EVAL, rows->eval) && reaches(folder, WORKERS, rows->workers) &&
           reaches(folder, TOTALS, rows->totals) && (!rows->faults || reaches(folder, FAULTS, rows->faults));
}

struct rows metrics_sync(struct metrics *m)
{
    return (struct rows){.eval = csv_sync(m->eval),
                         .workers = csv_sync(m->workers),
                         .totals = csv_sync(m->totals),
                         .faults = m->faults ? csv_sync(m->faults) : 0};
}

void metrics_push(struct metrics *m, const struct push_row *r)
{
    if ((r->round > 0 ? r->round : r->number + 1) % m->every)
        return;
    csv_int(m->workers, r->worker);
    csv_int(m->workers, r->round);
    csv_int(m->workers, r->k);
    csv_real(m->workers, r->train_loss);
    csv_int(m->workers, r->depart_ns);
    csv_int(m->workers, r->arrive_ns);
    csv_int(m->workers, r->reply_ns);
    csv_int(m->workers, r->accept_ns);
    csv_int(m->workers, r->compute_ns);
    csv_int(m->workers, r->communication_ns);
    csv_int(m->workers, r->waiting_ns);
    csv_int(m->workers, r->bytes_up);
    csv_int(m->workers, r->bytes_down);
    csv_int(m->workers, r->staleness);
    csv_end_row(m->workers);
}

void metrics_eval(struct metrics *m, const struct eval_row *r)
{
    csv_int(m->eval, r->round);
    csv_int(m->eval, r->iterations);
    csv_real(m->eval, r->epoch);
    csv_seconds(m->eval, r->virtual_ns);
    csv_real(m->eval, r->test_accuracy);
    csv_real(m->eval, r->test_loss);
    csv_real(m->eval, r->train_loss);
    csv_int(m->eval, r->bytes_up);
    csv_int(m->eval, r->bytes_down);
    csv_end_row(m->eval);
}

void metrics_total(struct metrics *m, const struct worker_total *r)
{
    csv_int(m->totals, r->worker);
    csv_int(m->totals, r->iterations);
    csv_int(m->totals, r->wasted);
    csv_int(m->totals, r->compute_ns);
    csv_int(m->totals, r->communication_ns);
    csv_int(m->totals, r->waiting_ns);
    csv_int(m->totals, r->overlapped_ns);
    if (m->faults) {
        csv_int(m->totals, r->crashes);
        csv_int(m->totals, r->down_ns);
    }
    csv_end_row(m->totals);
}

void metrics_fault(struct metrics *m, const struct fault_row *r)
{
    csv_int(m->faults, r->virtual_ns);
    csv_int(m->faults, r->worker);
    csv_text(m->faults, fault_names[r->what]);
    csv_int(m->faults, r->bytes);
    csv_end_row(m->faults);
}

void metrics_close(struct metrics *m)
{
    csv_close(m->totals);
    csv_close(m->eval);
    csv_close(m->workers);
    if (m->faults)
        csv_close(m->faults);
    free(m);
}
