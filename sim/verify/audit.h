/* One algorithm's folder while it is judged: what its tables said so far. Inside of sim/verify/. */
#ifndef SIM_VERIFY_AUDIT_H
#define SIM_VERIFY_AUDIT_H

#include "sim/schema/rows.h"
#include "sim/verify/finding.h"
#include "sim/verify/settings.h"

#define NEVER (-1) /* a moment that has not come: the run's end came first, or there was none */

struct fault_sums { /* over faults.csv */
    int64_t crashes, fetches, lost, server_crashes;
    int64_t bytes_fetched, bytes_resent_up, bytes_resent_down;
};

struct bounds { /* of a sum over the pushes, as far as workers.csv can tell */
    int64_t least, most;
};

struct eval { /* a row of eval.csv, and what workers.csv says of the same moment */
    int64_t line;
    struct eval_row row;
    bool restart;             /* the PS is back after a crash, with the model of its checkpoint */
    int64_t undone;           /* iterations of updates that it has lost, for the first time */
    int64_t pushed;           /* iterations of the rounds after the evaluation before, up to this one ... */
    int64_t newest;           /* ... and of this one alone */
    int64_t latest_arrival;   /* of those pushes */
    struct bounds up;         /* bytes departed since the evaluation before */
    int64_t down;             /* at least so many bytes of replies as well */
    struct bounds fault_down; /* of faults.csv: models fetched, replies sent again */
    int64_t arrivals;         /* pushes arrived since the evaluation before, or at its ns */
};

struct worker_audit {            /* a worker, from its rows so far */
    int64_t iterations, dropped; /* in updates that count; pushed and in none */
    int64_t compute_ns, waiting_ns, communication_ns;
    int64_t flight_ns; /* its pushes were under way: no two at a time */
    int64_t line;      /* of its last row; 0: none yet */
    int64_t round, base, depart_ns, arrive_ns, accept_ns;
    bool down; /* by faults.csv: it or the PS has crashed, and it has not come back */
    int64_t down_since, down_ns, crashes;
    bool broken;               /* down at least once */
    int64_t lost[FAULT_KINDS]; /* and not sent again, by its kind of loss */
    bool final;                /* its last push was never answered, nor dropped to let it go on */
};

struct member { /* a push of an update */
    int64_t line, round, worker, reply_ns;
    int64_t clock; /* its row comes after one of this accept_ns though its own is earlier; 0: it does not */
};

struct audit {
    struct findings findings;
    const char *folder, *algorithm;
    int64_t workers;
    bool trained;
    struct limits limits;
    int64_t every; /* rounds of which workers.csv has one */
    bool complete; /* there is a summary.json */
    bool whole;    /* so that every row is there, unless some were left out on purpose */
    bool faulty;   /* there may have been faults: there is a faults.csv */
    bool readable; /* all rows could be read: sums mean something */

    /* No update is made of k pushes, and neither a worker nor the PS has crashed. Then every push in an
     * update has its own reply, no push is dropped while its worker goes on, and the pushes of an update
     * come from different workers. */
    bool paired;

    struct eval *eval; /* (evals) */
    int64_t evals;
    struct eval **restart;          /* (restarts) those of them, in their order */
    int64_t eval_every;             /* local iterations; 0: not known */
    int64_t restarts, server_every; /* updates between two checkpoints of the PS */
    bool server_down;
    int64_t server_crashed;      /* the last time; NEVER: it has not */
    struct worker_audit *worker; /* (workers) */
    struct member *member;       /* (rows - dropped), as they come in workers.csv */
    int64_t rows, dropped, iterations, undone, bytes_up, bytes_down, answered, rounds;
    int64_t reply_bytes;      /* the least of a row with replies; 0: none was seen */
    int64_t most_reply_bytes; /* the most of a row */
    struct fault_sums faults; /* of faults.csv */
    int64_t model_bytes;      /* of one that is fetched; 0: none was */
    int64_t stalest;          /* staleness of a dropped push */
    int64_t last_moment;      /* the latest arrival or acceptance */
    int64_t last_reply;       /* the latest arrival of a reply */
    int64_t unanswered;       /* rows in a round without a reply */
    int64_t shared;           /* rows with a reply that is in another row */
    bool broken;              /* a worker or the PS has crashed */
    bool barrier;             /* every update has a push of every worker */
};

void evals_read(struct audit *a);  /* eval.csv; first of all */
void faults_read(struct audit *a); /* faults.csv, row by row; where faulty */
void evals_judge(struct audit *a); /* eval.csv, row by row */
void pushes_read(struct audit *a); /* workers.csv, row by row; adds to worker and eval */
void rounds_add(struct audit *a, const struct member *m);
void rounds_compare(struct audit *a); /* who is in which update; where complete */
void evals_compare(struct audit *a);  /* eval.csv with workers.csv */
void sums_compare(struct audit *a);   /* totals.csv and summary.json with all rows; where complete */

/* evals.c: the first evaluation of at least that round, after that time, at that time or after; NULL:
 * none. */
struct eval *eval_of_round(const struct audit *a, int64_t round);
struct eval *eval_after(const struct audit *a, int64_t ns);
struct eval *eval_from(const struct audit *a, int64_t ns);
/* Where the PS has lost that update; NULL: nowhere. */
struct eval *eval_undoing(const struct audit *a, int64_t round);
/* The PS is back at that time. */
void eval_restarts(struct audit *a, int64_t ns);

#endif
