/* The tables of columns, in the order of the files. AT gives the place of a member in the row's struct:
 * writers and readers reach the value by this offset, so no other file repeats a name or an order. */
#include "sim/schema/columns.h"

#include <assert.h>
#include <string.h>

#include "sim/base/fail.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

const char *const fault_words[FAULT_KINDS + 1] = {
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

/* ---- the files of one algorithm ---- */

#define AT(member) .offset = offsetof(struct eval_row, member)
static const struct field eval[] = {
    {"round", FIELD_INT, AT(round)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"epoch", FIELD_REAL, AT(epoch)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns), .json_name = "virtual_ns"},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy)},
    {"test_loss", FIELD_REAL, AT(test_loss)},
    {"train_loss", FIELD_REAL, AT(train_loss)},
    {"bytes_up", FIELD_INT, AT(bytes_up)},
    {"bytes_down", FIELD_INT, AT(bytes_down)},
};
#undef AT
const struct columns eval_columns = {"eval.csv", eval, COUNT(eval)};

#define AT(member) .offset = offsetof(struct push_row, member)
static const struct field workers[] = {
    {"worker", FIELD_INT, AT(worker)},
    {"round", FIELD_INT, AT(round)},
    {"k", FIELD_INT, AT(k)},
    {"train_loss", FIELD_REAL, AT(train_loss)},
    {"depart_ns", FIELD_INT, AT(depart_ns)},
    {"arrive_ns", FIELD_INT, AT(arrive_ns)},
    {"reply_ns", FIELD_INT, AT(reply_ns)},
    {"accept_ns", FIELD_INT, AT(accept_ns)},
    {"compute_ns", FIELD_INT, AT(compute_ns)},
    {"communication_ns", FIELD_INT, AT(communication_ns)},
    {"waiting_ns", FIELD_INT, AT(waiting_ns)},
    {"bytes_up", FIELD_INT, AT(bytes_up)},
    {"bytes_down", FIELD_INT, AT(bytes_down)},
    {"staleness", FIELD_INT, AT(staleness)},
};
#undef AT
const struct columns workers_columns = {"workers.csv", workers, COUNT(workers)};

#define AT(member) .offset = offsetof(struct worker_total, member)
static const struct field totals[] = {
    {"worker", FIELD_INT, AT(worker)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"wasted", FIELD_INT, AT(wasted)},
    {"compute_ns", FIELD_INT, AT(compute_ns)},
    {"communication_ns", FIELD_INT, AT(communication_ns)},
    {"waiting_ns", FIELD_INT, AT(waiting_ns)},
    {"overlapped_ns", FIELD_INT, AT(overlapped_ns)},
    {"crashes", FIELD_INT, AT(crashes), .when = WITH_FAULTS},
    {"down_ns", FIELD_INT, AT(down_ns), .when = WITH_FAULTS},
};
#undef AT

struct columns totals_columns(bool faults)
{
    int n = COUNT(totals);
    while (!faults && totals[n - 1].when == WITH_FAULTS)
        n--;
    return (struct columns){"totals.csv", totals, n};
}

#define AT(member) .offset = offsetof(struct fault_row, member)
static const struct field faults[] = {
    {"virtual_ns", FIELD_INT, AT(virtual_ns)},
    {"worker", FIELD_INT, AT(worker)},
    {"what", FIELD_WORD, AT(what), .words = fault_words},
    {"bytes", FIELD_INT, AT(bytes)},
};
#undef AT
const struct columns faults_columns = {"faults.csv", faults, COUNT(faults)};

#define AT(member) .offset = offsetof(struct interval_row, member)
static const struct field timeline[] = {
    {"worker", FIELD_INT, AT(worker)},     {"what", FIELD_TEXT, AT(what)},
    {"begin_ns", FIELD_INT, AT(begin_ns)}, {"end_ns", FIELD_INT, AT(end_ns)},
    {"version", FIELD_INT, AT(version)},   {"bytes", FIELD_INT, AT(bytes)},
};
#undef AT
const struct columns timeline_columns = {"timeline.csv", timeline, COUNT(timeline)};

#define AT(member) .offset = offsetof(struct summary, member)
static const struct field summary[] = {
    {"algorithm", FIELD_NAME, AT(algorithm)},
    {"label", FIELD_NAME, AT(label)},
    {"variant_of", FIELD_NAME, AT(variant_of)},
    {"model", FIELD_NAME, AT(model)},
    {"dataset", FIELD_NAME, AT(dataset)},
    {"synthetic", FIELD_BOOL, AT(synthetic)},
    {"trained", FIELD_BOOL, AT(trained)},
    {"workers", FIELD_INT, AT(workers)},
    {"seed", FIELD_INT, AT(seed)},
    {"rounds", FIELD_INT, AT(rounds)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"epochs", FIELD_REAL, AT(epochs)},
    {"virtual_ns", FIELD_INT, AT(virtual_ns)},
    {"wall_seconds", FIELD_REAL, AT(wall_seconds)},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy)},
    {"test_loss", FIELD_REAL, AT(test_loss)},
    {"train_loss", FIELD_REAL, AT(train_loss)},
    {"best_accuracy", FIELD_REAL, AT(best_accuracy)},
    {"target_ns", FIELD_INT, AT(target_ns), .when = WITH_TARGET},
    {"target_iterations", FIELD_INT, AT(target_iterations), .when = WITH_TARGET},
    {"target_bytes_up", FIELD_INT, AT(target_bytes_up), .when = WITH_TARGET},
    {"target_bytes_down", FIELD_INT, AT(target_bytes_down), .when = WITH_TARGET},
    {"bytes_up", FIELD_INT, AT(bytes_up)},
    {"bytes_down", FIELD_INT, AT(bytes_down)},
    {"bytes_initial", FIELD_INT, AT(bytes_initial)},
    {"pushes", FIELD_INT, AT(pushes)},
    {"replies", FIELD_INT, AT(replies)},
    {"compute_ns", FIELD_WIDE, AT(compute_ns)},
    {"communication_ns", FIELD_WIDE, AT(communication_ns)},
    {"waiting_ns", FIELD_WIDE, AT(waiting_ns)},
    {"overlapped_ns", FIELD_WIDE, AT(overlapped_ns)},
    {"wasted_iterations", FIELD_INT, AT(wasted_iterations)},
    {"dropped_pushes", FIELD_INT, AT(dropped_pushes)},
    {"crashes", FIELD_INT, AT(faults.crashes), .when = WITH_FAULTS},
    {"down_ns", FIELD_WIDE, AT(faults.down_ns), .when = WITH_FAULTS},
    {"models_fetched", FIELD_INT, AT(faults.fetches), .when = WITH_FAULTS},
    {"messages_lost", FIELD_INT, AT(faults.lost), .when = WITH_FAULTS},
    {"bytes_fetched", FIELD_INT, AT(faults.bytes_fetched), .when = WITH_FAULTS},
    {"bytes_resent_up", FIELD_INT, AT(faults.bytes_resent_up), .when = WITH_FAULTS},
    {"bytes_resent_down", FIELD_INT, AT(faults.bytes_resent_down), .when = WITH_FAULTS},
    {"server_crashes", FIELD_INT, AT(faults.server_crashes), .when = WITH_FAULTS},
    {"undone_iterations", FIELD_INT, AT(faults.undone), .when = WITH_FAULTS},
    {"parameters_hash", FIELD_HASH, AT(parameters_hash), .when = WITH_TRAINING},
    {"replicas_equal", FIELD_REPLICAS, AT(replicas_equal)},
    {"reproducible", FIELD_REPRODUCIBLE, AT(clocked)},
    {"status", FIELD_NAME, AT(status)},
};
#undef AT
const struct columns summary_members = {"summary.json", summary, COUNT(summary)};

/* ---- the files of a run: a row for each algorithm ---- */

#define AT(member) .offset = offsetof(struct time_row, member)
static const struct field time_split[] = {
    {"algorithm", FIELD_TEXT, AT(algorithm)},
    {"compute_s", FIELD_REAL, AT(compute_s)},
    {"communication_s", FIELD_REAL, AT(communication_s)},
    {"waiting_s", FIELD_REAL, AT(waiting_s)},
    {"overlapped_s", FIELD_REAL, AT(overlapped_s)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns)},
};
#undef AT
const struct columns time_columns = {"time.csv", time_split, COUNT(time_split)};

#define AT(member)       .offset = offsetof(struct comparison_row, member)
#define SHOWN(name, how) .head = name, .form = how
static const struct field comparison[] = {
    {"algorithm", FIELD_TEXT, AT(algorithm)},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy), SHOWN("accuracy", FORM_SHARE)},
    {"best_accuracy", FIELD_REAL, AT(best_accuracy), SHOWN("best", FORM_SHARE), .report_only = true},
    {"test_loss", FIELD_REAL, AT(test_loss), SHOWN("loss", FORM_REAL)},
    {"iterations", FIELD_INT, AT(iterations), SHOWN("iterations", FORM_COUNT)},
    {"rounds", FIELD_INT, AT(rounds), SHOWN("rounds", FORM_COUNT)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns), SHOWN("time", FORM_TIME)},
    {"predicted_s", FIELD_SECONDS_OR_NAN, AT(predicted_ns), SHOWN("vs theory", FORM_OFF)},
    {"target_accuracy", FIELD_REAL, AT(target_accuracy)},
    {"target_s", FIELD_SECONDS_OR_NAN, AT(target_ns), .when = WITH_TARGET, SHOWN("to target", FORM_TIME)},
    {"speedup", FIELD_REAL, AT(speedup), SHOWN("speed-up", FORM_TIMES)},
    {"bytes_up", FIELD_INT, AT(bytes_up), SHOWN("up", FORM_BYTES)},
    {"bytes_down", FIELD_INT, AT(bytes_down), SHOWN("down", FORM_BYTES)},
    {"bytes_initial", FIELD_INT, AT(bytes_initial)},
    {"communication_s", FIELD_REAL, AT(communication_s)},
    {"idle_share", FIELD_REAL, AT(idle_share), SHOWN("idle", FORM_SHARE)},
    {"crashes", FIELD_COUNT_OR_NAN, AT(crashes), .when = WITH_FAULTS, SHOWN("crashes", FORM_COUNT)},
    {"messages_lost", FIELD_COUNT_OR_NAN, AT(messages_lost), .when = WITH_FAULTS, SHOWN("lost", FORM_COUNT)},
    {"server_crashes", FIELD_COUNT_OR_NAN, AT(server_crashes), .when = WITH_FAULTS,
     SHOWN("restarts", FORM_COUNT)},
    {"undone_iterations", FIELD_COUNT_OR_NAN, AT(undone_iterations), .when = WITH_FAULTS,
     SHOWN("undone", FORM_COUNT)},
    {"down_s", FIELD_REAL, AT(down_s), .when = WITH_FAULTS, SHOWN("away", FORM_TIME)},
    {"trained", FIELD_INT, AT(trained)},
    {"synthetic", FIELD_INT, AT(synthetic)},
    {"label", FIELD_TEXT, AT(label)},
    {"variant_of", FIELD_TEXT, AT(variant_of)},
    {"target_bytes_up", FIELD_COUNT_OR_NAN, AT(target_bytes_up), .when = WITH_TARGET},
    {"target_bytes_down", FIELD_COUNT_OR_NAN, AT(target_bytes_down), .when = WITH_TARGET},
};
#undef AT
const struct columns comparison_columns = {"comparison.csv", comparison, COUNT(comparison)};

/* ---- all tables ---- */

char *columns_header(const struct columns *columns)
{
    size_t length = 0;
    for (int c = 0; c < columns->n; c++)
        length += strlen(columns->field[c].name) + 1; /* and a comma, or the end */
    char *header = need(length), *at = header;
    for (int c = 0; c < columns->n; c++) {
        if (c > 0)
            *at++ = ',';
        at = stpcpy(at, columns->field[c].name);
    }
    return header;
}

int columns_at(const struct columns *columns, size_t offset)
{
    int c = 0;
    while (c < columns->n && columns->field[c].offset != offset)
        c++;
    assert(c < columns->n);
    return c;
}

const char *columns_name(const struct columns *columns, size_t offset)
{
    return columns->field[columns_at(columns, offset)].name;
}
