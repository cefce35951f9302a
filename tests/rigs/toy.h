/* An algorithm at work in one process, with all its vectors to look at: a conductor's orders, carried out at
 * once, on workers with quadratic losses. Coded spans of pushes are rounded to multiples of toy_grain, or to
 * nothing coarser than a float where that is 0; a hook follows everything that happens. Include after
 * world.h. */
#ifndef TESTS_RIGS_TOY_H
#define TESTS_RIGS_TOY_H

#define TOY_N       24
#define TOY_WORKERS 5
#define TOY_KEPT    64 /* more than there are messages of one kind in flight */

enum toy_event { TOY_STEPPED, TOY_PUSHED, TOY_ACCEPTED, TOY_UPDATED }; /* number of a step: k before it */

struct toy_message {
    float span[MAX_SPANS][TOY_N];
};

static float toy_grain;

struct toy {
    const struct algorithm *alg;
    const struct protocol *protocol;
    int workers, rounds;
    struct setup setup; /* the run's, with one tensor of the toy's size */
    struct worker_state worker[TOY_WORKERS];
    float before[TOY_WORKERS][TOY_N]; /* each worker's model before it stepped, accepted or packed */
    struct server_state server;
    float w_before[TOY_N]; /* the PS's model before the update */
    struct toy_message push[TOY_WORKERS][TOY_KEPT], reply[TOY_WORKERS][TOY_KEPT];
    float *peer[TOY_WORKERS][MAX_VECTORS];
    float weight[TOY_WORKERS]; /* of each worker's last push that has been added up */
    float pull[TOY_WORKERS][TOY_N], target[TOY_WORKERS][TOY_N]; /* gradient: pull (x - target) */
    void (*hook)(struct toy *toy, enum toy_event event, int worker, int64_t number);
    double note[TOY_N]; /* the hook's */
    int seen;           /* likewise */
};

static inline float *toy_vector(struct worker_state *w, int vector)
{
    return vector == THE_MODEL ? w->model : vector == THE_GRADIENT ? w->gradient : w->vector[vector];
}

static const struct extent toy_tensor = {.n = TOY_N, .rows = 1, .dims = 1};

static inline float *toy_server_vector(struct toy *toy, int vector)
{
    return vector == THE_MODEL ? toy->server.model : toy->server.vector[vector];
}

static inline void toy_order(void *context, const struct order *o)
{
    struct toy *toy = context;
    struct worker_state *w = &toy->worker[o->worker];
    const struct protocol *p = toy->protocol;
    if (o->op == ORDER_STEP) {
        w->rate = o->rates.rate;
        for (int i = 0; i < TOY_N; i++)
            w->gradient[i] = toy->pull[w->id][i] * (w->model[i] - toy->target[w->id][i]);
        if (toy->alg->penalise)
            toy->alg->penalise(w);
        vec_copy(toy->before[w->id], w->model, TOY_N);
        if (toy->alg->step)
            toy->alg->step(w);
        toy->hook(toy, TOY_STEPPED, w->id, w->k);
        w->k++;
        w->rates += (double)w->rate;
    } else if (o->op == ORDER_PUSH) {
        struct toy_message *m = &toy->push[w->id][o->number % TOY_KEPT];
        const float *decoded[MAX_SPANS];
        vec_copy(toy->before[w->id], w->model, TOY_N);
        if (toy->alg->pack)
            toy->alg->pack(w);
        for (int i = 0; i < p->push_spans; i++) {
            vec_copy(m->span[i], toy_vector(w, p->push[i].vector), TOY_N);
            bool coded = alg_protocol(toy->alg, w->params)->push[i].coded;
            for (int j = 0; j < TOY_N && coded && toy_grain > 0; j++)
                m->span[i][j] = toy_grain * roundf(m->span[i][j] / toy_grain);
            decoded[i] = m->span[i];
        }
        static const bool raw[1] = {false};
        w->raw = raw;
        if (toy->alg->sent)
            toy->alg->sent(w, decoded);
        w->k = 0;
        w->rates = 0;
        toy->hook(toy, TOY_PUSHED, w->id, o->number);
    } else if (o->op == ORDER_ACCEPT) {
        const struct toy_message *m = &toy->reply[w->id][o->number % TOY_KEPT];
        vec_copy(toy->before[w->id], w->model, TOY_N);
        for (int i = 0; i < p->reply_spans; i++)
            vec_copy(toy_vector(w, p->reply[i].into), m->span[i], TOY_N);
        w->k = o->cancel ? 0 : w->k;
        w->rates = o->cancel ? 0 : w->rates;
        w->progress = o->progress;
        w->rate = o->rates.rate;
        w->compensation = o->rates.compensation;
        w->update_rate = o->rates.update_rate;
        if (toy->alg->accept)
            toy->alg->accept(w);
        toy->hook(toy, TOY_ACCEPTED, w->id, o->number);
    }
}

static inline void toy_reply(struct toy *toy, int worker, int64_t number)
{
    for (int i = 0; i < toy->protocol->n_peer_vectors; i++)
        toy->server.peer[i] = toy->peer[worker][i];
    if (toy->alg->reply)
        toy->alg->reply(&toy->server);
    for (int i = 0; i < toy->protocol->reply_spans; i++)
        vec_copy(toy->reply[worker][number % TOY_KEPT].span[i],
                 toy_server_vector(toy, toy->protocol->reply[i].vector), TOY_N);
    if (toy->alg->replied)
        toy->alg->replied(&toy->server);
}

static inline void toy_task(void *context, const struct task *t)
{
    struct toy *toy = context;
    struct server_state *s = &toy->server;
    if (t->op == TASK_FOLD) {
        for (int i = 0; i < toy->protocol->push_spans; i++)
            for (int j = 0; j < TOY_N; j++)
                s->sum[i][j] = (s->pushes ? s->sum[i][j] : 0) +
                               t->weight * toy->push[t->worker][t->number % TOY_KEPT].span[i][j];
        s->pushes++;
        s->weight += t->weight;
        toy->weight[t->worker] = t->weight;
        s->work += t->weight * (toy->alg->work ? toy->alg->work(s->setup, t->k) : (double)t->k);
    } else if (t->op == TASK_UPDATE) {
        vec_copy(toy->w_before, s->model, TOY_N);
        s->rate = t->rate;
        s->progress = t->progress;
        toy->alg->combine(s);
        if (toy->alg->apply)
            toy->alg->apply(s);
        toy->rounds++;
        toy->hook(toy, TOY_UPDATED, -1, t->number);
        s->pushes = 0;
        s->weight = 0;
        s->work = 0;
    } else if (t->op == TASK_REPLY) {
        for (int i = t->worker < 0 ? 0 : t->worker; i <= (t->worker < 0 ? toy->workers - 1 : t->worker); i++)
            toy_reply(toy, i, t->number);
    }
}

static inline float *toy_start(enum start start, const float *first)
{
    return vec_create(TOY_N, start == FROM_MODEL ? first : NULL);
}

static inline void toy_open(struct toy *toy, const struct run *run)
{
    const struct protocol *p = toy->protocol;
    float first[TOY_N];
    for (int i = 0; i < TOY_N; i++)
        first[i] = (float)(i % 5) - 2.25f;
    toy->setup = run->setup;
    toy->setup.tensors = 1;
    toy->setup.tensor = &toy_tensor;
    toy->server = (struct server_state){.workers = toy->workers,
                                        .clients = toy->workers,
                                        .params = run->params,
                                        .setup = &toy->setup,
                                        .n = TOY_N};
    toy->server.model = vec_create(TOY_N, first);
    for (int i = 0; i < MAX_SPANS; i++)
        toy->server.sum[i] = vec_create(TOY_N, NULL);
    for (int i = 0; i < p->n_server_vectors; i++)
        toy->server.vector[i] = toy_start(p->server[i], first);
    for (int w = 0; w < toy->workers; w++) {
        struct draw_key draw = {.seed = 3, .purpose = DRAW_INIT, .rank = w};
        struct rates rates = conductor_first_rates(&run->conductor);
        toy->worker[w] = (struct worker_state){.id = w,
                                               .workers = toy->workers,
                                               .params = run->params,
                                               .n = TOY_N,
                                               .setup = &toy->setup,
                                               .rate = rates.rate,
                                               .compensation = rates.compensation};
        toy->worker[w].model = vec_create(TOY_N, first);
        toy->worker[w].gradient = vec_create(TOY_N, NULL);
        for (int i = 0; i < p->n_worker_vectors; i++)
            toy->worker[w].vector[i] = toy_start(p->worker[i], first);
        for (int i = 0; i < p->n_peer_vectors; i++)
            toy->peer[w][i] = toy_start(p->peer[i], first);
        for (int i = 0; i < TOY_N; i++) {
            toy->pull[w][i] = 0.5f + (float)draw_uniform(&draw, (uint64_t)(2 * i));
            toy->target[w][i] = (float)draw_normal(&draw, (uint64_t)(1000 + i));
        }
    }
}

static inline void toy_close(struct toy *toy)
{
    free(toy->server.model);
    for (int i = 0; i < MAX_SPANS; i++)
        free(toy->server.sum[i]);
    for (int i = 0; i < MAX_VECTORS; i++)
        free(toy->server.vector[i]);
    for (int w = 0; w < toy->workers; w++) {
        free(toy->worker[w].model);
        free(toy->worker[w].gradient);
        for (int i = 0; i < MAX_VECTORS; i++) {
            free(toy->worker[w].vector[i]);
            free(toy->peer[w][i]);
        }
    }
}

/* Carries out the whole run; settings as in world_open. */
static inline void toy_play(const char *name, const char *const *settings, struct toy *toy,
                            void (*hook)(struct toy *, enum toy_event, int, int64_t))
{
    struct world w;
    struct run run;
    const void *params;
    world_open(&w, settings);
    const struct setting setting = world_setting(&w);
    memset(toy, 0, sizeof *toy);
    toy->alg = registry_algorithm(&w.cfg, name, &params);
    const struct variant variant = variant_plain(toy->alg, params);
    run_prepare(&run, &setting, &variant);
    toy->workers = run.workers;
    toy->protocol = run.protocol;
    toy->hook = hook;
    toy_open(toy, &run);
    struct conductor *c = conductor_create(&run.conductor, &(struct order_sink){toy_order, toy_task, toy});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    run_release(&run);
    world_close(&w);
}

#endif
