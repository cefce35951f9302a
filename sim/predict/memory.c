#include "sim/predict/memory.h"

/* Does a worker have that vector for itself? Not what lies in the shared segment, as its client's does, or is W_0 until the first
 * reply. */
static bool is_private(const struct run *run, int vector, enum start start)
{
    const struct span *push = run->protocol->push, *reply = run->protocol->reply;
    bool lent = run->lends && push[0].vector == vector;
    bool shown = run->shows && reply[0].fixed && reply[0].into == vector && start == FROM_MODEL;
    return !lent && !shown && !run_is_of_client(run, vector);
}

static bool pushes_gradient(const struct protocol *p)
{
    bool pushes = false;
    for (int i = 0; i < p->push_spans; i++)
        pushes |= p->push[i].vector == THE_GRADIENT;
    return pushes;
}

static size_t coded_spans(const struct span *span, int spans)
{
    size_t coded = 0;
    for (int i = 0; i < spans; i++)
        coded += span[i].coded;
    return coded;
}

/* How many vectors of n floats. */
static size_t worker_vectors(const struct run *run)
{
    const struct protocol *p = run->protocol;
    size_t vectors = is_private(run, THE_MODEL, FROM_MODEL);
    vectors += (pushes_gradient(p) || run->clip > 0) && is_private(run, THE_GRADIENT, FROM_ZERO);
    for (int i = 0; i < p->n_worker_vectors; i++)
        vectors += is_private(run, i, p->worker[i]);
    vectors += (size_t)run->states;
    if (run->push_coding.error_feedback)
        vectors += coded_spans(p->push, p->push_spans) + 1; /* residuals, and scratch of the coding */
    return vectors;
}

static size_t server_vectors(const struct run *run)
{
    const struct protocol *p = run->protocol;
    size_t vectors = 1 + (size_t)p->push_spans + (size_t)p->n_server_vectors; /* model, sums, own */
    vectors += run->push_coding.codec != NULL;                                /* a decoded push */
    vectors +=
        (size_t)p->n_peer_vectors * (size_t)run->workers + p->has_amend; /* for each worker; a changed push */
    if (run->reply_coding.error_feedback)
        vectors += coded_spans(p->reply, p->reply_spans) + 1;
    return vectors;
}

/* What the PS restarts from after a crash in virtual time. */
static size_t backup_vectors(const struct run *run)
{
    const struct protocol *p = run->protocol;
    if (run->conductor.faults.server_crashes == 0)
        return 0;
    size_t residuals =
        run->reply_coding.error_feedback && !run->each ? coded_spans(p->reply, p->reply_spans) : 0;
    return 1 + (size_t)p->n_server_vectors + residuals;
}

/* One at every worker's process, of either kind; one push and the replies at the PS. */
static size_t coded_bytes(const struct run *run)
{
    size_t replies = coded_spans(run->protocol->reply, run->protocol->reply_spans);
    size_t push = coding_bytes(&run->push_coding, 0), reply = coding_bytes(&run->reply_coding, 0);
    return (size_t)run->processes * (push > reply ? push : reply) + push + replies * reply;
}

/* A gradient that nobody pushes is kept one layer long; its largest tensor is nearly that. */
static size_t largest_tensor(const struct model *m)
{
    size_t most = 0;
    for (int i = 0; i < model_tensors(m); i++)
        most = model_tensor(m, i)->n > most ? model_tensor(m, i)->n : most;
    return most * sizeof(float);
}

static size_t working_bytes(const struct run *run, int batch, bool training)
{
    struct workspace *ws = workspace_create(run->model, batch, training);
    size_t bytes = workspace_bytes(ws);
    workspace_destroy(ws);
    return bytes;
}

size_t memory_private_bytes(const struct run *run)
{
    const size_t vector = run->n * sizeof(float), processes = (size_t)run->processes;
    size_t worker = working_bytes(run, (int)run->cfg->train.batch, true);
    worker += pushes_gradient(run->protocol) ? 0 : largest_tensor(run->model);
    size_t evaluator = vector + working_bytes(run, evaluator_batch(run), false);
    evaluator += run->measures > 0 ? run->data->train.n * sizeof(uint32_t) : 0;
    size_t vectors = worker_vectors(run) * (size_t)run->workers + server_vectors(run) + backup_vectors(run);
    return processes * worker + evaluator + vectors * vector + coded_bytes(run);
}
