/* What a run measures: a struct for a row of each CSV file, and a struct for summary.json. The engine
 * fills the rows in the order of virtual time, sim/output/ writes them, and --verify, --resume and
 * --export read them again. columns.h says which member stands in which column: a new column is a member
 * here and one line in columns.c. */
#ifndef SIM_SCHEMA_ROWS_H
#define SIM_SCHEMA_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"

/* workers.csv: one push, from its departure until its reply was accepted. Times are virtual. */
struct push_row {
    int64_t worker;
    int64_t number;                 /* number of the push among the worker's pushes, from 0; in no column */
    int64_t round;                  /* the PS update that the push went into, from 1; 0: into none */
    int64_t k;                      /* local iterations in the push */
    double train_loss;              /* mean over these iterations */
    int64_t depart_ns, arrive_ns;   /* of the push; arrive_ns -1: the run ended before the arrival */
    int64_t reply_ns;               /* when the reply arrived at the worker; -1: never */
    int64_t accept_ns;              /* when the worker took the reply; -1: never */
    int64_t compute_ns, waiting_ns; /* since this worker's previous push */
    int64_t coding_ns;        /* likewise: the part of compute_ns in which the worker encodes or decodes */
    int64_t communication_ns; /* time in which the push or its reply was in flight; whole: a message */
    /* Sizes with headers. bytes_down: the replies that the worker received since its previous row. The
     * run's last row also has the replies of workers without a further row, so that every byte is in a
     * row. In a whole exchange (sim/exchange/exchange.h): all that the worker's links carried for it. */
    int64_t bytes_up, bytes_down;
    /* PS updates between the model that the push was computed from and the model that it was applied to. */
    int64_t staleness;
};

/* eval.csv: one evaluation of the PS's model. */
struct eval_row {
    int64_t round, iterations;
    double epoch;
    int64_t virtual_ns; /* when the PS made the model */
    double test_accuracy, test_loss;
    double train_loss;                           /* mean over the pushes since the previous evaluation */
    int64_t bytes_up, bytes_down;                /* departed so far */
    double validation_accuracy, validation_loss; /* NAN: there is no validation data */
};

/* totals.csv: the whole run of one worker, including the time after its last push. */
struct worker_total {
    int64_t worker;
    /* Local iterations begun, and the part of them in no update that counts. */
    int64_t iterations, wasted;
    /* compute + waiting = the run's virtual time; with faults: compute + waiting + down. */
    int64_t compute_ns, communication_ns, waiting_ns;
    int64_t overlapped_ns; /* the worker computes while one of its messages is in flight */
    int64_t coding_ns;     /* the part of compute_ns in which the worker encodes or decodes */
    int64_t crashes, down_ns;
};

/* The words of faults.csv are in fault_words, in this order. */
enum fault {
    FAULT_CRASH,
    FAULT_BACK, /* the worker is back, and fetches the model; bytes: of the model */
    FAULT_PUSH_LOST,
    FAULT_PUSH_RESENT,
    FAULT_REPLY_LOST,
    FAULT_REPLY_RESENT,
    FAULT_MODEL_LOST, /* the model that a worker fetches */
    FAULT_MODEL_RESENT,
    FAULT_SERVER_CRASH, /* worker -1 */
    FAULT_SERVER_BACK,
    FAULT_KINDS
};
extern const char *const fault_words[FAULT_KINDS + 1]; /* ended by NULL */

/* faults.csv */
struct fault_row {
    int64_t virtual_ns;
    int64_t worker; /* -1: the PS */
    enum fault what;
    int64_t bytes; /* size of the message that departs at this moment; 0: no message */
};

/* timeline.csv: one interval of a worker, of one of its links, or of the PS. */
struct interval_row {
    int64_t worker; /* -1: the PS */
    const char *what;
    int64_t begin_ns, end_ns;
    int64_t version; /* updates in the model; of a message of an exchange: number of the exchange */
    int64_t bytes;   /* size of the message */
    /* Of a message of an exchange; else -1, "". `worker` is the one with the up-link that it takes, `receiver` the one
     * with the down-link; -1: the PS, or a shard. Node j of from and to: worker j, or shard j - workers of the PS. */
    int64_t receiver, from, to;
    const char *phase;
    int64_t step;
    int64_t bucket; /* of the push that the exchange belongs to; -1: pushes have no buckets, or no message */
};

struct fault_totals {
    int128 down_ns; /* sum over workers */
    int64_t crashes;
    int64_t fetches, lost; /* models fetched; messages lost, sent again or not */
    int64_t bytes_fetched, bytes_resent_up, bytes_resent_down; /* parts of bytes_up and bytes_down */
    int64_t server_crashes;
    int64_t undone; /* local iterations in updates that a crash of the PS lost; also counted as wasted */
};

enum replicas { REPLICAS_NONE = -1, REPLICAS_DIFFER = 0, REPLICAS_EQUAL = 1 };

/* What made the times of the run. Only a run that the time model clocks can be repeated to the bit. */
enum clocked { CLOCKED_BY_MODEL, CLOCKED_BY_CPU, CLOCKED_REALLY };

/* The milestones of output.at (sim/config/milestones.h), and room for their text as resolved.ini has it: "60s, 10GiB". */
enum { MOST_MILESTONES = 8, MILESTONES_TEXT = 256 };

/* How an update comes about unless the configuration says otherwise (sim/exchange): tables then say nothing of it. */
#define EXCHANGE_USUAL "server"
/* Behind a name: codes that do not add up travel as if they did, which no cluster can do (network.all_gather = no). */
#define EXCHANGE_IF_ADDITIVE "_if_additive"
bool exchange_is_untrue(const char *name); /* it has these words */
/* Whether messages depart during the iteration to which they belong, unless the configuration says otherwise. */
#define OVERLAP_USUAL "none"

/* summary.json: the result of one algorithm. Plain values only: the PS process fills it in shared memory,
 * the launcher reads it. */
struct summary {
    char algorithm[64], label[128], variant_of[64], exchange[32], overlap[32], model[64], dataset[64];
    bool synthetic, trained; /* trained = false: only times and bytes have values, all else is NAN */
    enum clocked clocked;
    int64_t workers, seed, rounds, iterations;
    double epochs;
    int64_t virtual_ns;
    int64_t predicted_ns; /* virtual_ns by the algorithm's closed form; -1: no closed form */
    double wall_seconds;
    double test_accuracy, test_loss, train_loss; /* of the last evaluation; accuracy 0..1 */
    double validation_accuracy, validation_loss; /* likewise; NAN: there is no validation data */
    char judged_on[16];                          /* what the next members are by: sim/schema/judged.h */
    double best_accuracy; /* test accuracy of the evaluation with the best accuracy that is judged by */
    double best_judged;   /* this best accuracy; in no file */
    int64_t latest_ns;    /* the last evaluation before the target is reached; in no file */
    int64_t target_ns;    /* first evaluation at or above experiment.target_accuracy; -1: never */
    int64_t
        before_target_ns; /* the evaluation before that one, or 0: the target was reached between the two */
    int64_t target_iterations, target_bytes_up, target_bytes_down;
    char milestones[MILESTONES_TEXT];
    double accuracy_at
        [MOST_MILESTONES]; /* of the last evaluation by each milestone; NAN: none, or the run ended before */
    double validation_at[MOST_MILESTONES];       /* likewise, on validation data */
    int64_t bytes_up, bytes_down, bytes_initial; /* with headers */
    int64_t pushes, replies;
    int128 compute_ns, communication_ns, waiting_ns; /* sums over workers */
    int128 overlapped_ns; /* sum over workers: the worker computes while one of its messages is in flight */
    int128 coding_ns;     /* sum over workers: the part of compute_ns in which they encode or decode */
    double utilisation;   /* compute_ns / (workers x virtual_ns) */
    int64_t wasted_iterations; /* begun, and in no update */
    int64_t dropped_pushes;    /* in no update */
    bool faulty;               /* the configuration has faults; only then `faults` has values */
    struct fault_totals faults;
    uint64_t parameters_hash;
    enum replicas replicas_equal;
    char status[32]; /* "done" */
    bool hung;       /* the launcher ended the run, as it made no progress; another attempt may succeed */
    int exit_status; /* how the run ended: 0, or enum exit_status or 128 + signal */
};

/* time.csv: how one algorithm's workers spent the run, means over the workers. */
struct time_row {
    const char *algorithm;
    double compute_s, communication_s, waiting_s, overlapped_s;
    int64_t virtual_ns;
};

/* comparison.csv: one algorithm beside the others of its run. Times are means over the workers. */
struct comparison_row {
    const char *algorithm;
    double test_accuracy, best_accuracy, test_loss;
    int64_t iterations, rounds;
    int64_t virtual_ns;
    int64_t predicted_ns; /* -1: no closed form */
    double target_accuracy;
    int64_t target_ns; /* -1: never reached, or no target */
    double speedup;
    int64_t bytes_up, bytes_down, bytes_initial;
    double communication_s, idle_share;
    int64_t crashes, messages_lost, server_crashes, undone_iterations; /* -1: a run without faults */
    double down_s;
    int64_t trained, synthetic; /* 1: yes */
    const char *label, *variant_of;
    int64_t target_bytes_up, target_bytes_down; /* departed by target_ns; -1 as there */
    const char *exchange, *overlap;
    double utilisation; /* as in struct summary */
    double coding_s;    /* part of computing */
    double validation_accuracy, validation_loss;
    const char *judged_on;
    int64_t before_target_ns;                                            /* -1: never reached, or no target */
    double accuracy_at[MOST_MILESTONES], validation_at[MOST_MILESTONES]; /* as in struct summary */
};

#endif
