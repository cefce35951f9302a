/* One algorithm's folder while it is judged: what its tables said so far. Inside of sim/verify/. */
#ifndef SIM_VERIFY_AUDIT_H
#define SIM_VERIFY_AUDIT_H

#include "sim/verify/finding.h"

struct bounds { /* of a sum over the pushes, as far as workers.csv can tell */
    int64_t least, most;
};

struct eval { /* a row of eval.csv, and what workers.csv says of the same moment */
    int64_t line, round, iterations, virtual_ns, bytes_up, bytes_down;
    double epoch, accuracy, loss, train_loss;
    int64_t pushed;         /* iterations of the rounds after the evaluation before, up to this one */
    int64_t latest_arrival; /* of those pushes */
    struct bounds up, down; /* bytes departed since the evaluation before */
};

struct hand { /* a worker, from its rows so far */
    int64_t pushes, iterations, compute_ns, waiting_ns, communication_ns;
    int64_t line; /* of its last row; 0: none yet */
    int64_t round, base, depart_ns, arrive_ns;
    bool final; /* its last push was never answered */
};

struct audit {
    struct findings findings;
    const char *folder, *algorithm;
    int64_t workers;
    bool trained;
    int64_t least_k, most_k; /* of a push */
    bool complete;           /* there is a summary.json, so that every row is there */
    bool readable;           /* all rows could be read: sums mean something */

    struct eval *eval; /* (evals) */
    int64_t evals;
    struct hand *hand; /* (workers) */
    int64_t rows, iterations, bytes_up, bytes_down, answered, rounds;
    int64_t last_moment; /* the latest arrival or acceptance */
};

void evals_read(struct audit *a);    /* eval.csv, row by row; first of all */
void pushes_read(struct audit *a);   /* workers.csv, row by row; adds to hand and eval */
void evals_compare(struct audit *a); /* eval.csv with workers.csv */
void sums_compare(struct audit *a);  /* totals.csv and summary.json with all rows; where complete */

/* evals.c: the first evaluation of at least that round, after that time, at that time or after; NULL: none. */
struct eval *eval_of_round(const struct audit *a, int64_t round);
struct eval *eval_after(const struct audit *a, int64_t ns);
struct eval *eval_from(const struct audit *a, int64_t ns);

#endif
