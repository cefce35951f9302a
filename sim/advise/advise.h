/* Which algorithms are worth trying on a cluster, from times and bytes alone: nothing is known of accuracy here.
 *
 *   figures of each candidate --choose.c--> the least local steps that nearly reach an algorithm's shortest time
 *                             --rank.c----> twins, candidates that another one beats, the order of the rest
 *                             --reasons.c-> sentences
 *
 * What a candidate gives: less time and fewer bytes for the same samples. What it takes: local steps between two
 * exchanges and staleness, which keep models apart, and compression; each of them may cost accuracy, and only training
 * tells how much. A candidate is
 * worth trying if it gives more than the reference, and no other one gives as much and takes as little. */
#ifndef SIM_ADVISE_ADVISE_H
#define SIM_ADVISE_ADVISE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct figures {
    double ns, bytes; /* for the samples of struct advice, in the model; bytes of both directions */
    double busy, waiting,
        wasted;        /* shares: of the workers' time, and of their local iterations those in no update */
    double steps;      /* local iterations between two exchanges of the whole model; mean */
    double staleness;  /* updates, mean over the pushes */
    double most_stale; /* the most of a push */
    /* How far the models are apart at which gradients are computed, in local iterations of each worker: those since the
     * last exchange, and those in the updates that a push has missed. 0: each gradient is of the newest model. */
    double apart;
    double compression; /* uncoded bytes of a push / its bytes; 1: not compressed */
    double exchange_ns,
        compute_ns; /* closed forms: of one exchange, of the slowest worker's local iteration; NAN: none */
};

enum standing_of {
    CANDIDATE, /* worth trying */
    REFERENCE, /* what the others are compared with */
    BEATEN,    /* by `by` */
    COSTS_MORE, /* no other one beats it, but it needs as much time and as many bytes as the reference, or more */
    NOT_CHOSEN, /* the same algorithm is better with other local steps, `by` */
    TWIN,       /* it has the same figures as `by` */
    REFUSED     /* it does not run here: `refusal` */
};

struct candidate {
    char *name; /* as in experiment.algorithms: "losp", "topk1: bsp" */
    char *key;  /* of its local steps: "max_local_steps"; NULL: it has none, or they are left as they are */
    int64_t steps; /* value of this key */
    char *refusal; /* one line; NULL: it runs */
    struct figures is;
    enum standing_of standing;
    int by;   /* index of a candidate; -1: none */
    int rank; /* 1: the first choice; 0: not worth trying */
};

struct advice {
    int n;
    struct candidate *at; /* (n) */
    int reference;        /* index; it runs */
    double samples;       /* for which times and bytes count */
};

enum { MOST_CHOICES = 4 }; /* candidates that a comparison should have beside the reference */

/* What is as good as the best: times and bytes that differ by less. */
#define ADVICE_SLACK 0.1
/* More local steps must save at least this share of the time. */
#define STEPS_SLACK 0.05

void advice_choose(struct advice *a); /* first: the local steps of each algorithm */
void advice_rank(struct advice *a);
const struct candidate *advice_of_rank(const struct advice *a, int rank); /* NULL: there are fewer */

/* "max_local_steps = 4", or "". The caller frees. */
char *candidate_with(const struct candidate *c);
/* Why it is worth trying: several lines. */
void reasons_write(const struct advice *a, const struct candidate *c, FILE *out);
/* Below all of them: twins, what is beaten and what does not run. */
void others_write(const struct advice *a, FILE *out);

#endif
