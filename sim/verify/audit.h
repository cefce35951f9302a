/* The record that sim/verify/ keeps while it judges the folder of one algorithm. Only sim/verify/ includes
 * this file.
 *
 *   eval.csv ----> audit.eval                                 evals_read, evals_judge, quality_judge
 *   faults.csv --> audit.faults, .worker[], .restart          faults_read
 *   workers.csv -> .worker[], .member[], .eval[], sums        pushes_read
 *                      |          |         |
 *                      |          |         +-> evals_compare:  eval.csv agrees with workers.csv
 *                      |          +-----------> rounds_compare: every update has the right pushes
 *                      |          +-----------> exchanges_compare: those of all workers, as a whole
 *                      +----------------------> length_judge:   the run ends at its first bound
 *                      +----------------------> sums_compare:   totals.csv, summary.json agree with the rows
 *
 * The order matters: faults_read milestones evaluations, and pushes_read needs to know which crashes there
 * were. */
#ifndef SIM_VERIFY_AUDIT_H
#define SIM_VERIFY_AUDIT_H

#include "sim/schema/quality.h"
#include "sim/schema/rows.h"
#include "sim/verify/finding.h"
#include "sim/verify/settings.h"

#define NEVER (-1) /* the event did not happen: the run ended first, or no such event was due */

struct fault_sums { /* over faults.csv */
    int64_t crashes, fetches, lost, server_crashes;
    int64_t bytes_fetched, bytes_resent_up, bytes_resent_down;
};

struct bounds { /* of a sum over the pushes, as far as workers.csv shows it */
    int64_t least, most;
};

/* How pushes become an update. With the last two every push of an update has its own part of one exchange of all
 * workers: arrive_ns is the update, and bytes and communication are those of all messages on the worker's links. */
enum carried { BY_SERVER, BY_SHARDS, BY_WORKERS };

struct eval { /* a row of eval.csv, and what workers.csv and faults.csv say of the same moment */
    int64_t line;
    struct eval_row row;
    bool restart;           /* the PS is back after a crash, with the model of its restart point */
    int64_t undone;         /* iterations of the updates that the PS lost in this crash and in none before */
    int64_t pushed;         /* iterations of the rounds from the evaluation before to this one ... */
    int64_t newest;         /* ... and of this evaluation's round alone */
    int64_t latest_arrival; /* of the pushes of those rounds */
    struct bounds up;       /* bytes that departed since the evaluation before */
    int64_t down;           /* least bytes of replies that arrived since the evaluation before */
    struct bounds all;      /* (exchanges of all workers) as up, of all messages */
    struct bounds fault_down; /* from faults.csv: models fetched, replies sent again */
    int64_t arrivals;         /* pushes that arrived since the evaluation before, or at its ns */
};

struct worker_audit { /* a worker, from its rows so far */
    /* Iterations in updates that count, and iterations of pushes in no update that counts. */
    int64_t iterations, dropped;
    int64_t compute_ns, waiting_ns, communication_ns, coding_ns;
    int64_t longest_ns; /* the longest communication_ns */
    int64_t flight_ns;  /* sum over the pushes of the time in flight; no two pushes of a worker overlap */
    int64_t line;       /* line of the worker's last row; 0: the worker has no row yet */
    int64_t round, base, depart_ns, arrive_ns, accept_ns;
    bool down; /* by faults.csv: the worker or the PS crashed, and the worker is not back yet */
    int64_t down_since, down_ns, crashes;
    bool broken;               /* the worker was down at least once */
    int64_t lost[FAULT_KINDS]; /* messages lost and not sent again, by the kind of the loss */
    bool final; /* the last push got no reply, and the PS did not drop that push to let the worker go on */
};

struct member { /* a push of an update */
    int64_t line, round, worker, arrive_ns, reply_ns;
    /* The accept_ns of an earlier row, when that accept_ns is later than this row's; else 0. */
    int64_t clock;
};

struct joined { /* a push in an exchange of all workers */
    int64_t line, round, depart_ns, arrive_ns, reply_ns, bytes_up, bytes_down;
};

struct audit {
    struct findings findings;
    const char *folder, *algorithm;
    int64_t workers;
    bool trained;
    bool validates;         /* by resolved.ini, there are validation data */
    double target;          /* experiment.target_accuracy of resolved.ini; 0: none */
    const char *milestones; /* output.at of resolved.ini */
    quality_set quality;    /* output.quality of resolved.ini */
    struct limits limits;
    struct ends ends;
    int64_t every;        /* workers.csv has one round in `every` */
    bool complete;        /* the folder has a summary.json */
    bool whole;           /* workers.csv has every row: the run is complete, and `every` is 1 */
    bool faulty;          /* the folder has a faults.csv: faults were possible */
    const char *exchange; /* by resolved.ini, what the algorithm asks for */
    bool own_exchange;    /* by its own key */
    enum carried carried;
    bool sharded, colocated;
    bool overlaps;        /* pushes leave in buckets: depart_ns is the first bucket, in the last iteration */
    bool asks_to_overlap; /* by resolved.ini; an algorithm may be unable to */
    bool own_overlap;     /* by its own key */
    bool codes;           /* coding may take time */
    int64_t steps; /* (BY_WORKERS) messages of each worker in an exchange; 0: it depends on the worker */
    bool readable; /* every row could be read; otherwise sums mean nothing */

    /* No update is made of k pushes, and neither a worker nor the PS has crashed. Then every push in an
     * update has its own reply, no push is dropped while its worker goes on, and the pushes of an update
     * come from different workers. */
    bool paired;

    struct eval *eval; /* (evals) */
    int64_t evals;
    int64_t near_round, near_time;  /* where the last searches in eval ended */
    struct eval **restart;          /* (restarts) the evaluations at which the PS is back, in order of time */
    int64_t eval_every;             /* local iterations; 0: not known */
    int64_t restarts, server_every; /* server_every: updates between two restart points */
    bool server_down;
    int64_t server_crashed;      /* moment of the last crash of the PS; NEVER: no crash */
    struct worker_audit *worker; /* (workers) */
    struct joined *joined;       /* (rows) in the order of workers.csv; only where carried is not BY_SERVER */
    struct member *member;       /* (rows - dropped) in the order of workers.csv */
    int64_t rows, dropped, iterations, undone, bytes_up, bytes_down, answered, rounds;
    int64_t reply_bytes;      /* smallest bytes_down above 0 of a row; 0: no row has a reply */
    int64_t most_reply_bytes; /* largest bytes_down of a row */
    struct fault_sums faults; /* sums over faults.csv */
    int64_t model_bytes;      /* size of a fetched model; 0: no model was fetched */
    int64_t stalest;          /* largest staleness of a dropped push */
    int64_t last_moment;      /* the latest arrival or acceptance */
    int64_t last_reply;       /* the latest arrival of a reply */
    int64_t unanswered;       /* rows in a round without a reply */
    int64_t shared;           /* rows with a reply that another row counts */
    bool broken;              /* a worker or the PS has crashed */
    bool barrier;             /* every update has a push of every worker */
};

/* The steps, in the order of the calls. */
void evals_read(struct audit *a);    /* reads eval.csv */
void faults_read(struct audit *a);   /* reads and judges faults.csv; only where faulty */
void evals_judge(struct audit *a);   /* judges every row of eval.csv alone and beside the row before */
void quality_judge(struct audit *a); /* reads and judges quality.csv and classes.csv, beside eval.csv */
void pushes_read(struct audit *a);   /* reads and judges workers.csv; adds to worker, member and eval */
void rounds_add(struct audit *a, const struct member *m); /* called by pushes_read: a push of an update */
void exchanges_begin(struct audit *a);                    /* which exchange it was; before pushes_read */
void exchanges_add(struct audit *a, const struct push_row *push); /* called by pushes_read */
void exchanges_compare(struct audit *a); /* judges the pushes of each exchange together; adds to eval */
void rounds_compare(struct audit *a);    /* judges which push is in which update; only where complete */
void evals_compare(struct audit *a);     /* compares eval.csv with workers.csv */
struct members;
void milestones_compare(struct audit *a, struct members *m); /* called by sums_compare: output.at */
void target_compare(struct audit *a, struct members *m); /* called by sums_compare: the best, the target */
void length_judge(struct audit *a);                      /* judges where the run ends; only where complete */
void sums_compare(struct audit *a); /* compares totals.csv and summary.json with all rows; where complete */

/* target.c: the first evaluation that reaches the target, by the accuracy that the run is judged on; a->evals: none does.
 * The run compares the accuracy itself, and eval.csv has nine digits of it: where these are the target's own nine, the
 * accuracy may be on either side. surely: it is taken to be below. */
int64_t target_first(const struct audit *a, double target, bool surely);

/* evals.c: the first evaluation with at least this round; the first after this time; the first at this time
 * or after. NULL: there is no such evaluation. */
struct eval *eval_of_round(struct audit *a, int64_t round);
struct eval *eval_after(struct audit *a, int64_t ns);
struct eval *eval_from(struct audit *a, int64_t ns);
/* The evaluation at which the PS is back without the update of this round; NULL: no crash lost the update. */
struct eval *eval_undoing(const struct audit *a, int64_t round);
/* Marks the evaluation at this time: the PS is back from a crash. */
void eval_restarts(struct audit *a, int64_t ns);

#endif
